import Apus

/// A reduction over all axes, one or several.
private func reduce(
    _ all: @escaping @Sendable (Tensor) -> Tensor, _ axes: @escaping @Sendable (Tensor, [Int], Bool) -> Tensor
) -> Counterpart {
    { call in
        let dtype = try call.optionalDType(nil, "dtype")
        let x = try call.x
        let wide = dtype.map { x.to($0) } ?? x
        let chosen = try call.axes()
        let keepDims = try call.bool(2, "keepdim")
        let result =
            chosen.map { axes(wide, $0, keepDims) }
            ?? (keepDims ? axes(wide, Array(0..<x.rank), true) : all(wide))
        return [dtype.map { result.to($0) } ?? result]
    }
}

/// Max and min: of all elements, along one axis with indices, or of two tensors.
private func extreme(
    _ all: @escaping @Sendable (Tensor) -> Tensor,
    _ axis: @escaping @Sendable (Tensor, Int, Bool) -> (values: Tensor, indices: Tensor),
    _ pair: @escaping @Sendable (Tensor, Tensor) -> Tensor
) -> Counterpart {
    { call in
        let x = try call.x
        if call.isTensor(1, "other") { return [pair(x, try call.tensor(1, "other"))] }
        guard let chosen = try call.optionalInt(1, "dim") else { return [all(x)] }
        let result = axis(x, chosen, try call.bool(2, "keepdim"))
        return [result.values, result.indices]
    }
}

private func indexOfExtreme(
    _ all: @escaping @Sendable (Tensor) -> Tensor, _ axis: @escaping @Sendable (Tensor, Int, Bool) -> Tensor
) -> Counterpart {
    { call in
        let x = try call.x
        let keepDims = try call.bool(2, "keepdim")
        guard let chosen = try call.optionalInt(1, "dim") else {
            let index = all(x)
            return [keepDims ? index.reshape(Shape(x.shape.map { _ in 1 })) : index]
        }
        return [axis(x, chosen, keepDims)]
    }
}

/// Variance and standard deviation, `unbiased` or with a correction; the mean beside them if wanted.
private func dispersion(
    besideMean: Bool, _ all: @escaping @Sendable (Tensor, Double) -> Tensor,
    _ axes: @escaping @Sendable (Tensor, [Int], Double, Bool) -> Tensor
) -> Counterpart {
    { call in
        let x = try call.x
        var correction = 1.0
        var chosen: [Int]?
        if call.isBool(1) {
            correction = try call.bool(1) ? 1 : 0
        } else {
            chosen = try call.axes()
            if call.isBool(2, "unbiased") { correction = try call.bool(2, "unbiased") ? 1 : 0 }
        }
        correction = try call.optionalDouble(nil, "correction") ?? correction
        let keepDims = try call.bool(3, "keepdim")
        let over = chosen ?? Array(0..<x.rank)
        let deviation = chosen == nil && !keepDims ? all(x, correction) : axes(x, over, correction, keepDims)
        return besideMean ? [deviation, x.mean(axes: over, keepDims: keepDims)] : [deviation]
    }
}

private func variance(besideMean: Bool) -> Counterpart {
    dispersion(besideMean: besideMean, { $0.variance(correction: $1) }) {
        $0.variance(axes: $1, correction: $2, keepDims: $3)
    }
}

private func deviation(besideMean: Bool) -> Counterpart {
    dispersion(besideMean: besideMean, { $0.standardDeviation(correction: $1) }) {
        $0.standardDeviation(axes: $1, correction: $2, keepDims: $3)
    }
}

private func cumulative(_ function: @escaping @Sendable (Tensor, Int) -> Tensor) -> Counterpart {
    { call in [function(try call.converted(call.x), try call.int(1, "dim"))] }
}

let reductionCounterparts: [String: Counterpart] = [
    "sum": reduce({ $0.sum() }) { $0.sum(axes: $1, keepDims: $2) },
    "mean": reduce({ $0.mean() }) { $0.mean(axes: $1, keepDims: $2) },
    "prod": reduce({ $0.prod() }) { $0.prod(axes: $1, keepDims: $2) },
    "amax": reduce({ $0.max() }) { $0.max(axes: $1, keepDims: $2) },
    "amin": reduce({ $0.min() }) { $0.min(axes: $1, keepDims: $2) },
    "aminmax": { call in
        let x = try call.x
        let keepDims = try call.bool(nil, "keepdim")
        if let axis = try call.optionalInt(1, "dim") {
            return [x.min(axes: [axis], keepDims: keepDims), x.max(axes: [axis], keepDims: keepDims)]
        }
        let all = Array(0..<x.rank)
        return [x.min(axes: all, keepDims: keepDims), x.max(axes: all, keepDims: keepDims)]
    },
    "all": reduce({ $0.all() }) { x, axes, keep in
        axes.count == 1 ? x.all(axis: axes[0], keepDims: keep) : x.all(axes: axes, keepDims: keep)
    },
    "any": reduce({ $0.any() }) { x, axes, keep in
        axes.count == 1 ? x.any(axis: axes[0], keepDims: keep) : x.any(axes: axes, keepDims: keep)
    },
    "logsumexp": reduce({ $0.logSumExp() }) { $0.logSumExp(axes: $1, keepDims: $2) },
    "count_nonzero": reduce({ $0.countNonzero() }) { $0.countNonzero(axes: $1, keepDims: $2) },
    "max": extreme({ $0.max() }, { $0.max(axis: $1, keepDims: $2) }) { $0.maximum($1) },
    "min": extreme({ $0.min() }, { $0.min(axis: $1, keepDims: $2) }) { $0.minimum($1) },
    "median": extreme({ $0.median() }, { $0.median(axis: $1, keepDims: $2) }) { $0.maximum($1) },
    "argmax": indexOfExtreme({ $0.argmax() }) { $0.argmax(axis: $1, keepDims: $2) },
    "argmin": indexOfExtreme({ $0.argmin() }) { $0.argmin(axis: $1, keepDims: $2) },
    "var": variance(besideMean: false),
    "std": deviation(besideMean: false),
    "var_mean": variance(besideMean: true),
    "std_mean": deviation(besideMean: true),
    "cumsum": cumulative { $0.cumulativeSum(axis: $1) },
    "cumprod": cumulative { $0.cumulativeProduct(axis: $1) },
    "cummax": { call in
        let result = try call.x.cumulativeMax(axis: call.int(1, "dim"))
        return [result.values, result.indices]
    },
    "cummin": { call in
        let result = try call.x.cumulativeMin(axis: call.int(1, "dim"))
        return [result.values, result.indices]
    },
    "linalg.vector_norm": { call in
        let p = try call.double(1, "ord", 2)
        let axes = try call.axes(2)
        let keepDims = try call.bool(3, "keepdim")
        let x = try call.converted(call.x)
        if let axes { return [x.norm(p, axes: axes, keepDims: keepDims)] }
        return [keepDims ? x.norm(p, axes: Array(0..<x.rank), keepDims: true) : x.norm(p)]
    },
    "dist": { call in
        [(try call.x - call.tensor(1)).norm(try call.double(2, "p", 2))]
    },
]
