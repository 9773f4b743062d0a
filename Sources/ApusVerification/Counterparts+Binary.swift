import Apus

/// An operation of two tensors, or of a tensor and a number.
private func binary(
    _ tensors: @escaping @Sendable (Tensor, Tensor) throws -> Tensor,
    _ number: @escaping @Sendable (Tensor, any TensorScalar) throws -> Tensor
) -> Counterpart {
    { call in
        let x = try call.x
        if call.isTensor(1, "other") { return [try tensors(x, call.tensor(1, "other"))] }
        guard let other = try call.number(1, "other") else { throw Inexpressible("the second operand") }
        return [try number(x, other)]
    }
}

/// The same with `alpha`, a factor of the second operand.
private func sum(
    _ tensors: @escaping @Sendable (Tensor, Tensor) -> Tensor,
    _ number: @escaping @Sendable (Tensor, any TensorScalar) -> Tensor
) -> Counterpart {
    { call in
        let x = try call.x
        let alpha = try call.number(nil, "alpha")
        if call.isTensor(1, "other") { return [tensors(x, scaled(try call.tensor(1, "other"), by: alpha))] }
        guard let other = try call.number(1, "other") else { throw Inexpressible("the second operand") }
        guard let alpha else { return [number(x, other)] }
        return [tensors(x, scaled(Tensor(scalar: other, like: x), by: alpha))]
    }
}

/// With the operands in the other order.
private func reversed(_ function: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> Counterpart {
    { call in
        let x = try call.x
        if call.isTensor(1, "other") { return [function(try call.tensor(1, "other"), x)] }
        guard let other = try call.number(1, "other") else { throw Inexpressible("the second operand") }
        // A number as a tensor that is as weakly typed as it can be: of rank 0.
        func make<S: TensorScalar>(_ s: S) -> Tensor { Tensor(s) }
        return [function(make(other), x)]
    }
}

private func logical(_ function: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> Counterpart {
    { call in [function(try call.x, try call.tensor(1, "other"))] }
}

extension Tensor {
    /// A number as a zero-dimensional tensor of the other operand's type.
    fileprivate init(scalar: any TensorScalar, like x: Tensor) {
        func make<S: TensorScalar>(_ value: S) -> Tensor { Tensor(value, dtype: x.dtype) }
        self = make(scalar)
    }
}

// Swift opens an `any TensorScalar` for a generic function that it is passed to.
private func add<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x + s }
private func subtract<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x - s }
private func multiply<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x * s }
private func divide<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x / s }
private func divide<S: TensorScalar>(_ x: Tensor, _ s: S, _ rounding: DivisionRounding) -> Tensor {
    x.divide(s, rounding: rounding)
}
private func power<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x ** s }
private func remainder<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x % s }
private func fmod<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x.fmod(s) }
private func floorDivide<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x.floorDivide(s) }
private func atan2<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x.atan2(s) }
private func hypot<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x.hypot(s) }
private func maximum<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x.maximum(s) }
private func minimum<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x.minimum(s) }
private func fmax<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x.fmax(s) }
private func fmin<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x.fmin(s) }
private func equal<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x .== s }
private func notEqual<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x .!= s }
private func less<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x .< s }
private func lessEqual<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x .<= s }
private func greater<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x .> s }
private func greaterEqual<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x .>= s }
private func and<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x & s }
private func or<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x | s }
private func xor<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x ^ s }
private func left<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x << s }
private func right<S: TensorScalar>(_ x: Tensor, _ s: S) -> Tensor { x >> s }

