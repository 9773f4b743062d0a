import ApusKernelCalls

/// Binds tighter than multiplication, and to the right; a sign before the base binds tighter still.
precedencegroup PowerPrecedence {
    higherThan: MultiplicationPrecedence
    associativity: right
}

infix operator ** : PowerPrecedence

struct Power: BinaryPrimitive {
    static let kernel = Kernels.power
    static let savedForFirst: BinaryOperands.Uses = [.a, .b]
    static let savedForSecond: BinaryOperands.Uses = [.a, .b, .output]
    var types: TypeRule { .power }

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        let slope = saved.b * Tensor.elementwise(Power(), saved.a, saved.b - 1)
        return (gradient * slope.conjugate()).maskedFill(saved.b .== 0, 0)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        let slope = saved.output * saved.a.log()
        let vanishes = (saved.a .== 0) .& (saved.b.real .>= 0)
        return (gradient * slope.conjugate()).maskedFill(vanishes, 0)
    }
}

extension Tensor {
    /// The elements of `a` to the power of those of `b`, with broadcasting.
    ///
    /// Integers stay integers: their products wrap around, and a negative exponent leaves 0 for every
    /// base but 1 and -1. Note that `-x ** 2` is (-x)² in Swift.
    public static func ** (a: Tensor, b: Tensor) -> Tensor { elementwise(Power(), a, b) }

    /// The elements to the power of a number; 2, 3, 0.5, -0.5, 1 and -1 are computed without logarithms.
    public static func ** <S: TensorScalar>(a: Tensor, b: S) -> Tensor {
        let exponent = WeakScalar(b)
        guard a.dtype.beside(exponent.dtype) == a.dtype, let value = exponent.real else {
            return elementwise(Power(), a, b)
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
        default: return elementwise(Power(), a, b)
        }
    }

    /// A number to the power of each element, in the type of the tensor; beside integers a fraction gives float32.
    public static func ** <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(Power(), a, b) }
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
