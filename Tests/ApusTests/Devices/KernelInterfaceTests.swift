import ApusKernels
import Foundation
import Testing

@testable import Apus

/// Operations reach kernels and memory through the interface of a device alone: read from the sources.
@Suite struct KernelInterfaceTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources")

    /// What only a device's own files may do, as regular expressions.
    private static let reserved = [
        // Calls of the processor's kernels; their values are only named elsewhere.
        #"\b(Kernels|\w+Kernels)\.[a-z]\w*(\.run\w*)?\("#,
        #"\b(?!kernels\b)\w*[kK]ernels?(\.\w+)?\.run\w*\("#,
        #"(?<![\w.])(?<!func )(copy|convert|select)Elements\("#,
        #"(?<![\w.])(?<!func )(copyRows|selectRows|gatherBlocks|scatterBlocks|indexOffsets|axisOffsets|largestOfSegments)\("#,
        #"(?<![\w.])(?<!func )(markLastWriters|clearTriangle|writeSequence|NonzeroSearch)\("#,
        #"\bParallel\."#,
        // Looks into memory.
        #"\bmem(cpy|set|move)\("#, #"\.load\((?!ordering)"#, #"loadUnaligned"#, #"assumingMemoryBound"#,
        #"initializeMemory"#, #"copyMemory"#, #"\.pointee\b"#, #"\b(base|start|pointer)\)?\["#,
        #"BufferPointer\(start"#,
    ]

    /// The text of each source file without comments, by its path.
    private static func files(_ folder: String) throws -> [(path: String, text: String)] {
        let folder = sources.appending(path: folder)
        return try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".swift") }.sorted()
            .map { path in
                let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                return (
                    path,
                    lines.map { $0.replacing(/\/\/.*/, with: "") }.joined(separator: "\n")
                )
            }
    }

    @Test func onlyDevicesCallKernelsAndLookIntoMemory() throws {
        for (path, text) in try Self.files("Apus") where !path.hasPrefix("Devices/CPU/") {
            for pattern in Self.reserved {
                if let found = text.range(of: pattern, options: .regularExpression) {
                    Issue.record("\(path): \(text[text.lineRange(for: found)])")
                }
            }
        }
    }

    /// `ApusKernelCalls` holds what every device is called with; all other modules of kernels are the processor's. So is the memory that
    /// processes share, where they add what each has in it.
    @Test func onlyTheProcessorsDeviceImportsItsKernels() throws {
        let folders = ["Apus/Devices/CPU/", "ApusKernels/", "ApusCommand/Doctor", "ApusDistributed/SumForm"]
        let files = try Self.files("").filter { file in !folders.contains { file.path.hasPrefix($0) } }
        for (path, text) in files {
            for found in text.matches(of: /\bimport\s[^\n]*\bApus(\w*Kernels|KernelBase)\b/) {
                Issue.record("\(path): \(found.0)")
            }
        }
        #expect(files.count > 300)
    }

    /// A tensor without a name is gone before the kernel that was given its address runs.
    @Test func noAddressIsOfAPassingTensor() throws {
        for (path, text) in try Self.files("Apus") {
            for found in text.matches(of: /[^\n]*\)\.(start|base|operand|broadcastOperand)\b[^\n]*/) {
                Issue.record("\(path): give the tensor a name: \(found.0)")
            }
        }
    }

    /// A method of the processor's that differs from the interface's, however little, would leave that one
    /// unimplemented.
    @Test func theProcessorHasEveryKernel() throws {
        func methods(_ folder: String, _ isPart: (String) -> Bool) throws -> [String] {
            try Self.files(folder).filter { isPart($0.path) }
                .flatMap { file in
                    file.text.matches(of: /package func ([^{]+)\{/).map {
                        $0.1.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                            .replacing("( ", with: "(").replacing(" )", with: ")")
                    }
                }.sorted()
        }
        // Those that have a default are written in terms of the others.
        let wanted = try methods("Apus/Devices/Calls") { _ in true }.filter { !$0.hasPrefix("withHostBytes") }
        let found = try methods("Apus/Devices/CPU") { $0.hasPrefix("CPUKernels+") }
        #expect(wanted == found)
        #expect(wanted.count > 70)
    }

    /// A device without kernels.
    private final class Bare: DeviceKernels {
        let device = Device.cpu
    }

    @Test func aDeviceThatLacksAKernelSaysSo() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let kernels: any DeviceKernels = Bare()
            withUnsafeTemporaryAllocation(byteCount: 4, alignment: 4) {
                kernels.clear($0.baseAddress!, byteCount: 4)
            }
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(
            message.contains("clear: the device cpu has no kernel for it: move the tensors with .to(.cpu)"))
    }

    @Test func theOperationIsNamedThatLacksAKernel() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            Device.guarded.during("softmax") {
                let kernels: any DeviceKernels = Bare()
                withUnsafeTemporaryAllocation(byteCount: 4, alignment: 4) {
                    kernels.runDense(Kernels.exp, $0.baseAddress!, $0.baseAddress!, 1, .float32)
                }
            }
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(
            message.contains(
                "softmax: the device cpu has no kernel for it (exp): move the tensors with .to(.cpu)"))
    }
}