let binaryCounterparts: [String: Counterpart] = [
    "add": sum({ $0 + $1 }, { add($0, $1) }),
    "sub": sum({ $0 - $1 }, { subtract($0, $1) }),
    "rsub": { call in
        let x = try call.x
        let alpha = try call.number(nil, "alpha")
        let scaledX = scaled(x, by: alpha)
        if call.isTensor(1, "other") { return [try call.tensor(1, "other") - scaledX] }
        guard let other = try call.number(1, "other") else { throw Inexpressible("the second operand") }
        func minus<S: TensorScalar>(_ s: S) -> Tensor { s - scaledX }
        return [minus(other)]
    },
    "mul": binary({ $0 * $1 }, { multiply($0, $1) }),
    "div": { call in
        let mode = try call.optionalString(nil, "rounding_mode")
        switch mode {
        case nil: return try binary({ $0 / $1 }, { divide($0, $1) })(call)
        case "floor":
            return try binary({ $0.divide($1, rounding: .down) }, { divide($0, $1, .down) })(call)
        case "trunc":
            return try binary({ $0.divide($1, rounding: .towardZero) }, { divide($0, $1, .towardZero) })(call)
        default: throw Inexpressible("rounding \(mode!)")
        }
    },
    "true_divide": binary({ $0 / $1 }, { divide($0, $1) }),
    "floor_divide": binary({ $0.floorDivide($1) }, { floorDivide($0, $1) }),
    "remainder": { call in
        if call.isTensor(0) { return try binary({ $0 % $1 }, { remainder($0, $1) })(call) }
        guard let number = try call.number(0) else { throw Inexpressible("the first operand") }
        func result<S: TensorScalar>(_ s: S) throws -> Tensor { s % (try call.tensor(1)) }
        return [try result(number)]
    },
    "fmod": binary({ $0.fmod($1) }, { fmod($0, $1) }),
    "pow": { call in
        if call.isTensor(0) { return try binary({ $0 ** $1 }, { power($0, $1) })(call) }
        guard let number = try call.number(0) else { throw Inexpressible("the first operand") }
        func result<S: TensorScalar>(_ s: S) throws -> Tensor { s ** (try call.tensor(1)) }
        return [try result(number)]
    },
    "float_power": { call in
        func wide(_ x: Tensor) -> Tensor { x.to(x.dtype.isComplex ? .complex128 : .float64) }
        if call.isTensor(1) { return [wide(try call.x) ** wide(try call.tensor(1))] }
        guard let other = try call.number(1) else { throw Inexpressible("the exponent") }
        return [power(wide(try call.x), other)]
    },
    "atan2": binary({ $0.atan2($1) }, { atan2($0, $1) }),
    "hypot": binary({ $0.hypot($1) }, { hypot($0, $1) }),
    "maximum": binary({ $0.maximum($1) }, { maximum($0, $1) }),
    "minimum": binary({ $0.minimum($1) }, { minimum($0, $1) }),
    "fmax": binary({ $0.fmax($1) }, { fmax($0, $1) }),
    "fmin": binary({ $0.fmin($1) }, { fmin($0, $1) }),
    "eq": binary({ $0 .== $1 }, { equal($0, $1) }),
    "ne": binary({ $0 .!= $1 }, { notEqual($0, $1) }),
    "lt": binary({ $0 .< $1 }, { less($0, $1) }),
    "le": binary({ $0 .<= $1 }, { lessEqual($0, $1) }),
    "gt": binary({ $0 .> $1 }, { greater($0, $1) }),
    "ge": binary({ $0 .>= $1 }, { greaterEqual($0, $1) }),
    "bitwise_and": binary({ $0 & $1 }, { and($0, $1) }),
    "bitwise_or": binary({ $0 | $1 }, { or($0, $1) }),
    "bitwise_xor": binary({ $0 ^ $1 }, { xor($0, $1) }),
    "bitwise_left_shift": binary({ $0 << $1 }, { left($0, $1) }),
    "bitwise_right_shift": binary({ $0 >> $1 }, { right($0, $1) }),
    "logical_and": logical { $0.logicalAnd($1) },
    "logical_or": logical { $0.logicalOr($1) },
    "logical_xor": logical { $0.logicalXor($1) },
    "__radd__": reversed { $0 + $1 },
    "__rsub__": reversed { $0 - $1 },
    "__rmul__": reversed { $0 * $1 },
    "__rdiv__": reversed { $0 / $1 },
    "__rmod__": reversed { $0 % $1 },
    "__rpow__": reversed { $0 ** $1 },
    "__rand__": reversed { $0 & $1 },
    "__ror__": reversed { $0 | $1 },
    "__rxor__": reversed { $0 ^ $1 },
    "__rmatmul__": { call in [try call.tensor(1).matmul(call.x)] },
]
