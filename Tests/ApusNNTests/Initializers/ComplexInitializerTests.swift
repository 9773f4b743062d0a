import Apus
import ApusNN
import Foundation
import Testing

/// The starting weights of complex layers.
@Suite struct ComplexInitializerTests {
    static let drawn: [(Initializer, DType, Double)] = [
        (.rayleigh(.glorot), .complex64, 2.0 / 21_250), (.rayleigh(.he), .complex64, 2.0 / 1250),
        (.rayleigh(.glorot), .complex128, 2.0 / 21_250), (.rayleigh(.he), .complex128, 2.0 / 1250),
    ]

    /// Over 10⁶ draws, at fans of 1250 and 20,000.
    @Test(arguments: drawn)
    func variancesAreTheFormulasAndPhasesUniform(
        _ initializer: Initializer, _ dtype: DType, _ variance: Double
    ) {
        let w = initializer([800, 50, 5, 5], dtype: dtype, using: RandomGenerator(seed: 11))
        #expect(w.dtype == dtype && w.count == 1_000_000)
        let squares = w.abs().square().to(.float64)
        #expect((squares.mean().item(as: Double.self) / variance - 1).magnitude < 0.02)
        // A Rayleigh distribution's E|W| is σ√(π/2), and its median of |W|² is 2σ² ln 2.
        let modulus = w.abs().to(.float64).mean().item(as: Double.self)
        #expect((modulus / (variance / 2 * .pi / 2).squareRoot() - 1).magnitude < 0.01)
        let below = (squares .<= variance * log(2.0)).to(.float64).mean().item(as: Double.self)
        #expect((below - 0.5).magnitude < 0.005)
        let phases = w.angle().to(.float64).array(of: Double.self)
        #expect(phases.allSatisfy { $0 > -.pi - 1e-6 && $0 <= .pi + 1e-6 })
        #expect(uniformity(phases.map { ($0 + .pi) / (2 * .pi) }) > 0.01)
        #expect((w.real.mean().item(as: Double.self)).magnitude < 4e-5)
    }

    /// The test above can fail: a phase with a hole is not uniform.
    @Test func theUniformityTestSeesAHole() {
        let values = (0..<10_000).map { Double($0) / 10_000 }.filter { $0 < 0.5 || $0 > 0.6 }
        #expect(uniformity(values) < 1e-6)
        #expect(uniformity((0..<10_000).map { Double($0) / 10_000 }) > 0.99)
    }

    @Test(arguments: [[64, 64], [24, 8, 3, 3], [90, 5, 3]], [DType.complex64, .complex128])
    func unitaryWeightsAreOrthonormalUpToTheirScale(_ shape: Shape, _ dtype: DType) {
        for criterion in [Initializer.Criterion.glorot, .he] {
            let w = Initializer.unitary(criterion)(shape, dtype: dtype, using: RandomGenerator(seed: 5))
            #expect(w.shape == shape && w.dtype == dtype)
            let kernel = shape.dropFirst(2).reduce(1, *)
            let fan = criterion == .he ? shape[1] * kernel : (shape[0] + shape[1]) * kernel
            let variance = 2 / Double(fan)
            #expect(
                (w.abs().square().mean().item(as: Double.self) / variance - 1).magnitude < 1e-4)
            let (rows, columns) = (shape[0], shape[1] * kernel)
            let scale = (variance * Double(max(rows, columns))).squareRoot()
            let matrix = w.reshape(rows, columns) / scale
            let adjoint = matrix.conjugate().transpose()
            let product = rows <= columns ? matrix.matmul(adjoint) : adjoint.matmul(matrix)
            let error = (product - Tensor.eye(min(rows, columns), dtype: dtype)).abs().max()
            #expect(error.item(as: Double.self) < (dtype == .complex64 ? 1e-5 : 1e-12))
        }
    }

    @Test func complexLayersStartAsThePaperHasIt() {
        let generator = RandomGenerator(seed: 2)
        let layers: [(any Layer, Double)] = [
            (Linear(400, 300, dtype: .complex64, using: generator), 2.0 / 400),
            (Conv1d(40, 80, kernel: 9, dtype: .complex64, using: generator), 2.0 / 360),
            (Conv2d(32, 64, kernel: 5, dtype: .complex64, using: generator), 2.0 / 800),
            (Conv3d(16, 32, kernel: 3, dtype: .complex64, using: generator), 2.0 / 432),
            (ConvTranspose1d(80, 40, kernel: 9, dtype: .complex64, using: generator), 2.0 / 360),
            (ConvTranspose2d(64, 32, kernel: 5, dtype: .complex128, using: generator), 2.0 / 800),
            (ConvTranspose3d(32, 16, kernel: 3, dtype: .complex64, using: generator), 2.0 / 432),
        ]
        for (layer, variance) in layers {
            let named = Dictionary(
                uniqueKeysWithValues: layer.namedParameters().map { ($0.name, $0.parameter.value) })
            #expect(Set(named.keys) == ["weight", "bias"])
            let (weight, bias) = (named["weight"]!, named["bias"]!)
            #expect(weight.dtype.isComplex && bias.dtype == weight.dtype)
            #expect(bias.abs().max().item(as: Double.self) == 0)
            let found = weight.abs().square().mean().item(as: Double.self)
            #expect((found / variance - 1).magnitude < 0.05)
        }
    }

    @Test func layersTakeEveryFloatingType() {
        for dtype in [DType.float64, .bfloat16, .complex64, .complex128] {
            let layer = Sequential(
                Conv2d(2, 3, kernel: 3, dtype: dtype), ConvTranspose2d(3, 2, kernel: 2, dtype: dtype),
                Flatten(),
                Linear(2 * 25, 4, dtype: dtype))
            let x = Tensor.ones([2, 2, 6, 6], dtype: dtype)
            let y = layer(x)
            #expect(y.dtype == dtype && y.shape == [2, 4])
            (y.abs().to(.float32).sum()).backward()
            for parameter in layer.parameters() { #expect(parameter.grad?.dtype == dtype) }
        }
    }

    @Test func realTypesAndIntegersAreRefused() async {
        await #expect(processExitsWith: .failure) {
            _ = Initializer.rayleigh(.he)([3, 4], dtype: .float32)
        }
        await #expect(processExitsWith: .failure) { _ = Linear(3, 4, dtype: .int64) }
    }

    /// The p-value of the Kolmogorov–Smirnov test that the values are uniform in [0, 1].
    private func uniformity(_ values: [Double]) -> Double {
        let n = Double(values.count)
        var distance = 0.0
        for (index, value) in values.sorted().enumerated() {
            distance = max(distance, value - Double(index) / n, Double(index + 1) / n - value)
        }
        let root = n.squareRoot()
        let lambda = (root + 0.12 + 0.11 / root) * distance
        let terms = (1...100).map { k in
            (k % 2 == 1 ? 2.0 : -2.0) * exp(-2 * Double(k * k) * lambda * lambda)
        }
        return lambda < 0.2 ? 1 : min(1, max(0, terms.reduce(0, +)))
    }
}
