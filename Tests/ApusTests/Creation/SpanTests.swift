import Apus
import Testing

/// Ways between two ends that are exact at both, however far apart these are.
@Suite struct SpanTests {
    private static let most = Double.greatestFiniteMagnitude

    @Test func linspace() {
        let wide = Tensor.linspace(-1.7e308, 1.7e308, count: 5, dtype: .float64).array(of: Double.self)
        #expect(wide == [-1.7e308, -0.85e308, 0, 0.85e308, 1.7e308])
        #expect(
            Tensor.linspace(Self.most, -Self.most, count: 3, dtype: .float64).array(of: Double.self)
                == [Self.most, 0, -Self.most])
        let endless = Tensor.linspace(0, .infinity, count: 3, dtype: .float64).array(of: Double.self)
        #expect(endless.first == 0 && endless.last == .infinity)
        for count in [2, 3, 10, 1001] {
            let x = Tensor.linspace(0.1, 0.7, count: count, dtype: .float64).array(of: Double.self)
            #expect(x.first == 0.1 && x.last == 0.7 && x == x.sorted())
        }
        #expect(Tensor.linspace(2, 3, count: 1).array(of: Float.self) == [2])
    }

    @Test func histogram() {
        let wide = Tensor([-1.7e308, -1e308, 0, 1e308, 1.7e308], shape: [5], dtype: .float64)
        #expect(wide.histogram(bins: 2).array(of: Int.self) == [2, 3])
        #expect(wide.histogram(bins: 4, range: -1.7e308...1.7e308).array(of: Int.self) == [2, 0, 1, 2])
        let tiny = Tensor([0, Double.leastNonzeroMagnitude], shape: [2], dtype: .float64)
        #expect(tiny.histogram(bins: 4).array(of: Int.self) == [1, 0, 0, 1])
        for value in [1e300, Self.most, -Self.most, 0, 3] {
            let same = Tensor([value, value], shape: [2], dtype: .float64)
            #expect(same.histogram(bins: 3).sum().item(as: Int.self) == 2, "\(value)")
        }
        #expect(
            Tensor([Float(1), .infinity, .nan, 2, -.infinity]).histogram(bins: 2).array(of: Int.self) == [
                1, 1,
            ])
    }

    @Test func lerpIsExactAtBothEnds() {
        let pairs: [(Double, Double)] = [
            (0.1, 0.7), (1e10, 1), (1, 1e10), (-3e38, 3e38), (3.3e38, -3.3e38), (1e-30, 1e30),
            (-65504, 65504), (0, 1 / 3),
        ]
        for dtype in DType.differentiable {
            for (a, b) in pairs where dtype != .float16 || Swift.max(a.magnitude, b.magnitude) <= 65504 {
                var (x, y) = (Tensor(a, dtype: dtype), Tensor(b, dtype: dtype))
                if dtype.isComplex {
                    x = .complex(real: x.real, imaginary: y.real * 0.5)
                    y = .complex(real: y.real, imaginary: x.real * 0.25)
                }
                let zero = x.lerp(y, weight: Tensor(0, dtype: dtype)),
                    one = x.lerp(y, weight: Tensor(1, dtype: dtype))
                #expect((zero .== x).item(as: Bool.self), "\(dtype) from \(a) to \(b)")
                #expect((one .== y).item(as: Bool.self), "\(dtype) from \(a) to \(b)")
                #expect((x.lerp(y, weight: 1.0) .== y).item(as: Bool.self))
            }
        }
        #expect(Tensor(-3e38).lerp(Tensor(3e38), weight: 0.5).item(as: Float.self) == 0)
        let middle = Tensor(Complex<Double>(1, 2)).to(.complex128).lerp(
            Tensor(Complex<Double>(3, 6)).to(.complex128), weight: 0.25)
        #expect(middle.item(as: Complex<Double>.self) == Complex(1.5, 3))
    }

    @Test func diagonalsOfOblongMatricesAreRefused() async {
        let cases: [(String, Shape)] = [
            ("ii->i", [3, 1]), ("ii", [1, 3]), ("iij->j", [2, 3, 4]), ("...ii->...i", [2, 3, 1]),
        ]
        for (equation, shape) in cases {
            let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                [equation = equation as String, shape = shape as Shape] in
                _ = einsum(equation, Tensor.ones(shape))
            }
            let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
            #expect(message.contains("einsum: \"\(equation)\" repeats an axis of operand 0"), "\(message)")
        }
        #expect(einsum("ii->i", Tensor.ones([1, 1])).shape == [1])
        #expect(einsum("i,i->i", Tensor.ones([3]), Tensor.ones([1])).shape == [3])
    }
}
