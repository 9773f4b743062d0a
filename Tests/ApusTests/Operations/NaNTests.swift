import Apus
import Testing

/// A NaN that is the extreme has its gradient, and bounds or targets that are none leave no NaN behind.
@Suite struct NaNTests {
    private static let nan = Float.nan

    private func slopes(_ values: [Float], shape: Shape? = nil, _ call: (Tensor) -> Tensor) -> [Float] {
        let x = Tensor(values, shape: shape ?? [values.count]).requiringGradient()
        return gradient(of: call(x).sum(), at: x).array(of: Float.self)
    }

    @Test func extremesPassTheirGradientToNaN() {
        let values: [Float] = [1, Self.nan, 3, Self.nan]
        #expect(slopes(values) { $0.max() } == [0, 0.5, 0, 0.5])
        #expect(slopes(values) { $0.min() } == [0, 0.5, 0, 0.5])
        #expect(slopes(values) { $0.norm(.infinity) }.prefix(1) == [0])
        #expect(slopes(values) { $0.max(axis: 0).values } == [0, 1, 0, 0])
        #expect(slopes(values) { $0.cumulativeMax(axis: 0).values } == [1, 2, 0, 1])
        #expect(slopes(values) { $0.median() } == [0, 1, 0, 0])
        #expect(slopes(values) { $0.topK(1).values } == [0, 1, 0, 0])
        #expect(slopes(values) { $0.sort().values[3] } == [0, 0, 0, 1])
        #expect(slopes(values) { $0.reshape(1, 1, 4).maxPool1d(2) } == [0, 1, 0, 1])
        // Some rows have one, others none.
        let rows: [Float] = [1, Self.nan, 2, 2]
        #expect(slopes(rows, shape: [2, 2]) { $0.max(axes: [1]) } == [0, 1, 0.5, 0.5])
        #expect(slopes(rows, shape: [2, 2]) { $0.min(axes: [0], keepDims: true) } == [1, 1, 0, 0])
        let x = Tensor([1, Double.nan], shape: [2], dtype: .float64).requiringGradient()
        let first = gradient(of: x.max(), at: x, createGraph: true)
        #expect(first.array(of: Double.self) == [0, 1])
    }

    @Test func boundsOfNaNMakeNaN() {
        for dtype in DType.realFloating {
            let x = Tensor([1, 2], shape: [2], dtype: dtype).requiringGradient()
            for y in [
                x.clamp(min: .nan), x.clamp(max: .nan), x.clamp(min: .nan, max: 3),
                x.hardtanh(min: .nan, max: 1),
            ] {
                #expect(y.isNaN().all().item(as: Bool.self) && y.dtype == dtype)
                #expect(gradient(of: y.sum(), at: x).array(of: Float.self) == [0, 0])
            }
        }
        #expect(Tensor([1, 2], shape: [2]).clamp(min: .nan).isNaN().all().item(as: Bool.self))
        #expect(Tensor([Float(1), .nan]).clamp(min: 2).array(of: Float.self)[0] == 2)
    }

    /// PyTorch gives NaN, gradient 0, and a second gradient of 0.
    @Test func lossesOfIgnoredTargets() {
        let targets = Tensor([-100, -100, -100], shape: [3])
        for smoothing in [0, 0.1] {
            let x = Tensor.normal([3, 4], using: RandomGenerator(seed: 1)).requiringGradient()
            let loss = x.softmaxCrossEntropy(targets, labelSmoothing: smoothing)
            #expect(loss.isNaN().item(as: Bool.self))
            let first = gradient(of: loss, at: x, createGraph: true)
            #expect((first .== 0).all().item(as: Bool.self))
            let second = gradient(of: (first * first + first).sum(), at: x)
            #expect((second .== 0).all().item(as: Bool.self))
            let sum = x.softmaxCrossEntropy(targets, reduction: .sum, labelSmoothing: smoothing)
            #expect(sum.item(as: Float.self) == 0)
        }
    }
}
