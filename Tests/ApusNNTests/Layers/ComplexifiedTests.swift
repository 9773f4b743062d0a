import Apus
import ApusNN
import Testing

/// Pairs of real layers as one complex layer, and the native layers that they equal.
@Suite struct ComplexifiedTests {
    static let generator = RandomGenerator(seed: 4)

    private func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
        .normal(shape, dtype: .complex64, using: RandomGenerator(seed: seed))
    }

    private func difference(_ a: Tensor, _ b: Tensor) -> Double {
        (a - b).abs().max().item(as: Double.self) / max(1e-3, b.abs().max().item(as: Double.self))
    }

    /// The values and all gradients of both forms.
    private func compare<Part: Layer>(
        _ pair: Complexified<Part>, _ native: any Layer, _ weights: (Part) -> Parameter, _ weight: Parameter,
        _ input: Shape
    ) {
        weight.value = .complex(
            real: weights(pair.real).value.detach(), imaginary: weights(pair.imaginary).value.detach())
        let (x, z) = (random(input, 1).requiringGradient(), random(input, 1).requiringGradient())
        let (y, w) = (pair(x), native(z))
        #expect(y.dtype == .complex64 && difference(y, w) < 1e-5)
        let seed = random(y.shape, 2)
        y.backward(seed)
        w.backward(seed)
        #expect(difference(x.grad!, z.grad!) < 1e-5)
        let folded = Tensor.complex(
            real: weights(pair.real).grad!, imaginary: weights(pair.imaginary).grad!)
        #expect(difference(folded, weight.grad!) < 1e-5)
    }

    @Test func aPairOfLinearLayersIsTheNativeOne() {
        let pair = Complexified(
            real: Linear(7, 5, bias: false, using: Self.generator),
            imaginary: Linear(7, 5, bias: false, using: Self.generator))
        let native = Linear(7, 5, bias: false, dtype: .complex64, using: Self.generator)
        compare(pair, native, { $0.weight }, native.weight, [6, 7])
        #expect(pair.namedParameters().map(\.name) == ["real.weight", "imaginary.weight"])
    }

    /// Sizes for the tiles of 3 × 3 kernels, the expanded weight, and groups.
    @Test(arguments: [(16, 24, 3, 1), (3, 5, 3, 1), (4, 6, 5, 2)])
    func aPairOfConvolutionsIsTheNativeOne(_ inputs: Int, _ outputs: Int, _ kernel: Int, _ groups: Int) {
        func layer(_ dtype: DType) -> Conv2d {
            Conv2d(
                inputs, outputs, kernel: Extents(kernel), padding: 1, groups: groups, bias: false,
                dtype: dtype,
                using: Self.generator)
        }
        let native = layer(.complex64)
        compare(
            Complexified(real: layer(.float32), imaginary: layer(.float32)), native, { $0.weight },
            native.weight, [3, inputs, 14, 13])
    }

    @Test func aPairOfTransposedConvolutionsIsTheNativeOne() {
        func layer(_ dtype: DType) -> ConvTranspose2d {
            ConvTranspose2d(
                4, 6, kernel: 4, stride: 2, padding: 1, bias: false, dtype: dtype, using: Self.generator)
        }
        let native = layer(.complex64)
        compare(
            Complexified(real: layer(.float32), imaginary: layer(.float32)), native, { $0.weight },
            native.weight, [2, 4, 7, 6])
    }

    /// α of A and β of B add (α − β) + i(α + β).
    @Test func biasesGoThroughTheSameRule() {
        let (real, imaginary) = (Linear(3, 2, using: Self.generator), Linear(3, 2, using: Self.generator))
        let (a, b) = (real.bias!.value, imaginary.bias!.value)
        let wanted = Tensor.complex(real: a - b, imaginary: a + b).detach()
        let found = Complexified(real: real, imaginary: imaginary)(.zeros([1, 3], dtype: .complex64))
        #expect(difference(found.squeeze(axis: 0), wanted) < 1e-6)
        #expect(wanted.abs().max().item(as: Double.self) > 0.01)
    }

    @Test func closuresMakeAComplexFunction() {
        let z = random([4], 3)
        let y = applyComplex(z, real: { $0 * 2 }, imaginary: { $0 * 3 })
        #expect(difference(y, z * Tensor.complex(real: Tensor(Float(2)), imaginary: Tensor(Float(3)))) < 1e-6)
    }

    @Test func realNumbersAreRefused() async {
        await #expect(processExitsWith: .failure) {
            _ = applyComplex(.ones([2]), real: { $0 }, imaginary: { $0 })
        }
    }

    @Test func theImaginaryPartIsLearned() {
        let layer = LearnedImaginaryPart(3, using: Self.generator)
        #expect(
            layer.namedParameters().map(\.name) == [
                "norm1.weight", "norm1.bias", "conv1.weight", "conv1.bias", "norm2.weight", "norm2.bias",
                "conv2.weight", "conv2.bias",
            ])
        let x = Tensor.normal([2, 3, 6, 5], using: Self.generator).requiringGradient()
        let z = layer(x)
        #expect(z.dtype == .complex64 && z.shape == x.shape)
        #expect((z.real .== x).all().item(as: Bool.self))
        var wanted = layer.conv1(layer.norm1(x).relu())
        wanted = layer.conv2(layer.norm2(wanted).relu())
        #expect(difference(z.imaginary, wanted) < 1e-5)
        z.abs().square().sum().backward()
        #expect(layer.parameters().allSatisfy { $0.grad != nil } && x.grad != nil)
    }
}
