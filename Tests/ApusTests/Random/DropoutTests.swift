import Testing

@testable import Apus

/// Dropout: its rate and scale, and that the gradient meets the mask the values met.
@Suite struct DropoutTests {
    static let dtypes: [DType] = [.float32, .float64, .bfloat16, .complex64, .complex128]

    @Test(arguments: dtypes)
    func whatIsKeptIsScaled(_ dtype: DType) {
        let x = Tensor.ones([300, 200], dtype: dtype)
        let y = x.dropout(0.25, using: RandomGenerator(seed: 1))
        #expect(y.dtype == dtype)
        let values = y.real.array(of: Double.self)
        let kept = values.filter { $0 != 0 }
        #expect(kept.allSatisfy { abs($0 - 4.0 / 3) < 0.01 })
        #expect(abs(Double(kept.count) / 60_000 - 0.75) < 0.01)
    }

    @Test(arguments: dtypes)
    func theGradientMeetsTheSameMask(_ dtype: DType) {
        let x = Tensor.ones([40, 50], dtype: dtype).requiringGradient()
        let y = x.dropout(0.5, using: RandomGenerator(seed: 2))
        y.backward(Tensor.ones([40, 50], dtype: dtype))
        #expect(x.grad!.real.array(of: Float.self) == y.real.array(of: Float.self))
    }

    @Test func aTransposedInputMeetsOneMaskInBothDirections() {
        let leaf = Tensor.ones([40, 50]).requiringGradient()
        let y = leaf.transpose().dropout(0.5, using: RandomGenerator(seed: 3))
        // The gradient arrives row-major, the input was column-major.
        y.backward(Tensor.ones([50, 40]))
        #expect(leaf.grad!.transpose().array(of: Float.self) == y.array(of: Float.self))
        let half = y.array(of: Float.self).count { $0 == 0 }
        #expect(abs(half - 1000) < 150)
    }

    @Test func aSliceOrBroadcastInputMeetsOneMaskInBothDirections() {
        let leaf = Tensor.ones([40, 1]).requiringGradient()
        let y = leaf.broadcast(to: [40, 60]).dropout(0.5, using: RandomGenerator(seed: 4))
        y.backward(Tensor.ones([40, 60]))
        #expect(leaf.grad!.array(of: Float.self) == y.sum(axis: 1).array(of: Float.self))
    }

    @Test func theGradientIsDifferentiableAgain() {
        let x = Tensor.ones([30], dtype: .float64).requiringGradient()
        let y = x.dropout(0.5, using: RandomGenerator(seed: 5))
        let first = gradient(of: (y * y).sum(), at: x, createGraph: true)
        let second = gradient(of: first.sum(), at: x)
        // y = m·x, so the second derivative of Σ m²x² is 2m².
        let mask = y.array(of: Double.self)
        #expect(second.array(of: Double.self) == mask.map { 2 * $0 * $0 })
    }

    @Test func theEndsAreExact() {
        let x = Tensor.ones([10])
        #expect(x.dropout(0).array(of: Float.self) == [Float](repeating: 1, count: 10))
        #expect(x.dropout(1).array(of: Float.self) == [Float](repeating: 0, count: 10))
    }
}
