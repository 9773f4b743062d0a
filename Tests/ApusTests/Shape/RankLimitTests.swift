import Foundation
import Testing
import _ApusTestSupport

@testable import Apus

/// Tensors of 64 axes work like others; nothing makes one of more.
@Suite struct RankLimitTests {
    private struct Way: Sendable {
        let operation: String
        let call: @Sendable (Tensor) -> Void

        init(_ operation: String, _ call: @escaping @Sendable (Tensor) -> Any) {
            self.operation = operation
            self.call = { _ = call($0) }
        }
    }

    private static let tooMany = [Int](repeating: 1, count: 65)

    /// Calls that would give 65 axes, with a tensor of 64.
    private static let ways = [
        Way("zeros") { _ in Tensor.zeros(tooMany) }, Way("full") { _ in Tensor.full(tooMany, 1) },
        Way("Tensor") { _ in Tensor([1], shape: tooMany) },
        Way("Tensor") { _ in
            Tensor(storage: Storage(byteCount: 4), layout: Layout(contiguous: tooMany), dtype: .float32)
        },
        Way("Tensor") { _ in
            withUnsafeBytes(of: Float(1)) { Tensor(copying: $0, shape: tooMany, dtype: .float32) }
        },
        Way("normal") { _ in Tensor.normal(tooMany) }, Way("uniform") { _ in Tensor.uniform(tooMany) },
        Way("randomIntegers") { _ in Tensor.randomIntegers(tooMany, high: 3) },
        Way("reshape") { $0.reshape(tooMany) }, Way("unflatten") { $0.unflatten(axis: 3, into: [1, 1]) },
        Way("unsqueeze") { $0.unsqueeze(0) }, Way("unsqueeze") { $0.unsqueeze(-1) },
        Way("broadcast") { $0.broadcast(to: tooMany) }, Way("viewAsReal") { $0.to(.complex64).viewAsReal() },
        Way("stack") { Tensor.stack([$0, $0]) }, Way("unfold") { $0.unfold(axis: 0, size: 1) },
        Way("oneHot") { $0.to(.int64).oneHot(classes: 2) }, Way("diagonalEmbed") { $0.diagonalEmbed() },
        Way("tile") { $0.tile(tooMany) }, Way("subscript") { $0[.newAxis] },
        Way("subscript") { $0[.all, Tensor([[0, 0]])] },
        Way("subscript") { x in
            var y = x
            y[.newAxis, 0, .newAxis] = Tensor(1)
            return y
        },
        Way("meshgrid") { _ in Tensor.meshgrid([Tensor](repeating: Tensor([Float(1)]), count: 65)) },
        Way("einsum") { x in einsum("...,...a->...a", x, x.reshape(x.shape)) },
    ]

