import Testing
import _ApusTestSupport

@testable import Apus

/// The gradient of a part of a tensor is added to that part alone.
@Suite(.serialized) struct PartGradientTests {
    /// 40,000 slices of 400 numbers: were each gradient as long as the tensor, this would write 2.5 terabytes.
    @Test(
        .timeLimit(.minutes(10)),
        arguments: [
            { x, t in x.unbind()[t] }, { x, t in x[t] }, { x, t in x.narrow(axis: 0, start: t, count: 1) },
            { x, t in x.indexSelect(axis: 0, index: Tensor(t)) },
        ] as [@Sendable (Tensor, Int) -> Tensor])
    func aLoopOverTimeCostsAsMuchAsTheWhole(_ slice: @Sendable (Tensor, Int) -> Tensor) {
        let (steps, width) = (40_000, 400)
        let x = Tensor.ones([steps, width]).requiringGradient()
        let unbound = slice(Tensor([1.0, 2]), 1).rank == 0 ? x.unbind() : []
        var state = Tensor.zeros([width])
        for t in 0..<steps {
            let part = unbound.isEmpty ? slice(x, t) : unbound[t]
            state = state + part.reshape([width]) * Double(t % 4)
        }
        state.sum().backward()
        let found = x.grad!
        #expect(found.shape == [steps, width])
        #expect(found.sum(axis: 1)[..<6].array(of: Float.self) == [0, 400, 800, 1200, 0, 400])
        #expect(found.sum().item(as: Double.self) == Double(steps / 4 * 6 * width))
    }

    @Test(.timeLimit(.minutes(10)))
    func soDoesASecondGradient() {
        let (steps, width) = (40_000, 400)
        let x = Tensor.ones([steps, width]).requiringGradient()
        var state = Tensor.zeros([width])
        for slice in x.unbind() { state = state + slice * slice }
        let first = gradient(of: state.sum(), at: x, createGraph: true)
        let second = gradient(of: first.sum(), at: x)
        #expect(first.shape == x.shape && first.detach().min().item(as: Float.self) == 2)
        #expect(second.shape == x.shape)
        #expect(second.min().item(as: Float.self) == 2 && second.max().item(as: Float.self) == 2)
    }

    /// Parts that overlap, parts of parts, parts beside the whole, several in one expression.
    @Test(arguments: [DType.float32, .float64, .complex128, .bfloat16])
    func partsAddUpWithEachOtherAndTheWhole(_ dtype: DType) throws {
        let x = (Tensor.arange(0, 24, dtype: .float64).reshape([4, 6]) * 0.1).to(dtype).requiringGradient()
        let parts = x[1..<3] * x[2] + x[.all, (0..<6).by(2)].sum() + x.transpose()[1].sum() + x.sum()
        parts.sum().real.backward()
        let expected = Tensor.zeros([4, 6], dtype: .float64)
        var sum = expected
        let values = x.detach().real.to(.float64)
        sum[1..<3] += values[2].unsqueeze(0).broadcast(to: [2, 6])
        sum[2] += values[1..<3].sum(axis: 0)
        sum[.all, (0..<6).by(2)] += Tensor.full([4, 3], 12, dtype: .float64)
        sum[.all, 1] += Tensor.full([4], 12, dtype: .float64)
        sum += 12
        let tolerance = dtype.tolerance
        #expect(
            difference(x.grad!, sum, relative: tolerance.relative, absolute: tolerance.absolute) == nil)
    }

    @Test func secondGradientsOfManyParts() throws {
        let x = (Tensor.arange(0, 12, dtype: .float64).reshape([4, 3]) * 0.3 - 1).requiringGradient()
        try checkGradients(at: [x.detach()]) { inputs in
            withGradient {
                let x = inputs[0].requiresGradient ? inputs[0] : inputs[0].requiringGradient()
                var state = Tensor.zeros([3], dtype: .float64)
                for slice in x.unbind() { state = (state * slice + slice.sin()).tanh() }
                let first = gradient(of: state.sum() + x[[0, 0, 2]].square().sum(), at: x, createGraph: true)
                return first.square().sum()
            }
        }
    }

    @Test func aPassOverReleasedPartsIsRefused() async {
        await #expect(processExitsWith: .failure) {
            let x = Tensor.ones([3]).requiringGradient()
            let y = x[1]
            y.backward()
            y.backward()
        }
    }
}
