import Apus

/// How many trailing axes the shape names; PyTorch checks that it is theirs.
private func lastAxes(_ call: Call, _ x: Tensor) throws -> Int {
    let shape = try call.ints(1, "normalized_shape")
    if shape.isEmpty || Array(x.shape.suffix(shape.count)) != shape {
        throw Inexpressible("another normalised shape")
    }
    return shape.count
}

let normalizationCounterparts: [String: Counterpart] = [
    "nn.functional.layer_norm": { call in
        let x = try call.x
        return [
            x.layerNorm(
                lastAxes: try lastAxes(call, x), weight: try call.optionalTensor(2, "weight"),
                bias: try call.optionalTensor(3, "bias"), epsilon: try call.double(4, "eps", 1e-5))
        ]
    },
    "nn.functional.rms_norm": { call in
        let x = try call.x
        return [
            x.rmsNorm(
                lastAxes: try lastAxes(call, x), weight: try call.optionalTensor(2, "weight"),
                epsilon: try call.optionalDouble(3, "eps"))
        ]
    },
    "nn.functional.group_norm": { call in
        let x = try call.x
        return [
            x.groupNorm(
                groups: try call.int(1, "num_groups"), weight: try call.optionalTensor(2, "weight"),
                bias: try call.optionalTensor(3, "bias"), epsilon: try call.double(4, "eps", 1e-5))
        ]
    },
    "nn.functional.instance_norm": { call in
        let x = try call.x
        if call.has(1, "running_mean") || call.has(2, "running_var") {
            throw Inexpressible("running statistics")
        }
        _ = try call.bool(nil, "use_input_stats", true)
        _ = call.value(nil, "momentum")
        return [
            x.instanceNorm(
                weight: try call.optionalTensor(3, "weight"), bias: try call.optionalTensor(4, "bias"),
                epsilon: try call.double(nil, "eps", 1e-5))
        ]
    },
    "nn.functional.batch_norm": { call in
        let x = try call.x
        let mean = try call.optionalTensor(1, "running_mean")
        let variance = try call.optionalTensor(2, "running_var")
        let weight = try call.optionalTensor(3, "weight")
        let bias = try call.optionalTensor(4, "bias")
        let isTraining = try call.bool(5, "training")
        _ = call.value(6, "momentum")
        let epsilon = try call.double(7, "eps", 1e-5)
        if isTraining { return [x.batchNorm(weight: weight, bias: bias, epsilon: epsilon)] }
        guard let mean, let variance else { throw Inexpressible("no statistics") }
        return [x.batchNorm(mean: mean, variance: variance, weight: weight, bias: bias, epsilon: epsilon)]
    },
    "nn.functional.local_response_norm": { call in
        let x = try call.x
        return [
            x.localResponseNorm(
                size: try call.int(1, "size"), alpha: try call.double(2, "alpha", 1e-4),
                beta: try call.double(3, "beta", 0.75), k: try call.double(4, "k", 1))
        ]
    },
    "nn.functional.normalize": { call in
        let x = try call.x
        let p = try call.double(1, "p", 2)
        let axis = try call.int(2, "dim", 1)
        let epsilon = try call.double(3, "eps", 1e-12)
        return [x / x.norm(p, axis: axis, keepDims: true).clamp(min: epsilon)]
    },
]