    @Test func nothingMakesMoreAxes() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let x = Tensor([Float(1)], shape: [Int](repeating: 1, count: 64))
            let outcomes = Trials.run(RankLimitTests.ways.count) { RankLimitTests.ways[$0].call(x) }
            for (way, outcome) in zip(RankLimitTests.ways, outcomes) {
                if case .stopped(way.operation, let message) = outcome, message.contains("at most 64") {
                    continue
                }
                FileHandle.standardError.write(Data("\(way.operation): \(outcome)\n".utf8))
            }
        }
        let lines = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(lines.isEmpty, "\(lines)")
    }

    private struct Call: Sendable {
        let name: String
        let call: @Sendable (_ x: Tensor, _ axes: [Int]) -> Tensor

        init(_ name: String, _ call: @escaping @Sendable (_ x: Tensor, _ axes: [Int]) -> Tensor) {
            self.name = name
            self.call = call
        }
    }

    /// Calls whose results do not depend on axes of 1 in between. The tensor's own axes are 2, 3 and 4 long.
    private static let calls = [
        Call("flip") { x, axes in x.flip(axis: axes[2]) },
        Call("flip two") { x, axes in x.flip(axes: [axes[2], axes[0]]) },
        Call("sum") { x, axes in x.sum() }, Call("sum of none") { x, _ in x.sum(axes: []) },
        Call("sum last") { x, axes in x.sum(axis: axes[2]) },
        Call("sum first") { x, axes in x.sum(axis: axes[0]) },
        Call("sum strided") { x, axes in x.transpose(axes[0], axes[2]).sum(axes: [axes[0], axes[1]]) },
        Call("sum of all, strided") { x, axes in
            x.transpose(axes[0], axes[2]).sum(axes: Array(0..<x.rank), keepDims: true)
        },
        Call("variance") { x, axes in x.variance(axis: axes[2]) },
        Call("variance of two") { x, axes in x.variance(axes: [axes[0], axes[2]], keepDims: true) },
        Call("standardDeviation") { x, _ in x.standardDeviation() },
        Call("mean") { x, axes in x.mean(axis: axes[1]) },
        Call("mean of complex numbers") { x, axes in
            x.to(.complex64).mean(axes: [axes[2]], keepDims: true).bothParts
        },
        Call("norm") { x, axes in x.norm(axis: axes[2]) },
        Call("median") { x, axes in x.median(axis: axes[2]).values },
        Call("max") { x, axes in x.max(axis: axes[2]).values },
        Call("argmax") { x, axes in x.argmax(axis: axes[0]) },
        Call("all") { x, axes in (x .> 3).all(axis: axes[2]) },
        Call("prod") { x, axes in x.prod(axis: axes[2]) },
        Call("cumulativeSum") { x, axes in x.cumulativeSum(axis: axes[2]) },
        Call("logSumExp") { x, axes in x.logSumExp(axes: [axes[0], axes[2]]) },
        Call("softmax") { x, axes in x.softmax(axis: axes[2]) },
        Call("sort") { x, axes in (-x).sort(axis: axes[2]).values },
        Call("topK") { x, axes in x.topK(2, axis: axes[1]).values },
        Call("unique") { x, _ in x.unique().values },
        Call("squeeze") { x, axes in x.squeeze() },
        Call("transpose") { x, axes in x.transpose(axes[0], axes[2]).contiguous() },
        Call("permute") { x, _ in x.permute(Array((0..<x.rank).reversed())).contiguous() },
        Call("matmul") { x, axes in
            let matrices = x.transpose(axes[1], x.rank - 2)
            return matrices.matmul(matrices.transpose())
        },
        Call("add") { x, axes in x + x.flip(axis: axes[2]) },
        Call("broadcast add") { x, axes in x + x.narrow(axis: axes[2], start: 1, count: 1) },
        Call("exp of strided") { x, axes in (x.transpose(axes[0], axes[2]) * 0.1).exp() },
        Call("convert") { x, axes in x.transpose(axes[0], axes[1]).to(.float64) },
        Call("where") { x, axes in Tensor.where(x .> 5, x, -x.flip(axis: axes[2])) },
        Call("cat") { x, axes in Tensor.cat([x, x.flip(axis: axes[2])], axis: axes[2]) },
        Call("gather") { x, axes in x.gather(axis: axes[2], index: x.argsort(axis: axes[2], descending: true))
        },
        Call("scatterAdd") { x, axes in x.scatterAdd(axis: axes[2], index: x.to(.int64) % 4, source: x) },
        Call("indexSelect") { x, axes in x.indexSelect(axis: axes[2], index: Tensor([3, 1])) },
        Call("tile") { x, _ in x.tile([Int](repeating: 1, count: x.rank - 1) + [2]) },
        Call("tile all") { x, axes in x.tile((0..<x.rank).map { axes.contains($0) ? 2 : 1 }) },
        Call("repeatInterleave") { x, axes in x.repeatInterleave(2, axis: axes[2]) },
        Call("kron") { x, _ in x.kron(x) }, Call("roll") { x, axes in x.roll(1, axis: axes[2]) },
        Call("pad") { x, _ in x.pad([(1, 2)]) },
        Call("diagonal") { x, axes in x.diagonal(axes: (axes[0], axes[2])) },
        Call("nonzero") { x, axes in (x .> 9).nonzero().indexSelect(axis: 1, index: Tensor(axes)) },
        Call("maskedSelect") { x, _ in x.maskedSelect(x .> 9) },
        Call("fft") { x, axes in x.fft(axis: axes[2]).bothParts },
        Call("fftn") { x, axes in x.fftn(axes: axes).bothParts },
        Call("splitSigmoid") { x, _ in x.to(.complex64).splitSigmoid().bothParts },
        Call("splitPReLU") { x, _ in (x - 5).to(.complex64).splitPReLU(weight: Tensor([Float(0.5)])).bothParts
        },
        Call("svd") { x, axes in try! x.transpose(axes[1], x.rank - 2).svd().s },
        Call("item") { x, axes in x[.ellipsis, 2].contiguous() },
        Call("gradient of prod with a zero") { x, axes in
            gradient(at: x, createGraph: true) { $0.prod(axis: axes[2]).sum() }
        },
        Call("gradient of cumulativeProduct with a zero") { x, axes in
            gradient(at: x) { $0.cumulativeProduct(axis: axes[2]).sum() }
        },
        Call("gradient of a reduction") { x, axes in
            gradient(at: x) { $0.variance(axis: axes[2]).square().sum() }
        },
        Call("gradient of splitTanh") { x, _ in
            gradient(at: x) { ($0 * 0.1).to(.complex64).splitTanh().abs().sum() }
        },
    ]

    @Test func sixtyFourAxesAreAsGoodAsThree() {
        let axes = [0, 30, 63]
        var shape = [Int](repeating: 1, count: 64)
        for (axis, extent) in zip(axes, [2, 3, 4]) { shape[axis] = extent }
        let small = Tensor.arange(24, dtype: .float32).reshape([2, 3, 4])
        let large = small.reshape(shape)
        for call in Self.calls {
            let expected = call.call(small, [0, 1, 2])
            let found = call.call(large, axes)
            let (shape, wanted) = (found.shape.filter { $0 != 1 }, expected.shape.filter { $0 != 1 })
            #expect(shape == wanted, "\(call.name)")
            #expect(found.dtype == expected.dtype, "\(call.name)")
            let (a, b) = (found.array(of: Double.self), expected.array(of: Double.self))
            #expect(a == b, "\(call.name): \(a) for \(b)")
        }
        let brackets = large.description.count { $0 == "[" }
        #expect(brackets > 64)
    }

    /// A layout that leads outside its storage, or has a shape that is none.
    @Test func layoutsStayWithinTheirStorage() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let layouts = [
                Layout(shape: [2, 3], strides: [1]), Layout(shape: [-1], strides: [1]),
                Layout(shape: [2], strides: [Int.max]), Layout(shape: [2], strides: [Int.min]),
                Layout(shape: [3], strides: [4]), Layout(shape: [3], strides: [-1], offset: 1),
                Layout(shape: [1], strides: [1], offset: 8), Layout(shape: [0], strides: [1], offset: -1),
                Layout(shape: [0], strides: [1], offset: 9),
                Layout(shape: [1], strides: [1], offset: Int.max),
                Layout(shape: [3, 3], strides: [Int.max, Int.max]),
                Layout(shape: [3, 2], strides: [-3, 4], offset: 5), Layout(shape: [], strides: [], offset: 8),
            ]
            let outcomes = Trials.run(layouts.count) {
                _ = Tensor(storage: Storage(byteCount: 32), layout: layouts[$0], dtype: .float32)
            }
            for (layout, outcome) in zip(layouts, outcomes) {
                if case .stopped("Tensor", _) = outcome { continue }
                FileHandle.standardError.write(Data("\(layout): \(outcome)\n".utf8))
            }
        }
        let lines = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(lines.isEmpty, "\(lines)")
        // What is never taken may be anything.
        let x = Tensor(
            storage: Tensor.arange(8, dtype: .float32).storage,
            layout: Layout(shape: [1, 2, 1], strides: [Int.max, -4, Int.min], offset: 5), dtype: .float32)
        #expect(x.unsqueeze(0).transpose().contiguous().array(of: Float.self) == [5, 1])
        let empty = Tensor(
            storage: Storage(byteCount: 0), layout: Layout(shape: [0, 2], strides: [Int.max, 1]),
            dtype: .float32)
        #expect(empty.unsqueeze(0).transpose().contiguous().shape == [1, 2, 0])
    }
}

extension Tensor {
    /// Real and imaginary parts, one after the other: without the axis that `viewAsReal` adds.
    fileprivate var bothParts: Tensor { .cat([real, imaginary], axis: -1) }
}
