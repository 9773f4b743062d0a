import Testing
import _ApusTestSupport

@testable import Apus

/// Whitening normalisation in shapes that samples are too small for, and what it promises of its results.
@Suite struct ComplexNormTests {
    static let shapes: [Shape] = [
        [4, 3, 70, 80], [2, 300, 21, 9], [3, 1, 5000], [700, 130], [2, 5, 3, 2, 1], [1, 900, 7, 7],
        [2, 64, 4, 4], [3, 40, 150, 150],
    ]

    /// Complex numbers whose parts have different variances, a correlation and a mean.
    private static func correlated(_ shape: Shape, seed: UInt64 = 7, offset: Double = 0.5) -> Tensor {
        let generator = RandomGenerator(seed: seed)
        let a = Tensor.normal(shape, dtype: .float64, using: generator)
        let b = Tensor.normal(shape, dtype: .float64, using: generator)
        return Tensor.complex(real: a * 2 + offset, imaginary: a * 1.5 + b * 0.7 - offset)
    }

    /// Variances of the real and imaginary parts and their covariance, over the axes but the kept one; and the mean.
    static func moments(_ x: Tensor, axes: [Int]) -> (mean: Tensor, covariance: [Tensor]) {
        let x = x.to(.complex128)
        let mean = x.mean(axes: axes, keepDims: true)
        let d = x - mean
        return (
            mean,
            [d.real * d.real, d.imaginary * d.imaginary, d.real * d.imaginary].map { $0.mean(axes: axes) }
        )
    }

    /// Expects mean 0, variances 1 and covariance 0 within 1e-4.
    static func expectWhite(_ x: Tensor, axes: [Int], _ comment: String) {
        let (mean, covariance) = moments(x, axes: axes)
        #expect(mean.abs().max().item(as: Double.self) < 1e-4, "\(comment): mean")
        for (values, wanted) in zip(covariance, [1.0, 1, 0]) {
            let worst = (values - wanted).abs().max().item(as: Double.self)
            #expect(worst < 1e-4, "\(comment): \(wanted) is off by \(worst)")
        }
    }

    @Test(arguments: shapes, [DType.complex64, .complex128])
    func theResultIsWhite(_ shape: Shape, _ dtype: DType) {
        let x = ComplexNormTests.correlated(shape, offset: 3).to(dtype)
        let axes = x.allAxes.filter { $0 != 1 }
        // ε takes its share of a variance, which small samples may have little of.
        ComplexNormTests.expectWhite(x.complexBatchNorm(epsilon: 1e-9), axes: axes, "batch norm \(shape)")
        if shape == [2, 5, 3, 2, 1] { return }
        if shape.count > 2 {
            let groups = shape[1] % 2 == 0 ? 2 : 1
            let y = x.complexGroupNorm(groups: groups, epsilon: 1e-9)
            ComplexNormTests.expectWhite(
                y.reshape([shape[0], groups, -1]), axes: [2], "group norm \(shape)")
        }
        let rows = x.reshape([shape[0], -1])
        ComplexNormTests.expectWhite(
            rows.complexLayerNorm(epsilon: 1e-9), axes: [1], "layer norm \(shape)")
    }

    /// By tensor operations in complex128, which differentiate themselves.
    private func reference(_ x: Tensor, groups: Int?, _ weight: Tensor, _ bias: Tensor, relu: Bool) -> Tensor
    {
        let channels = x.shape[1]
        let split = [x.shape[0], groups ?? channels, channels / (groups ?? channels), -1]
        let axes = groups == nil ? [0, 2, 3] : [2, 3]
        let (re, im) = (x.real.reshape(split), x.imaginary.reshape(split))
        let (a, b) = (re - re.mean(axes: axes, keepDims: true), im - im.mean(axes: axes, keepDims: true))
        let rr = (a * a).mean(axes: axes, keepDims: true) + 1e-5
        let ii = (b * b).mean(axes: axes, keepDims: true) + 1e-5
        let ri = (a * b).mean(axes: axes, keepDims: true)
        let s = (rr * ii - ri * ri).sqrt()
        let factor = 1 / (s * (rr + ii + 2 * s).sqrt())
        let p = (((ii + s) * a - ri * b) * factor).reshape(x.shape)
        let q = (((rr + s) * b - ri * a) * factor).reshape(x.shape)
        let broadcastable = [channels] + [Int](repeating: 1, count: x.rank - 2)
        let w = (0..<3).map { weight.narrow(axis: 1, start: $0, count: 1).reshape(broadcastable) }
        let y =
            Tensor.complex(real: w[0] * p + w[2] * q, imaginary: w[2] * p + w[1] * q)
            + bias.reshape(broadcastable)
        return relu ? y.crelu() : y
    }

