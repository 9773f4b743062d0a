import Apus
import Foundation
import Testing
import _ApusTestSupport

/// Calls with mistakes that no sample of an operation has: updates in place, subscripts, creation, gradients, equations.
/// Each stops with a message that names an operation.
@Suite struct WrongCallTests {
    private struct Call: Sendable {
        let name: String
        let run: @Sendable (Tensor) -> Void

        init(_ name: String, _ run: @escaping @Sendable (Tensor) -> Any) {
            self.name = name
            self.run = { _ = run($0) }
        }
    }

    /// With a float32 tensor of shape [2, 3].
    private static let calls = updates + subscripts + creation + indices + shapes + gradients

    private static let updates: [Call] = [
        Call("+= longer") { x in change(x) { $0 += Tensor.ones([4]) } },
        Call("+= more axes") { x in change(x) { $0 += Tensor.ones([2, 2, 3]) } },
        Call("*= complex") { x in change(x) { $0 *= Tensor.ones([2, 3], dtype: .complex64) } },
        Call("-= of integers") { x in change(x.to(.int64)) { $0 -= Tensor.ones([2, 3]) } },
        Call("+= a fraction") { x in change(x.to(.int32)) { $0 += 0.5 } },
        Call("/= of integers") { x in change(x.to(.int64)) { $0 /= 2 } },
        Call("+= beyond a byte") { x in change(x.to(.uint8)) { $0 += 1000 } },
    ]

    private static let subscripts: [Call] = [
        Call("[2]") { $0[2] }, Call("[-3]") { $0[-3] }, Call("[0, 0, 0]") { $0[0, 0, 0] },
        Call("[Int.min]") { $0[Int.min] },
        Call("[0..<4]") { $0[0..<4] }, Call("[.ellipsis, .ellipsis]") { $0[.ellipsis, .ellipsis] },
        Call("[2] of indices") { $0[Tensor([2])] }, Call("[-3] of indices") { $0[Tensor([-3])] },
        Call("[Int.min] of indices") { $0[Tensor([Int.min])] },
        Call("[Int.max] of indices") { $0[.all, Tensor([Int.max])] },
        Call("two indices, one outside") { $0[Tensor([0, 1]), Tensor([2, 3])] },
        Call("indices that do not broadcast") { $0[Tensor([0, 1]), Tensor([0, 1, 2])] },
        Call("indices of floats") { $0[Tensor([0.0])] },
        Call("a mask of another shape") { $0[Tensor([true, false, true])] },
        Call("a mask of more axes") { $0[Tensor.ones([2, 3, 1], dtype: .bool)] },
        Call("a scalar of a scalar") { $0.sum()[0] },
        Call("= longer") { x in change(x) { $0[0] = Tensor.ones([4]) } },
        Call("= outside") { x in change(x) { $0[2] = Tensor(1) } },
        Call("= complex") { x in change(x) { $0[0] = Tensor.ones([3], dtype: .complex64) } },
        Call("= at indices outside") { x in change(x) { $0[.all, Tensor([0, 3])] = Tensor(1) } },
        Call("= where a mask does not fit") { x in
            change(x) { $0[Tensor.ones([3, 2], dtype: .bool)] = Tensor(1) }
        },
    ]

    private static let creation: [Call] = [
        Call("a negative extent") { _ in Tensor.zeros([2, -1]) },
        Call("too many elements") { _ in Tensor.zeros([1 << 40, 1 << 40]) },
        Call("too few elements") { _ in Tensor([1, 2], shape: [3]) },
        Call("ragged") { _ in Tensor([[1, 2], [3]]) },
        Call("too few bytes") { _ in
            withUnsafeBytes(of: 1) { Tensor(copying: $0, shape: [3], dtype: .float32) }
        },
        Call("beyond a storage") { _ in
            Tensor(storage: Storage(byteCount: 8), layout: Layout(contiguous: [3]), dtype: .float32)
        },
        Call("negative strides beyond a storage") { _ in
            Tensor(storage: Storage(byteCount: 8), layout: Layout(shape: [2], strides: [-1]), dtype: .float32)
        },
        Call("item") { $0.item(as: Float.self) }, Call("eye") { _ in Tensor.eye(-1) },
        Call("arange") { _ in Tensor.arange(0, 3, step: 0) },
        Call("full") { _ in Tensor.full([-1], 1) }, Call("normal") { _ in Tensor.normal([2], dtype: .int64) },
        Call("permutation") { _ in Tensor.permutation(-1) },
        Call("linspace") { _ in Tensor.linspace(0, 1, count: -1) },
    ]

