import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// Layers of complex numbers: normalisation in training and evaluation, and those without parameters.
@Suite struct ComplexLayerTests {
    /// Complex numbers with a mean, different variances and a correlation.
    private static func correlated(_ shape: Shape, seed: UInt64 = 1) -> Tensor {
        let generator = RandomGenerator(seed: seed)
        let a = Tensor.normal(shape, dtype: .float64, using: generator)
        let b = Tensor.normal(shape, dtype: .float64, using: generator)
        return Tensor.complex(real: a * 2 + 1, imaginary: a * 1.5 + b * 0.7 - 3).to(.complex64)
    }

    /// Expects of each channel mean 0, variances of the parts and their covariance as wanted, within 1e-4.
    private func expectMoments(_ x: Tensor, _ wanted: [Double], _ comment: String) {
        let axes = (0..<x.rank).filter { $0 != 1 }
        let x = x.to(.complex128)
        let mean = x.mean(axes: axes, keepDims: true)
        #expect(mean.abs().max().item(as: Double.self) < 1e-4, "\(comment)")
        let d = x - mean
        for (value, wanted) in zip(
            [d.real * d.real, d.imaginary * d.imaginary, d.real * d.imaginary], wanted)
        {
            let worst = (value.mean(axes: axes) - wanted).abs().max().item(as: Double.self)
            #expect(worst < 1e-4, "\(comment): \(wanted) is off by \(worst)")
        }
    }

    private static func layer(_ rank: Int, _ channels: Int, affine: Bool) -> any Layer {
        switch rank {
        case 2, 3: ComplexBatchNorm1d(channels, momentum: nil, affine: affine)
        case 4: ComplexBatchNorm2d(channels, momentum: nil, affine: affine)
        default: ComplexBatchNorm3d(channels, momentum: nil, affine: affine)
        }
    }

    @Test(arguments: [[20_000, 3], [200, 3, 120], [20, 3, 32, 33], [10, 3, 14, 15, 16]])
    func outputsAreWhiteInTrainingAndEvaluation(_ shape: Shape) {
        let x = ComplexLayerTests.correlated(shape)
        let plain = ComplexLayerTests.layer(shape.count, 3, affine: false)
        expectMoments(plain(x), [1, 1, 0], "training \(shape)")
        // One batch, all of which the running statistics are.
        plain.evaluate()
        expectMoments(plain(x), [1, 1, 0], "evaluation \(shape)")
        // The paper's start: γ = 1/√2 on the diagonal, so that both variances together are 1.
        let affine = ComplexLayerTests.layer(shape.count, 3, affine: true)
        expectMoments(affine(x), [0.5, 0.5, 0], "training with γ \(shape)")
        affine.evaluate()
        expectMoments(affine(x), [0.5, 0.5, 0], "evaluation with γ \(shape)")
    }