    private func check(_ shape: Shape, groups: Int?, relu: Bool, channelsLast: Bool, offset: Double = 0.5) {
        let generator = RandomGenerator(seed: 3)
        let channels = shape[1]
        let x = ComplexNormTests.correlated(shape, offset: offset).to(.complex64).to(.complex128)
        let weight = Tensor.normal([channels, 3], dtype: .float64, using: generator)
        let bias = ComplexNormTests.correlated([channels], seed: 11)
        let upstream = ComplexNormTests.correlated(shape, seed: 12, offset: 0.1)
        let exact = [x, weight, bias].map { $0.requiringGradient() }
        let expected = reference(exact[0], groups: groups, exact[1], exact[2], relu: relu)
        expected.backward(upstream)
        let single = x.to(.complex64)
        let leaves = [
            channelsLast ? single.channelsLast() : single, weight.to(.float32), bias.to(.complex64),
        ]
        .map { $0.requiringGradient() }
        let y =
            groups.map {
                leaves[0].complexGroupNorm(
                    groups: $0, weight: leaves[1], bias: leaves[2], activation: relu ? .relu : .none)
            }
            ?? leaves[0].complexBatchNorm(
                weight: leaves[1], bias: leaves[2], activation: relu ? .relu : .none)
        #expect(y.layout.isChannelsLast)
        y.backward(upstream.to(.complex64))
        let scale = 1 + offset
        #expect(difference(y, expected, relative: 4e-5 * scale, absolute: 4e-5 * scale) == nil, "\(shape)")
        if relu { return }  // A rounded value near zero may be on its other side.
        for (leaf, wanted) in zip(leaves, exact) {
            let largest = wanted.grad!.abs().max().item(as: Double.self)
            let problem = difference(
                leaf.grad!, wanted.grad!, relative: 1e-4 * scale, absolute: 2e-5 * scale * largest)
            #expect(problem == nil, "\(shape) \(problem ?? "")")
        }
    }

    @Test(arguments: shapes)
    func batchesEqualTensorOperations(_ shape: Shape) {
        for channelsLast in [false, true] {
            check(shape, groups: nil, relu: false, channelsLast: channelsLast)
        }
        check(shape, groups: nil, relu: true, channelsLast: true)
    }

    @Test(arguments: [
        ([4, 6, 50, 40], 3), ([3, 300, 21, 9], 300), ([9, 30, 21, 9], 1), ([5, 64, 4, 4], 8),
    ])
    func groupsEqualTensorOperations(_ shape: Shape, _ groups: Int) {
        for channelsLast in [false, true] {
            check(shape, groups: groups, relu: false, channelsLast: channelsLast)
        }
        check(shape, groups: groups, relu: true, channelsLast: false)
    }

    @Test func meansFarFromZeroCostNoAccuracy() {
        check([4, 3, 40, 40], groups: nil, relu: false, channelsLast: true, offset: 100)
    }

    /// Where the parts are one multiple of each other, or one of them is missing, ε alone keeps the matrix regular.
    @Test func correlatedPartsStayFinite() {
        let a = Tensor.normal([64, 10, 9], using: RandomGenerator(seed: 1)) * 100
        for (scale, name) in [(Float(0), "real"), (1, "equal"), (-3, "multiple")] {
            let leaf = Tensor.complex(real: a, imaginary: a * scale).requiringGradient()
            let y = leaf.complexBatchNorm()
            (y.abs() * y.abs()).sum().backward()
            #expect(y.abs().max().item(as: Double.self) < 10, "\(name)")
            #expect(leaf.grad!.abs().max().item(as: Double.self).isFinite, "\(name)")
        }
    }

    @Test func threadsDoNotMatter() {
        func bits() -> [[UInt32]] {
            let x = ComplexNormTests.correlated([16, 40, 23, 25]).to(.complex64).requiringGradient()
            return [
                { (x: Tensor) in x.complexBatchNorm(activation: .relu) },
                { x in x.complexGroupNorm(groups: 4) },
                { x in x.complexLayerNorm() }, { x in x.complexMaxPool2d(3, stride: 2) },
            ].flatMap { (call: (Tensor) -> Tensor) -> [[UInt32]] in
                x.grad = nil
                let y = call(x)
                (y * y).real.sum().backward()
                return [y, x.grad!].map { $0.viewAsReal().array(of: Float.self).map(\.bitPattern) }
            }
        }
        let expected = withThreads(1) { bits() }
        for count in [2, 3] { #expect(withThreads(count) { bits() } == expected) }
    }

    @Test func givenMomentsAreUsed() {
        let x = ComplexNormTests.correlated([50, 4, 6])
        let (y, mean, covariance) = x.complexBatchNormAndMoments()
        let again = x.complexBatchNorm(mean: mean, covariance: covariance)
        #expect(difference(again, y, relative: 1e-12, absolute: 1e-12) == nil)
        let (_, wanted) = ComplexNormTests.moments(x, axes: [0, 2])
        #expect(
            difference(covariance, Tensor.stack(wanted, axis: 1), relative: 1e-12, absolute: 1e-12) == nil)
    }

    /// To rotate or mirror the input rotates or mirrors the result, as it does V^(-½). To scale or shift the input
    /// leaves the result as it is.
    @Test(arguments: 0..<8)
    func theResultRotatesWithTheInput(_ seed: Int) {
        let generator = RandomGenerator(seed: UInt64(seed))
        let shape = [5 + seed, 2, 3 + 2 * seed]
        let x = ComplexNormTests.correlated(shape, seed: UInt64(100 + seed))
        let angle = Tensor.uniform([], low: -3, high: 3, dtype: .float64, using: generator)
        let rotation = Tensor.polar(abs: Tensor(1.0, dtype: .float64), angle: angle)
        let y = x.complexBatchNorm(epsilon: 1e-12)
        let cases: [(name: String, found: Tensor, expected: Tensor)] = [
            ("rotated", (x * rotation).complexBatchNorm(epsilon: 1e-12), y * rotation),
            ("mirrored", x.conjugate().complexBatchNorm(epsilon: 1e-12), y.conjugate()),
            ("scaled and shifted", (x * 3 + rotation).complexBatchNorm(epsilon: 1e-12), y),
        ]
        for (name, found, expected) in cases {
            #expect(difference(found, expected, relative: 1e-8, absolute: 1e-8) == nil, "\(name)")
        }
    }
}
