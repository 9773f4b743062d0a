import Apus
import Glibc
import Testing

/// Functions that level off: they reach their limits exactly, with slopes of exactly 0 or 1, and everywhere else are as
/// near to longer arithmetic as their type allows.
@Suite struct SaturationTests {
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        /// Allowed errors in units in the last place, of float32 and float64.
        let float: Double
        let double: Double
        let range: ClosedRange<Double>
        let call: @Sendable (Tensor) -> Tensor
        let exact: @Sendable (Float80) -> Float80

        init(
            _ description: String, _ float: Double, _ double: Double, _ range: ClosedRange<Double>,
            _ call: @escaping @Sendable (Tensor) -> Tensor, _ exact: @escaping @Sendable (Float80) -> Float80
        ) {
            (self.description, self.float, self.double, self.range) = (description, float, double, range)
            (self.call, self.exact) = (call, exact)
        }
    }

    private static let all = -1e4...1e4

    static let cases: [Case] = [
        Case("tanh", 3, 3, all, { $0.tanh() }, { Glibc.tanh($0) }),
        Case("sigmoid", 2, 2, -87...1e4, { $0.sigmoid() }, { 1 / (1 + Glibc.exp(-$0)) }),
        Case("erf", 2, 3, all, { $0.erf() }, { Glibc.erf($0) }),
        Case("logSigmoid", 2, 2, -1e4...87, { $0.logSigmoid() }, { -Glibc.log1p(Glibc.exp(-$0)) }),
        Case("softplus", 2, 2, -87...20, { $0.softplus() }, { Glibc.log1p(Glibc.exp($0)) }),
        Case("softsign", 2, 2, all, { $0.softsign() }, { $0 / (1 + $0.magnitude) }),
        Case("silu", 3, 3, -87...1e4, { $0.silu() }, { $0 / (1 + Glibc.exp(-$0)) }),
        Case(
            "gelu", 5, 5, -1...1e4, { $0.gelu() }, { $0 * 0.5 * Glibc.erfc(-$0 * Float80(0.5).squareRoot()) }),
        Case("elu", 2, 2, all, { $0.elu() }, { $0 > 0 ? $0 : Glibc.expm1($0) }),
        Case("celu", 2, 2, all, { $0.celu(alpha: 2) }, { $0 > 0 ? $0 : 2 * Glibc.expm1($0 / 2) }),
        Case("mish", 4, 5, -80...1e4, { $0.mish() }, { $0 * Glibc.tanh(Glibc.log1p(Glibc.exp($0))) }),
        Case("atan", 2, 2, all, { $0.atan() }, { Glibc.atan($0) }),
        Case("expm1", 2, 2, -1e4...11, { $0.expm1() }, { Glibc.expm1($0) }),
    ]

    /// Both signs, all magnitudes from 10⁻⁶ on.
    static func points(_ dtype: DType, _ range: ClosedRange<Double>) -> Tensor {
        var values: [Double] = [0]
        var magnitude = 1e-6
        while magnitude < 1.1e4 {
            values += [magnitude, -magnitude]
            magnitude *= 1.003
        }
        return Tensor(
            values.filter(range.contains), shape: [values.count(where: range.contains)], dtype: dtype)
    }

    @Test(arguments: cases.indices, [DType.float32, .float64])
    func valuesAreNear(_ index: Int, _ dtype: DType) {
        let test = Self.cases[index]
        let x = Self.points(dtype, test.range)
        let found = test.call(x).array(of: Double.self)
        var worst = (error: 0.0, at: 0.0)
        for (x, found) in zip(x.array(of: Double.self), found) {
            let wanted = test.exact(Float80(x))
            let ulp = dtype == .float32 ? Float80(Float(wanted).ulp) : Float80(Double(wanted).ulp)
            let error = Double((Float80(found) - wanted).magnitude / ulp)
            if !(error <= worst.error) { worst = (error, x) }
        }
        #expect(
            worst.error <= (dtype == .float32 ? test.float : test.double), "\(worst.error) ulp at \(worst.at)"
        )
    }

    /// Of 16-bit types the nearest number, or that beside it where the exact value is in the middle.
    @Test(arguments: cases.indices, [DType.float16, .bfloat16])
    func halvesAreTheNearest(_ index: Int, _ dtype: DType) {
        let test = Self.cases[index]
        let x = Self.points(dtype, test.range)
        let wanted = Tensor(
            x.array(of: Double.self).map { Double(test.exact(Float80($0))) }, shape: x.shape, dtype: dtype)
        let found = test.call(x)
        for (x, (found, wanted)) in zip(
            x.array(of: Double.self), zip(found.array(of: Double.self), wanted.array(of: Double.self)))
        {
            let share = dtype == .float16 ? 0x1.01p-10 : 0x1.01p-7
            #expect((found - wanted).magnitude <= share * wanted.magnitude + 1e-7, "at \(x)")
        }
    }

    static let limits:
        [(
            name: String, from: [DType: Double], call: @Sendable (Tensor) -> Tensor, above: Double,
            below: Double
        )] = [
            ("tanh", [.float32: 9.02, .float64: 19.1, .float16: 4.6, .bfloat16: 3.7], { $0.tanh() }, 1, -1),
            ("erf", [.float32: 4, .float64: 6, .float16: 2.7, .bfloat16: 2.25], { $0.erf() }, 1, -1),
            (
                "sigmoid", [.float32: 17.4, .float64: 37.5, .float16: 8.4, .bfloat16: 6.3], { $0.sigmoid() },
                1, .nan
            ),
            (
                "sigmoid", [.float32: 104, .float64: 746, .float16: 104, .bfloat16: 104], { $0.sigmoid() }, 1,
                0
            ),
            ("elu", [.float32: 17.4, .float64: 37.5, .float16: 8.4, .bfloat16: 6.3], { $0.elu() }, .nan, -1),
        ]

    @Test(arguments: limits.indices, DType.realFloating)
    func limitsAreReachedAndSlopesVanish(_ index: Int, _ dtype: DType) {
        let (name, from, call, above, below) = Self.limits[index]
        let start = from[dtype]!
        let magnitudes = [1, 1.1, 1.5, 2, 5, 10, 100, 500].map { start * $0 } + [Double.infinity]
        for (sign, limit) in [(1.0, above), (-1.0, below)] where !limit.isNaN {
            let x = Tensor(magnitudes.map { $0 * sign }, shape: [magnitudes.count], dtype: dtype)
                .requiringGradient()
            let y = call(x)
            #expect(y.array(of: Double.self).allSatisfy { $0 == limit }, "\(name): \(y)")
            y.sum().backward()
            // That of erf is still 1e-7 where erf itself is 1.
            if name == "tanh" || name == "sigmoid" {
                #expect(x.grad!.array(of: Double.self).allSatisfy { $0 == 0 }, "\(name): \(x.grad!)")
            }
        }
    }

    /// The slopes of what grows like its input.
    @Test(arguments: DType.realFloating)
    func slopesOfOneAreOne(_ dtype: DType) {
        let calls: [(String, (Tensor) -> Tensor)] = [
            ("silu", { $0.silu() }), ("gelu", { $0.gelu() }), ("mish", { $0.mish() }),
            ("softplus", { $0.softplus() }),
            ("elu", { $0.elu() }), ("celu", { $0.celu() }), ("selu", { $0.selu() / 1.0507009873554804 }),
        ]
        for (name, call) in calls where dtype == .float32 || dtype == .float64 {
            let x = Tensor([50.0, 100, 800, 3e4], shape: [4], dtype: dtype).requiringGradient()
            let y = call(x)
            y.sum().backward()
            let error = name == "selu" ? 1e-6 : 0
            #expect((y - x).detach().abs().max().item(as: Double.self) <= error * 3e4, "\(name)")
            #expect((x.grad! - 1).abs().max().item(as: Double.self) <= error, "\(name): \(x.grad!)")
        }
    }

    @Test(arguments: [DType.complex64, .complex128])
    func complexTangentsReachOne(_ dtype: DType) {
        let x = Tensor([9.1, 10, 19.2, 20, 50, 500, 1e4], shape: [7], dtype: dtype)
        if dtype == .complex64 {
            #expect(x.tanh().real.array(of: Double.self).allSatisfy { $0 == 1 })
        } else {
            #expect(x[2...].tanh().real.array(of: Double.self).allSatisfy { $0 == 1 })
        }
        #expect(x.tanh().imaginary.array(of: Double.self).allSatisfy { $0 == 0 })
    }
}