    private static let indices: [Call] = [
        Call("gather outside") { $0.gather(axis: 1, index: Tensor([[3]])) },
        Call("gather Int.min") { $0.gather(axis: 1, index: Tensor([[Int.min]])) },
        Call("gather by floats") { $0.gather(axis: 1, index: Tensor([[0.0]])) },
        Call("gather by more rows") { $0.gather(axis: 1, index: Tensor.zeros([3, 1], dtype: .int64)) },
        Call("scatter outside") { $0.scatter(axis: 0, index: Tensor([[0, 2, 0]]), source: $0) },
        Call("scatterAdd of another shape") {
            $0.scatterAdd(axis: 0, index: Tensor([[0, 1, 0]]), source: .ones([4]))
        },
        Call("indexSelect outside") { $0.transpose().indexSelect(axis: 0, index: Tensor([0, 3])) },
        Call("indexSelect by a matrix") { $0.indexSelect(axis: 0, index: Tensor([[0]])) },
        Call("indexAdd outside") { $0.indexAdd(axis: 0, index: Tensor([5]), source: .ones([1, 3])) },
        Call("take outside") { $0.take(Tensor([6])) },
        Call("put outside") { $0.put(Tensor([-7]), source: Tensor([1.0])) },
        Call("oneHot outside") { _ in Tensor([0, 3]).oneHot(classes: 3) },
        Call("oneHot negative") { _ in Tensor([-1]).oneHot(classes: 3) },
        Call("class outside") { $0.softmaxCrossEntropy(Tensor([0, 3])) },
        Call("class Int.min") { $0.softmaxCrossEntropy(Tensor([0, Int.min])) },
        Call("classes of floats of another shape") { $0.softmaxCrossEntropy(Tensor([0.0, 1])) },
        Call("maxUnpool outside") { $0.maxUnpool1d(Tensor([[0, 1, 9], [0, 1, 2]]), 2) },
        Call("maxUnpool of another shape") { $0.maxUnpool1d(Tensor([[0, 1]]), 2) },
        Call("binCount") { _ in Tensor([-1]).binCount() },
        Call("searchSorted") { $0.searchSorted(Tensor.ones([3, 3])) },
        Call("maskedSelect") { $0.maskedSelect(Tensor.ones([2], dtype: .bool)) },
        Call("maskedSelect by numbers") { $0.maskedSelect(Tensor.ones([2, 3])) },
    ]

