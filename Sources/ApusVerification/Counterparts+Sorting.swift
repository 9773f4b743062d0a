import Apus

let sortingCounterparts: [String: Counterpart] = [
    "sort": { call in
        let stable = try call.bool(nil, "stable")
        let result = try call.x.sort(
            axis: stable ? call.int(nil, "dim", -1) : call.int(1, "dim", -1),
            descending: stable ? call.bool(nil, "descending") : call.bool(2, "descending"))
        return [result.values, result.indices]
    },
    "msort": unary { $0.sort(axis: 0).values },
    "argsort": { call in
        _ = try call.bool(nil, "stable")
        return [try call.x.argsort(axis: call.int(1, "dim", -1), descending: call.bool(2, "descending"))]
    },
    "topk": { call in
        let x = try call.x
        let k = try call.int(1, "k")
        let axis = try call.int(2, "dim", -1)
        let result = x.topK(k, axis: axis, largest: try call.bool(3, "largest", true))
        _ = try call.bool(4, "sorted", true)
        return [result.values, result.indices]
    },
    "unique": { call in
        _ = try call.bool(nil, "sorted", true)
        let x = try call.x
        let result = try call.optionalInt(nil, "dim").map { x.unique(axis: $0) } ?? x.unique()
        var outputs = [result.values]
        if try call.bool(nil, "return_inverse") { outputs.append(result.inverse) }
        if try call.bool(nil, "return_counts") { outputs.append(result.counts) }
        return outputs
    },
    "bincount": { call in
        return [
            try call.x.binCount(
                weights: call.optionalTensor(1, "weights"), minLength: call.int(2, "minlength", 0))
        ]
    },
    "histc": { call in
        let x = try call.x
        let bins = try call.int(1, "bins", 100)
        let low = try call.double(2, "min", 0)
        let high = try call.double(3, "max", 0)
        return [x.histogram(bins: bins, range: low == high ? nil : low...high)]
    },
    "searchsorted": { call in
        let narrow = try call.bool(nil, "out_int32")
        var right = try call.bool(nil, "right")
        if let side = try call.optionalString(nil, "side") { right = side == "right" }
        let indices = try call.x.searchSorted(
            call.tensorOfNumber(1), right: right, sorter: call.optionalTensor(nil, "sorter"))
        return [narrow ? indices.to(.int32) : indices]
    },
    "bucketize": { call in
        let narrow = try call.bool(nil, "out_int32")
        let indices = try call.tensorOfNumber(0).bucketize(call.tensor(1), right: call.bool(nil, "right"))
        return [narrow ? indices.to(.int32) : indices]
    },
]
