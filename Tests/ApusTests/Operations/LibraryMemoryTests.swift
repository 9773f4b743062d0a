import Apus
import Testing

/// What oneDNN, OpenBLAS and the kernels write stays inside its buffers, for each instruction set that oneDNN may find:
/// it has other code for each.
@Suite struct LibraryMemoryTests {
    static let instructions = ["SSE41", "AVX2", "DEFAULT"]

    @Test(arguments: instructions)
    func writesStayInsideTheirBuffers(_ instructions: String) async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            [instructions = instructions as String] in
            GuardedSweep.run(instructions, seed: 1, count: 15)
        }
        Self.report(result)
    }

    /// Whose windows cover every position but the last ones of a stride: oneDNN copies those together.
    @Test(arguments: instructions)
    func stridedPointwiseConvolutionsStayInside(_ instructions: String) async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            [instructions = instructions as String] in
            GuardedSweep.runStridedPointwise(instructions)
        }
        Self.report(result)
    }

    /// The last calls, and what stopped the program.
    private static func report(_ result: ExitTest.Result?) {
        guard let result, result.exitStatus != .exitCode(0) else { return }
        let lines = String(decoding: result.standardErrorContent, as: UTF8.self).split(separator: "\n")
        Issue.record("\(lines.suffix(12).joined(separator: "\n"))")
    }
}
