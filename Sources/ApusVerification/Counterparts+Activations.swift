import Apus

/// An activation, which PyTorch may also do in place: the values are the same.
private func activation(_ function: @escaping @Sendable (Call, Tensor) throws -> Tensor) -> Counterpart {
    { call in
        _ = try call.bool(nil, "inplace")
        return [try function(call, call.x)]
    }
}

/// Softmax and the like: an axis, and the type to compute in.
private func alongAxis(_ function: @escaping @Sendable (Tensor, Int) -> Tensor) -> Counterpart {
    { call in
        let axis = try call.int(1, "dim")
        return [function(try call.converted(call.x), axis)]
    }
}

func reduction(_ call: Call) throws -> LossReduction {
    switch try call.optionalString(nil, "reduction") {
    case "none": .none
    case "sum": .sum
    case "mean", nil: .mean
    case let other?: throw Inexpressible("the reduction \(other)")
    }
}

let activationCounterparts: [String: Counterpart] = [
    "nn.functional.celu": activation { $1.celu(alpha: try $0.double(1, "alpha", 1)) },
    "nn.functional.elu": activation { $1.elu(alpha: try $0.double(1, "alpha", 1)) },
    "nn.functional.gelu": activation { call, x in
        x.gelu(try call.optionalString(1, "approximate") == "tanh" ? .tanh : .none)
    },
    "nn.functional.glu": activation { $1.glu(axis: try $0.int(1, "dim", -1)) },
    "nn.functional.hardshrink": activation { $1.hardshrink(lambda: try $0.double(1, "lambd", 0.5)) },
    "nn.functional.hardsigmoid": activation { $1.hardsigmoid() },
    "nn.functional.hardswish": activation { $1.hardswish() },
    "nn.functional.hardtanh": activation {
        $1.hardtanh(min: try $0.double(1, "min_val", -1), max: try $0.double(2, "max_val", 1))
    },
    "nn.functional.leaky_relu": activation { $1.leakyReLU(slope: try $0.double(1, "negative_slope", 0.01)) },
    "nn.functional.logsigmoid": activation { $1.logSigmoid() },
    "nn.functional.mish": activation { $1.mish() },
    "nn.functional.prelu": activation { $1.prelu(weight: try $0.tensor(1, "weight")) },
    "nn.functional.relu": activation { $1.relu() },
    "nn.functional.relu6": activation { $1.relu6() },
    "nn.functional.selu": activation { $1.selu() },
    "nn.functional.silu": activation { $1.silu() },
    "nn.functional.softplus": activation {
        $1.softplus(beta: try $0.double(1, "beta", 1), threshold: try $0.double(2, "threshold", 20))
    },
    "nn.functional.softshrink": activation { $1.softshrink(lambda: try $0.double(1, "lambd", 0.5)) },
    "nn.functional.softsign": activation { $1.softsign() },
    "nn.functional.tanhshrink": activation { $1.tanhshrink() },
    "nn.functional.threshold": activation {
        $1.threshold(try $0.double(1, "threshold"), value: try $0.double(2, "value"))
    },
    "softmax": alongAxis { $0.softmax(axis: $1) },
    "log_softmax": alongAxis { $0.logSoftmax(axis: $1) },
    "nn.functional.softmin": alongAxis { $0.softmin(axis: $1) },
    "nn.functional.cross_entropy": { call in
        [
            try call.x.softmaxCrossEntropy(
                call.tensor(1, "target"), classWeights: call.optionalTensor(2, "weight"),
                reduction: reduction(call),
                labelSmoothing: call.double(nil, "label_smoothing", 0),
                ignoreIndex: call.int(nil, "ignore_index", -100))
        ]
    },
]
