import ApusKernels
import Foundation
import Synchronization
import Testing
import _ApusTestSupport

@testable import Apus

/// Convolutions of bfloat16 as they are, which oneDNN can compute on processors without instructions for them too, against
/// those by way of float32.
@Suite struct BFloat16ConvolutionTests {
    private struct Case {
        let x: Shape
        let weight: Shape
        var bias = false
        let call: @Sendable (Tensor, Tensor, Tensor?) -> Tensor
    }

    private static let cases: [Case] = [
        Case(x: [4, 16, 9, 11], weight: [32, 16, 3, 3], bias: true) {
            $0.conv2d($1, bias: $2, padding: 1, activation: .relu)
        },
        Case(x: [3, 16, 9, 8], weight: [24, 16, 3, 2]) { x, w, _ in x.conv2d(w, stride: 2, dilation: 2) },
        Case(x: [2, 32, 7, 7], weight: [48, 32, 1, 1], bias: true) { $0.conv2d($1, bias: $2) },
        Case(x: [2, 32, 7, 7], weight: [16, 32, 1, 1]) { x, w, _ in x.conv2d(w, stride: 2) },
        Case(x: [2, 32, 8, 8], weight: [32, 8, 3, 3], bias: true) {
            $0.conv2d($1, bias: $2, padding: 1, groups: 4)
        },
        Case(x: [2, 16, 12, 12], weight: [16, 1, 3, 3]) { x, w, _ in x.conv2d(w, padding: 1, groups: 16) },
        Case(x: [2, 16, 12, 12], weight: [16, 1, 5, 5]) { x, w, _ in x.conv2d(w, padding: 2, groups: 16) },
        Case(x: [2, 3, 12, 12], weight: [8, 3, 3, 3]) { x, w, _ in x.conv2d(w) },
        Case(x: [5, 16, 20], weight: [16, 16, 3], bias: true) { $0.conv1d($1, bias: $2, padding: 1) },
        Case(x: [1, 16, 4, 6, 5], weight: [16, 16, 2, 3, 2]) { x, w, _ in x.conv3d(w, padding: [1, 0, 1]) },
        Case(x: [2, 16, 6, 6], weight: [16, 32, 3, 3], bias: true) {
            $0.convTranspose2d($1, bias: $2, stride: 2, padding: 1)
        },
        Case(x: [0, 16, 6, 6], weight: [16, 16, 3, 3]) { x, w, _ in x.conv2d(w) },
    ]

    /// The result and the gradients of all operands.
    private static func results(_ test: Case, _ threads: Int = Parallel.threadCount) -> [Tensor] {
        let generator = RandomGenerator(seed: 5)
        let x = Tensor.normal(test.x, dtype: .bfloat16, using: generator).requiringGradient()
        let weight = Tensor.normal(test.weight, dtype: .bfloat16, using: generator).requiringGradient()
        let bias =
            test.bias
            ? Tensor.normal([test.call(x, weight, nil).shape[1]], dtype: .bfloat16, using: generator)
                .requiringGradient() : nil
        let before = Parallel.threadCount
        Parallel.threadCount = threads
        defer { Parallel.threadCount = before }
        let y = test.call(x, weight, bias)
        let upstream = Tensor.normal(y.shape, dtype: .bfloat16, using: generator)
        return [y.detach()]
            + gradient(of: y, at: [x, weight] + (bias.map { [$0] } ?? []), upstream: upstream)
    }

    @Test func asTheyAreAndByWayOfFloat32() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            for (number, test) in BFloat16ConvolutionTests.cases.enumerated() {
                BFloat16Products.areNative.store(false, ordering: .relaxed)
                let expected = BFloat16ConvolutionTests.results(test)
                BFloat16Products.areNative.store(true, ordering: .relaxed)
                let found = BFloat16ConvolutionTests.results(test)
                let alone = BFloat16ConvolutionTests.results(test, 1)
                for (index, (found, expected)) in zip(found, expected).enumerated() {
                    let scale = expected.count == 0 ? 0 : expected.abs().max().item(as: Double.self)
                    let problem = difference(found, expected, relative: 1e-2, absolute: 1e-2 * scale)
                    let type = found.dtype == .bfloat16 ? nil : "is \(found.dtype)"
                    let threads =
                        ReplayTests.bytes(found) == ReplayTests.bytes(alone[index])
                        ? nil : "depends on the number of threads"
                    for text in [problem, type, threads].compactMap({ $0 }) {
                        FileHandle.standardError.write(
                            Data("case \(number), result \(index): \(text)\n".utf8))
                    }
                }
            }
        }
        let lines = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(lines.isEmpty, "\(lines)")
    }

    /// Products go the way that convolutions go.
    @Test func productsToo() async {
        await #expect(processExitsWith: .success) {
            let generator = RandomGenerator(seed: 5)
            let a = Tensor.normal([33, 65], dtype: .bfloat16, using: generator)
            let b = Tensor.normal([65, 47], dtype: .bfloat16, using: generator)
            let exact = a.to(.float64).matmul(b.to(.float64))
            for isNative in [false, true] {
                BFloat16Products.areNative.store(isNative, ordering: .relaxed)
                let problem = difference(a.matmul(b), exact, relative: 1e-2, absolute: 1e-2)
                if let problem { fatalError(problem) }
            }
        }
    }
}