    private static let shapes: [Call] = [
        Call("reshape") { $0.reshape([4]) }, Call("reshape by two -1") { $0.reshape([-1, -1]) },
        Call("permute twice the same") { $0.permute(0, 0) }, Call("permute too few") { $0.permute(0) },
        Call("flip twice") { $0.flip(axes: [0, 0]) }, Call("flip axis 2") { $0.flip(axis: 2) },
        Call("sum twice") { $0.sum(axes: [1, -1]) },
        Call("squeeze") { $0.squeeze(axis: 0) }, Call("broadcast") { $0.broadcast(to: [3, 3]) },
        Call("broadcast to fewer") { $0.broadcast(to: [3]) }, Call("cat nothing") { _ in Tensor.cat([]) },
        Call("cat of ranks") { Tensor.cat([$0, $0[0]]) },
        Call("cat of extents") { Tensor.cat([$0, $0.transpose()]) },
        Call("stack") { Tensor.stack([$0, $0.transpose()]) }, Call("stack nothing") { _ in Tensor.stack([]) },
        Call("matmul") { $0.matmul($0) }, Call("matmul a scalar") { $0.matmul(Tensor(1.0)) },
        Call("dot") { $0[0].dot(.ones([2])) },
        Call("outer") { $0.outer($0) }, Call("linear") { $0.linear(.ones([4, 4])) },
        Call("linear with a bias of another length") { $0.linear(.ones([4, 3]), bias: .ones([3])) },
        Call("einsum without operands") { _ in einsum("", []) },
        Call("einsum too few") { einsum("ij,jk", $0) },
        Call("einsum too many letters") { einsum("ijk->i", $0) },
        Call("einsum of lengths") { einsum("ij,ij", $0, $0.transpose()) },
        Call("einsum of an unknown letter") { einsum("ij->k", $0) },
        Call("einsum of signs") { einsum("i1->", $0) },
        Call("einsum twice a letter in the result") { einsum("ij->ii", $0) },
        Call("einsum diagonal") { einsum("ii->i", $0) },
        Call("solve") { try! $0.solve($0) }, Call("cholesky") { try! $0.cholesky() },
        Call("inverse") { try! $0.inverse() },
        Call("triangularSolve") { $0.matmul($0.transpose()).triangularSolve($0.transpose(), upper: true) },
        Call("diagonal") { $0.diagonal(axes: (1, 1)) }, Call("unfold") { $0.unfold(axis: 1, size: 4) },
        Call("narrow") { $0.narrow(axis: 1, start: 2, count: 2) },
        Call("split") { $0.split(sizes: [1, 1], axis: 1) },
        Call("topK") { $0.topK(4) }, Call("where") { Tensor.where(.ones([4], dtype: .bool), $0, $0) },
        Call("meshgrid") { Tensor.meshgrid([$0]) }, Call("conv2d") { $0.conv2d(.ones([1, 1, 1, 1])) },
        Call("conv2d of channels") { Tensor.ones([1, 2, 4, 4]).conv2d(.ones([1, 3, 3, 3])) + $0 },
        Call("conv2d of groups") { Tensor.ones([1, 4, 4, 4]).conv2d(.ones([3, 2, 3, 3]), groups: 2) + $0 },
        Call("conv2d of a large kernel") { Tensor.ones([1, 1, 2, 2]).conv2d(.ones([1, 1, 3, 3])) + $0 },
        Call("maxPool2d") { $0.maxPool2d(2) }, Call("batchNorm") { $0.batchNorm(weight: .ones([2])) },
        Call("batchNorm of moments") { $0.batchNorm(mean: .ones([2]), variance: .ones([3])) },
        Call("layerNorm") { $0.layerNorm(weight: .ones([2])) },
        Call("layerNorm with a complex weight") { $0.layerNorm(weight: .ones([3], dtype: .complex64)) },
        Call("groupNorm") { $0.groupNorm(groups: 2) }, Call("stft") { $0.stft(nFFT: 100) },
        Call("fft") { $0.fft(n: 0) },
        Call("viewAsComplex") { $0.viewAsComplex() }, Call("viewAsReal") { $0.viewAsReal() },
        Call("complex") { Tensor.complex(real: $0, imaginary: $0.transpose()) },
        Call("dropout") { $0.dropout(2) },
        Call("bitwise") { $0 & $0 }, Call("add") { $0 + $0.transpose() },
        Call("equal") { $0 .== Tensor.ones([5]) },
    ]

    private static let gradients: [Call] = [
        Call("a gradient of another shape") { x in (x.requiringGradient() * 2).backward(.ones([3, 2])) },
        Call("no scalar") { x in (x.requiringGradient() * 2).backward() },
        Call("no history") { x in x.sum().backward() },
        Call("of integers") { x in x.to(.int64).requiringGradient() },
        Call("twice") { x in
            let loss = x.requiringGradient().square().sum()
            loss.backward()
            loss.backward()
            return loss
        },
        Call("at what has none") { x in gradient(of: x.requiringGradient().sum(), at: x) },
        Call("of one's own operation, of another shape") { x in
            differentiable(
                "mine", [x.requiringGradient()], forward: { $0[0] * 2 }, backward: { _ in [.ones([7])] }
            )
            .sum().backward()
        },
        Call("of one's own operation, too few") { x in
            differentiable("mine", [x.requiringGradient()], forward: { $0[0] * 2 }, backward: { _ in [] })
                .sum().backward()
        },
    ]

    private static func change(_ x: Tensor, _ edit: (inout Tensor) -> Void) -> Tensor {
        var copy = x
        edit(&copy)
        return copy
    }

    @Test func mistakesStopWithTheirNames() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let x = GuardedMemory.copy(Tensor([Float(1), 2, 3, 4, 5, 6], shape: [2, 3]))
            let outcomes = Trials.run(WrongCallTests.calls.count) { WrongCallTests.calls[$0].run(x) }
            for (call, outcome) in zip(WrongCallTests.calls, outcomes) {
                if case .stopped = outcome { continue }
                FileHandle.standardError.write(Data("\(call.name): \(outcome)\n".utf8))
            }
        }
        let lines = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(lines.isEmpty, "\(lines)")
    }
}
