import ApusKernelBase

/// An activation as a type: loops over it are compiled for each.
protocol ActivationFunction {
    static func value<T: RowElement>(_ x: T) -> T
    /// The gradient of `x` from that of the result.
    static func gradient<T: RowElement>(_ gradient: T, at x: T) -> T
    /// Rows that one loop computes gradients of: four where a term is so short that they share what is loaded for a
    /// channel; a loop of more is too long for the compiler to vectorise.
    static var rowsTogether: Int { get }
}

extension ActivationFunction {
    static var rowsTogether: Int { 4 }
}

enum NoActivation: ActivationFunction {
    @inline(__always) static func value<T: RowElement>(_ x: T) -> T { x }
    @inline(__always) static func gradient<T: RowElement>(_ gradient: T, at x: T) -> T { gradient }
}

enum ReLUActivation: ActivationFunction {
    @inline(__always) static func value<T: RowElement>(_ x: T) -> T { x < 0 ? 0 : x }
    @inline(__always) static func gradient<T: RowElement>(_ gradient: T, at x: T) -> T {
        T.select(x <= 0, 0, gradient)
    }
}

enum ReLU6Activation: ActivationFunction {
    @inline(__always) static func value<T: RowElement>(_ x: T) -> T {
        T.select(x >= 6, 6, T.select(x <= 0, 0, x))
    }
    @inline(__always) static func gradient<T: RowElement>(_ gradient: T, at x: T) -> T {
        T.select(x >= 6, 0, T.select(x <= 0, 0, gradient))
    }
}

enum SiLUActivation: ActivationFunction {
    static var rowsTogether: Int { 1 }
    @inline(__always) static func value<T: RowElement>(_ x: T) -> T { T.silu(x) }
    @inline(__always) static func gradient<T: RowElement>(_ gradient: T, at x: T) -> T {
        gradient * T.siluDerivative(x)
    }
}

enum HardswishActivation: ActivationFunction {
    @inline(__always) static func value<T: RowElement>(_ x: T) -> T {
        T.select(x >= 3, x, T.select(x <= -3, 0, x * (x + 3) / 6))
    }
    @inline(__always) static func gradient<T: RowElement>(_ gradient: T, at x: T) -> T {
        T.select(x >= 3, gradient, T.select(x <= -3, 0, gradient * (x / 3 + 0.5)))
    }
}
