import Apus

let elementwiseCounterparts: [String: Counterpart] = [
    "abs": unary { $0.abs() },
    "acos": unary { $0.acos() },
    "acosh": unary { $0.acosh() },
    "angle": unary { $0.angle() },
    "asin": unary { $0.asin() },
    "asinh": unary { $0.asinh() },
    "atan": unary { $0.atan() },
    "atanh": unary { $0.atanh() },
    "bitwise_not": unary { ~$0 },
    "ceil": unary { $0.ceil() },
    "conj": unary { $0.conjugate() },
    "conj_physical": unary { $0.conjugate() },
    "cos": unary { $0.cos() },
    "cosh": unary { $0.cosh() },
    "deg2rad": unary { $0 * (Double.pi / 180) },
    "erf": unary { $0.erf() },
    "exp": unary { $0.exp() },
    "exp2": unary { $0.exp2() },
    "expm1": unary { $0.expm1() },
    "floor": unary { $0.floor() },
    "frac": unary { $0.frac() },
    "imag": unary { $0.imaginary },
    "isfinite": unary { $0.isFinite() },
    "isinf": unary { $0.isInf() },
    "isnan": unary { $0.isNaN() },
    "log": unary { $0.log() },
    "log10": unary { $0.log10() },
    "log1p": unary { $0.log1p() },
    "log2": unary { $0.log2() },
    "logical_not": unary { $0.logicalNot() },
    "neg": unary { -$0 },
    "positive": unary { $0 },
    "rad2deg": unary { $0 * (180 / Double.pi) },
    "real": unary { $0.real },
    "reciprocal": unary { $0.reciprocal() },
    "round": { call in try [call.x.round(decimals: call.int(nil, "decimals", 0))] },
    "rsqrt": unary { $0.rsqrt() },
    "sigmoid": unary { $0.sigmoid() },
    "sgn": unary { $0.sign() },
    "sign": unary { $0.sign() },
    "sin": unary { $0.sin() },
    "sinh": unary { $0.sinh() },
    "sqrt": unary { $0.sqrt() },
    "square": unary { $0.square() },
    "tan": unary { $0.tan() },
    "tanh": unary { $0.tanh() },
    "trunc": unary { $0.trunc() },
    "resolve_conj": unary { $0 },
    "resolve_neg": unary { $0 },
    "clone": { call in
        _ = try call.optionalString(nil, "memory_format")
        return [try call.x]
    },
    "contiguous": { call in
        _ = try call.optionalString(nil, "memory_format")
        return [try call.x.contiguous()]
    },
    "bool": unary { $0.to(.bool) },
    "byte": unary { $0.to(.uint8) },
    "int": unary { $0.to(.int32) },
    "long": unary { $0.to(.int64) },
    "half": unary { $0.to(.float16) },
    "bfloat16": unary { $0.to(.bfloat16) },
    "float": unary { $0.to(.float32) },
    "double": unary { $0.to(.float64) },
    "cfloat": unary { $0.to(.complex64) },
    "cdouble": unary { $0.to(.complex128) },
    "clamp": { call in
        let x = try call.x
        if call.isTensor(1, "min") || call.isTensor(2, "max") {
            var result = x
            if let low = try call.optionalTensor(1, "min") { result = result.maximum(low) }
            if let high = try call.optionalTensor(2, "max") { result = result.minimum(high) }
            return [result]
        }
        return [
            x.clamp(
                min: try call.double(1, "min", -.infinity), max: try call.double(2, "max", .infinity))
        ]
    },
    "clamp_min": { call in
        if call.isTensor(1, "min") { return [try call.x.maximum(call.tensor(1, "min"))] }
        return [try call.x.clamp(min: call.double(1, "min"))]
    },
    "clamp_max": { call in
        if call.isTensor(1, "max") { return [try call.x.minimum(call.tensor(1, "max"))] }
        return [try call.x.clamp(max: call.double(1, "max"))]
    },
    "where": { call in
        [try Tensor.where(call.tensor(1, "condition"), call.x, call.tensor(2, "other"))]
    },
    "masked_fill": { call in
        let mask = try call.tensor(1, "mask")
        if call.isTensor(2, "value") { return [try call.x.maskedFill(mask, call.tensor(2, "value"))] }
        guard let value = try call.number(2, "value") else { throw Inexpressible("a value") }
        return [try filled(call.x, mask, value)]
    },
    "lerp": { call in
        let x = try call.x
        let end = try call.tensor(1, "end")
        if call.isTensor(2, "weight") { return [x.lerp(end, weight: try call.tensor(2, "weight"))] }
        if case .complex(let real, let imaginary)? = call.peek(2, "weight") {
            _ = call.value(2, "weight")
            return [x.lerp(end, weight: Complex(real, imaginary))]
        }
        return [x.lerp(end, weight: try call.double(2, "weight"))]
    },
    "complex": { call in [Tensor.complex(real: try call.x, imaginary: try call.tensor(1))] },
    "polar": { call in [Tensor.polar(abs: try call.x, angle: try call.tensor(1))] },
    "isclose": { call in
        [
            try call.x.isClose(
                call.tensor(1), relative: call.double(2, "rtol", 1e-5),
                absolute: call.double(3, "atol", 1e-8),
                equalNaN: call.bool(4, "equal_nan"))
        ]
    },
    "allclose": { call in
        [
            Tensor(
                try call.x.allClose(
                    call.tensor(1), relative: call.double(2, "rtol", 1e-5),
                    absolute: call.double(3, "atol", 1e-8),
                    equalNaN: call.bool(4, "equal_nan")))
        ]
    },
    "addcmul": { call in
        let product = try call.tensor(1) * call.tensor(2)
        return [try call.x + scaled(product, by: call.number(nil, "value"))]
    },
    "addcdiv": { call in
        let quotient = try call.tensor(1) / call.tensor(2)
        return [try call.x + scaled(quotient, by: call.number(nil, "value"))]
    },
    "equal": { call in
        let (a, b) = (try call.x, try call.tensor(1))
        return [Tensor(a.shape == b.shape && (a .== b).all().item(as: Bool.self))]
    },
    "zeros_like": { call in
        let x = try call.converted(call.x)
        return [Tensor.zeros(like: x)]
    },
    "ones_like": { call in
        let x = try call.converted(call.x)
        return [Tensor.ones(like: x)]
    },
]

/// `x` times a number where there is one.
func scaled(_ x: Tensor, by number: (any TensorScalar)?) -> Tensor {
    guard let number else { return x }
    func product<S: TensorScalar>(_ number: S) -> Tensor { x * number }
    return product(number)
}

func filled(_ x: Tensor, _ mask: Tensor, _ number: any TensorScalar) -> Tensor {
    func result<S: TensorScalar>(_ number: S) -> Tensor { x.maskedFill(mask, number) }
    return result(number)
}