    @Test func startValuesAreThePapers() {
        let norm = ComplexBatchNorm2d(2)
        let half = Float(0.5).squareRoot()
        #expect(norm.weight!.value.array(of: Float.self) == [half, half, 0, half, half, 0])
        #expect(norm.runningCovariance!.value.array(of: Float.self) == [half, half, 0, half, half, 0])
        #expect(norm.bias!.value.array(of: Float.self) == [0, 0, 0, 0])
        #expect(norm.runningMean!.value.dtype == .complex64)
        let state = norm.stateDictionary()
        #expect(
            Set(state.keys) == ["weight", "bias", "running_mean", "running_covar", "num_batches_tracked"])
        #expect(state["weight"]!.shape == [2, 3] && state["bias"]!.shape == [2, 2])
        let wide = ComplexBatchNorm1d(3, dtype: .complex128)
        #expect(wide.weight!.value.dtype == .float64 && wide.runningMean!.value.dtype == .complex128)
        #expect(wide(Tensor.ones([4, 3], dtype: .complex128)).dtype == .complex128)
    }

    @Test func runningStatisticsFollowBatches() {
        let norm = ComplexBatchNorm1d(1, momentum: 0.25)
        let x = Tensor.complex(
            real: Tensor([Float(1), 2, 6], shape: [3, 1]),
            imaginary: Tensor([Float(0), 3, 3], shape: [3, 1]))
        _ = norm(x)
        // Means 3 and 2; unbiased variances 7 and 3, covariance 3.
        #expect(norm.runningMean!.value.viewAsReal().array(of: Float.self) == [0.75, 0.5])
        let start = 0.75 * 0.5.squareRoot()
        let wanted = Tensor([start + 1.75, start + 0.75, 0.75], shape: [1, 3], dtype: .float64)
        #expect(difference(norm.runningCovariance!.value, wanted, relative: 1e-6, absolute: 1e-6) == nil)
        #expect(norm.batchesTracked!.value.item(as: Int.self) == 1)
        norm.evaluate()
        let before = norm.runningMean!.value.viewAsReal().array(of: Float.self)
        _ = norm(x)
        #expect(norm.runningMean!.value.viewAsReal().array(of: Float.self) == before)
        let without = ComplexBatchNorm1d(1, trackRunningStatistics: false)
        let trained = without(x)
        without.evaluate()
        #expect(difference(without(x), trained, relative: 0, absolute: 0) == nil)
        #expect(without.namedBuffers().isEmpty)
    }

    @Test func trainingReachesAllParameters() {
        let norm = ComplexBatchNorm2d(3, activation: .relu)
        let y = norm(ComplexLayerTests.correlated([4, 3, 5, 5]))
        let expected = CReLU()(ComplexBatchNorm2d(3)(ComplexLayerTests.correlated([4, 3, 5, 5])))
        #expect(difference(y, expected, relative: 1e-6, absolute: 1e-6) == nil)
        let chain = Sequential([norm, ComplexMaxPool2d(2)])
        let pooled = ComplexMaxPool2d(2)(expected)
        #expect(
            difference(
                chain(ComplexLayerTests.correlated([4, 3, 5, 5])), pooled, relative: 1e-6, absolute: 1e-6)
                == nil)
        y.abs().sum().backward()
        #expect(norm.weight!.grad!.shape == [3, 3] && norm.bias!.grad!.shape == [3, 2])
        #expect(norm.weight!.grad!.dtype == .float32)
    }

    @Test func naiveNormalizationIsTwoRealOnes() {
        let x = ComplexLayerTests.correlated([6, 3, 4, 5])
        let naive = NaiveComplexBatchNorm2d(3)
        let y = naive(x)
        let (a, b) = (BatchNorm2d(3)(x.real), BatchNorm2d(3)(x.imaginary))
        #expect(difference(y, Tensor.complex(real: a, imaginary: b), relative: 1e-6, absolute: 1e-6) == nil)
        #expect(naive.parameters().count == 4 && naive.stateDictionary()["real.running_mean"] != nil)
        #expect(NaiveComplexBatchNorm1d(3)(x.flatten(from: 2)).shape == [6, 3, 20])
        #expect(NaiveComplexBatchNorm3d(3)(x.unsqueeze(2)).shape == [6, 3, 1, 4, 5])
    }

    @Test func layerAndGroupNormalizationStartAtOneOverRootTwo() {
        let x = ComplexLayerTests.correlated([3, 4, 50])
        let layer = ComplexLayerNorm([4, 50], epsilon: 1e-9)(x).reshape([1, 3, 200])
        expectMoments(layer, [0.5, 0.5, 0], "layer norm")
        let group = ComplexGroupNorm(groups: 2, 4, epsilon: 1e-9)(x).reshape([1, 6, 100])
        expectMoments(group, [0.5, 0.5, 0], "group norm")
        #expect(ComplexLayerNorm(50).parameters().map(\.shape) == [[50, 3], [50, 2]])
        #expect(ComplexLayerNorm(50, bias: false)(x).shape == x.shape)
        #expect(ComplexGroupNorm(groups: 2, 4, affine: false).parameters().isEmpty)
    }

    @Test func layersWithoutNormalization() {
        let x = ComplexLayerTests.correlated([2, 3, 6, 6])
        #expect(ComplexMaxPool2d(2)(x).shape == [2, 3, 3, 3])
        #expect(ComplexMaxPool1d(2)(x.flatten(from: 2)).shape == [2, 3, 18])
        #expect(ComplexMaxPool3d(2)(x.unsqueeze(1)).shape == [2, 1, 1, 3, 3])
        #expect(AvgPool2d(2)(x).dtype == .complex64)
        #expect(Upsample(scale: 2, mode: .bilinear)(x).shape == [2, 3, 12, 12])
        #expect(Upsample(scale: 2, form: .polar)(x).shape == [2, 3, 12, 12])
        #expect(Upsample(size: 3, form: .polar)(x).dtype == .complex64)
        for layer in [CReLU(), ZReLU(), Cardioid(), SplitSigmoid(), SplitTanh()] as [any Layer] {
            #expect(layer(x).dtype == .complex64 && layer(x).shape == x.shape)
        }
        let (mod, prelu) = (ModReLU(3, initial: -0.1), SplitPReLU(3))
        (mod(x).abs() + prelu(x).abs()).sum().backward()
        #expect(mod.bias.grad!.shape == [3] && prelu.weight.grad!.dtype == .float32)
        #expect(difference(ModReLU()(x), x, relative: 1e-6, absolute: 1e-6) == nil)
    }
}
