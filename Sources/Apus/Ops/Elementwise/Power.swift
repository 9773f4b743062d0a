import ApusKernels

/// Binds tighter than multiplication, and to the right; a sign before the base binds tighter still.
precedencegroup PowerPrecedence {
    higherThan: MultiplicationPrecedence
    associativity: right
}

infix operator ** : PowerPrecedence

extension BinaryRule {
    fileprivate static let power: BinaryRule = .init(
        Kernels.power,
        a: Partial([.a, .b]) { gradient, saved in
            let slope = saved.b * elementwisePower(saved.a, saved.b - 1)
            return (gradient * slope.conjugate()).maskedFill(saved.b .== 0, 0)
        },
        b: Partial([.a, .b, .output]) { gradient, saved in
            let slope = saved.output * saved.a.log()
            let vanishes = (saved.a .== 0) .& (saved.b.real .>= 0)
            return (gradient * slope.conjugate()).maskedFill(vanishes, 0)
        })

    private static func elementwisePower(_ a: Tensor, _ b: Tensor) -> Tensor {
        Tensor.elementwise(.power, a, b)
    }
}

extension Tensor {
    /// The elements of `a` to the power of those of `b`, with broadcasting.
    ///
    /// Integers stay integers: their products wrap around, and a negative exponent leaves 0 for every
    /// base but 1 and -1. Note that `-x ** 2` is (-x)² in Swift.
    public static func ** (a: Tensor, b: Tensor) -> Tensor { elementwise(.power, a, b) }

    /// The elements to the power of a number; 2, 3, 0.5, -0.5, 1 and -1 are computed without logarithms.
    public static func ** <S: TensorScalar>(a: Tensor, b: S) -> Tensor {
        let exponent = WeakScalar(b)
        guard exponent.type(beside: a.dtype) == a.dtype, let value = exponent.real else {
            return elementwise(.power, a, b)
        }
        if a.dtype.isDifferentiable {
            switch value {
            case 0.5: return a.sqrt()
            case -0.5: return a.rsqrt()
            case -1: return a.reciprocal()
            default: break
            }
        } else if value < 0 {
            fail("power", "\(a.dtype) elements have no power of \(b): convert them with .to(.float32)")
        }
        switch value {
        case 1: return a
        case 2: return a.square()
        case 3: return a.square() * a
        default: return elementwise(.power, a, b)
        }
    }

    public static func ** <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(.power, a, b) }
}

/// The elements of `x` to the power of those of `exponent`, with broadcasting.
public func pow(_ x: Tensor, _ exponent: Tensor) -> Tensor { x ** exponent }
/// The elements of `x` to the power of a number.
public func pow<S: TensorScalar>(_ x: Tensor, _ exponent: S) -> Tensor { x ** exponent }

extension Operation {
    static let power = Operation(
        "power",
        [
            Sample("x ** y", [Input([3, 4], 0.2, 2), Input([3, 4])]) { $0[0] ** $0[1] },
            Sample("x ** 2", [Input([3, 4])]) { $0[0] ** 2 },
            Sample("x ** 3", [Input([3, 4])]) { $0[0] ** 3 },
            Sample("x ** 4", [Input([3, 4])]) { $0[0] ** 4 },
            Sample("x ** 0.5", [Input([3, 4], 0.2, 2)]) { $0[0] ** 0.5 },
            Sample("x ** -1", [Input([3, 4], 0.2, 2)]) { $0[0] ** -1 },
            Sample("x ** 1.7", [Input([3, 4], 0.2, 2)]) { $0[0] ** 1.7 },
            Sample("2.0 ** x", [Input([3, 4])]) { 2 ** $0[0] },
        ])
}
