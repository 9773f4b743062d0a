import Apus

/// The entries of a subscript.
private func indices(_ value: Value?, _ make: (TensorLayout) throws -> Tensor) throws -> [any TensorIndex] {
    guard let value else { throw Inexpressible("no index") }
    func entry(_ value: Value) throws -> any TensorIndex {
        switch value {
        case .int(let position): return position
        case .none: return AxisSelector.newAxis
        case .ellipsis: return AxisSelector.ellipsis
        case .tensor(let layout): return try make(layout)
        case .slice(let start, let end, let step):
            let range: any TensorRange
            switch (start, end) {
            case (nil, nil): range = 0...
            case (let start?, nil): range = start...
            case (nil, let end?): range = ..<end
            case (let start?, let end?):
                if start > end { throw Inexpressible("a slice that ends before it begins") }
                range = start..<end
            }
            return range.by(step ?? 1)
        case .list(let values):
            return try values.map {
                guard case .int(let position) = $0 else {
                    throw Inexpressible("a list of more than positions")
                }
                return position
            }
        default: throw Inexpressible("an index of this kind")
        }
    }
    if case .list(let entries) = value { return try entries.map(entry) }
    return [try entry(value)]
}

private func read(_ x: Tensor, _ i: [any TensorIndex]) throws -> Tensor {
    switch i.count {
    case 0: x
    case 1: x[i[0]]
    case 2: x[i[0], i[1]]
    case 3: x[i[0], i[1], i[2]]
    case 4: x[i[0], i[1], i[2], i[3]]
    default: throw Inexpressible("more than four indices")
    }
}

private func write(_ x: inout Tensor, _ i: [any TensorIndex], _ value: Tensor) throws {
    switch i.count {
    case 1: x[i[0]] = value
    case 2: x[i[0], i[1]] = value
    case 3: x[i[0], i[1], i[2]] = value
    case 4: x[i[0], i[1], i[2], i[3]] = value
    default: throw Inexpressible("more than four indices")
    }
}

let indexingCounterparts: [String: Counterpart] = [
    "__getitem__": { call in
        let x = try call.x
        return [try read(x, indices(call.value(1)) { try call.tensor(at: $0) })]
    },
    "index_put": { call in
        var x = try call.x
        let entries = try indices(call.value(1, "indices")) { try call.tensor(at: $0) }
        let values = try call.tensor(2, "values")
        if try call.bool(3, "accumulate") { throw Inexpressible("adding at indices") }
        try write(&x, entries, values)
        return [x]
    },
    "gather": view { $1.gather(axis: try $0.int(1, "dim"), index: try $0.tensor(2, "index")) },
    "take_along_dim": { call in
        let (x, index) = (try call.x, try call.tensor(1, "indices"))
        guard let axis = try call.optionalInt(2, "dim") else {
            return [x.flatten().gather(axis: 0, index: index.flatten())]
        }
        // All axes but the one broadcast.
        let along = axis < 0 ? axis + x.rank : axis
        var (source, target) = (x.shape, index.shape)
        for other in 0..<x.rank where other != along {
            let extent = source[other] == 1 ? target[other] : source[other]
            source[other] = extent
            target[other] = extent
        }
        return [x.broadcast(to: source).gather(axis: axis, index: index.broadcast(to: target))]
    },
    "index_select": view { $1.indexSelect(axis: try $0.int(1, "dim"), index: try $0.tensor(2, "index")) },
    "index_add": { call in
        let source = scaled(try call.tensor(3, "source"), by: try call.number(nil, "alpha"))
        return [try call.x.indexAdd(axis: call.int(1, "dim"), index: call.tensor(2, "index"), source: source)]
    },
    "masked_select": view { $1.maskedSelect(try $0.tensor(1, "mask")) },
    "nonzero": { call in
        if try call.bool(nil, "as_tuple") {
            let x = try call.x
            let found = (x.rank == 0 ? x.unsqueeze(0) : x).nonzero()
            return (0..<found.shape[1]).map { found[.all, $0] }
        }
        return [try call.x.nonzero()]
    },
    "argwhere": view { $1.nonzero() },
    "put": view { call, x in
        x.put(
            try call.tensor(1, "index"), source: try call.tensor(2, "source"),
            adding: try call.bool(3, "accumulate"))
    },
    "take": view { $1.take(try $0.tensor(1, "index")) },
    "scatter": view { call, x in
        let axis = try call.int(1, "dim")
        let index = try call.tensor(2, "index")
        let reduce = try call.optionalString(nil, "reduce")
        if let reduce, reduce != "add" { throw Inexpressible("scatter by \(reduce)") }
        if call.isTensor(3, "src") {
            let source = try call.tensor(3, "src")
            return reduce == nil
                ? x.scatter(axis: axis, index: index, source: source)
                : x.scatterAdd(axis: axis, index: index, source: source)
        }
        guard let value = try call.number(3, "value") else { throw Inexpressible("nothing to scatter") }
        func scattered<S: TensorScalar>(_ value: S) -> Tensor {
            if reduce == nil { return x.scatter(axis: axis, index: index, value: value) }
            return x.scatterAdd(
                axis: axis, index: index, source: Tensor.full(index.shape, value, dtype: x.dtype))
        }
        return scattered(value)
    },
    "scatter_add": view {
        $1.scatterAdd(
            axis: try $0.int(1, "dim"), index: try $0.tensor(2, "index"), source: try $0.tensor(3, "src"))
    },
]
