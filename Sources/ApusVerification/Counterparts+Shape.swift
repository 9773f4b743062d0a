import Apus

func view(_ function: @escaping @Sendable (Call, Tensor) throws -> Tensor) -> Counterpart {
    { call in [try function(call, call.x)] }
}

private let reshape = view { call, x in
    let extents = try call.integers(from: 1, "shape")
    return x.reshape(Shape(extents))
}

private let expand = view { call, x in
    let extents = try call.integers(from: 1, "size")
    let added = extents.count - x.rank
    // -1 keeps an axis as it is.
    return x.broadcast(
        to: Shape(extents.enumerated().map { $1 == -1 && $0 >= added ? x.shape[$0 - added] : $1 }))
}

private let split: Counterpart = { call in
    let x = try call.x
    let axis = { try call.int(2, "dim", 0) }
    if call.isInt(1) { return x.split(size: try call.int(1), axis: try axis()) }
    return x.split(sizes: try call.ints(1), axis: try axis())
}

private let squeeze = view { call, x in
    guard let axes = try call.optionalInts(1, "dim") else { return x.squeeze() }
    return x.squeeze(axes: axes)
}

private let cat: Counterpart = { call in
    [Tensor.cat(try call.tensors(0), axis: try call.int(1, "dim", 0))]
}

let shapeCounterparts: [String: Counterpart] = [
    "reshape": reshape,
    "view": reshape,
    "reshape_as": view { $1.reshape(try $0.tensor(1).shape) },
    "view_as": view { $1.reshape(try $0.tensor(1).shape) },
    "ravel": view { $1.flatten() },
    "flatten": view { $1.flatten(from: try $0.int(1, "start_dim", 0), to: try $0.int(2, "end_dim", -1)) },
    "unflatten": view { $1.unflatten(axis: try $0.int(1, "dim"), into: try $0.ints(2, "sizes")) },
    "expand": expand,
    "broadcast_to": expand,
    "expand_as": view { $1.broadcast(to: try $0.tensor(1).shape) },
    "permute": view { $1.permute(try $0.integers(from: 1, "dims")) },
    "transpose": view { $1.transpose(try $0.int(1, "dim0"), try $0.int(2, "dim1")) },
    "t": view { $1.rank < 2 ? $1 : $1.transpose(0, 1) },
    "mT": view { $1.transpose() },
    "mH": view { $1.adjoint() },
    "movedim": view { call, x in
        if call.isInt(1), call.isInt(2) { return x.moveAxis(from: try call.int(1), to: try call.int(2)) }
        func axes(_ numbers: [Int]) -> [Int] { numbers.map { $0 < 0 ? $0 + x.rank : $0 } }
        let (sources, targets) = (axes(try call.ints(1)), axes(try call.ints(2)))
        var order = [Int](repeating: -1, count: x.rank)
        for (source, target) in zip(sources, targets) { order[target] = source }
        var others = (0..<x.rank).filter { !sources.contains($0) }.makeIterator()
        return x.permute(order.map { $0 < 0 ? others.next()! : $0 })
    },
    "squeeze": squeeze,
    "unsqueeze": view { $1.unsqueeze(try $0.int(1, "dim")) },
    "flip": view { $1.flip(axes: try $0.integers(from: 1, "dims")) },
    "fliplr": view { $1.flip(axis: 1) },
    "flipud": view { $1.flip(axis: 0) },
    "roll": view { call, x in
        let shifts = try call.ints(1, "shifts")
        guard let axes = try call.optionalInts(2, "dims"), !axes.isEmpty else {
            guard shifts.count == 1 else { throw Inexpressible("shifts without axes") }
            return x.flatten().roll(shifts[0], axis: 0).reshape(x.shape)
        }
        return x.roll(shifts, axes: axes)
    },
    "narrow": view {
        $1.narrow(axis: try $0.int(1, "dim"), start: try $0.int(2, "start"), count: try $0.int(3, "length"))
    },
    "select": view { call, x in
        let axis = try call.int(1, "dim")
        let index = try call.int(2, "index")
        let start = index < 0 ? index + x.shape[axis < 0 ? axis + x.rank : axis] : index
        return x.narrow(axis: axis, start: start, count: 1).squeeze(axis: axis)
    },
    "tile": view { $1.tile(try $0.integers(from: 1, "dims")) },
    "repeat": view { $1.tile(try $0.integers(from: 1, "repeats")) },
    "repeat_interleave": view { call, x in
        _ = call.value(nil, "output_size")
        let axis = try call.optionalInt(nil, "dim")
        let rows = axis == nil ? x.flatten() : x
        if call.isTensor(1, "repeats") {
            let counts = try call.tensor(1, "repeats")
            if counts.count == 1 {
                return rows.repeatInterleave(counts.to(.int64).flatten()[0].item(), axis: axis ?? 0)
            }
            return rows.repeatInterleave(counts.to(.int64).array(of: Int.self), axis: axis ?? 0)
        }
        return rows.repeatInterleave(try call.int(1, "repeats"), axis: axis ?? 0)
    },
    "diagonal": view {
        $1.diagonal(try $0.int(1, "offset", 0), axes: (try $0.int(2, "dim1", 0), try $0.int(3, "dim2", 1)))
    },
    "linalg.diagonal": view {
        $1.diagonal(
            try $0.int(nil, "offset", 0), axes: (try $0.int(nil, "dim1", -2), try $0.int(nil, "dim2", -1)))
    },
    "diag": view { call, x in
        let offset = try call.int(1, "diagonal", 0)
        return x.rank == 1 ? x.diagonalEmbed(offset) : x.diagonal(offset, axes: (0, 1))
    },
    "diagflat": view { $1.flatten().diagonalEmbed(try $0.int(1, "offset", 0)) },
    "diag_embed": view { call, x in
        let offset = try call.int(1, "offset", 0)
        if call.has(2, "dim1") || call.has(3, "dim2") {
            let embedded = x.diagonalEmbed(offset)
            let (a, b) = (try call.int(2, "dim1", -2), try call.int(3, "dim2", -1))
            let (first, second) = (a < 0 ? a + embedded.rank : a, b < 0 ? b + embedded.rank : b)
            // The pair is unordered for a diagonal of offset 0 alone.
            var axes = Array(0..<(embedded.rank - 2))
            for (axis, source) in [(first, embedded.rank - 2), (second, embedded.rank - 1)].sorted(by: {
                $0.0 < $1.0
            }) {
                axes.insert(source, at: axis)
            }
            return embedded.permute(axes)
        }
        return x.diagonalEmbed(offset)
    },
    "tril": view { $1.tril(try $0.int(1, "diagonal", 0)) },
    "triu": view { $1.triu(try $0.int(1, "diagonal", 0)) },
    "unfold": view {
        $1.unfold(axis: try $0.int(1, "dimension"), size: try $0.int(2, "size"), step: try $0.int(3, "step"))
    },
    "view_as_complex": view { $1.viewAsComplex() },
    "view_as_real": view { $1.viewAsReal() },
    "cat": cat,
    "hstack": { call in [Tensor.hstack(try call.tensors(0))] },
    "vstack": { call in [Tensor.vstack(try call.tensors(0))] },
    "dstack": { call in [Tensor.dstack(try call.tensors(0))] },
    "column_stack": { call in [Tensor.columnStack(try call.tensors(0))] },
    "unbind": { call in try call.x.unbind(axis: call.int(1, "dim", 0)) },
    "tensor_split": { call in
        let x = try call.x
        let axis = try call.int(2, "dim", 0)
        if call.isTensor(1) {
            let indices = try call.tensor(1)
            if indices.rank > 0 { return x.tensorSplit(at: indices.array(of: Int.self), axis: axis) }
            return x.tensorSplit(indices.item(as: Int.self), axis: axis)
        }
        if call.isInt(1) { return x.tensorSplit(try call.int(1), axis: axis) }
        return x.tensorSplit(at: try call.ints(1), axis: axis)
    },
    "rot90": view { call, x in
        let axes = try call.ints(2, "dims", [0, 1])
        return x.rot90(try call.int(1, "k", 1), axes: (axes[0], axes[1]))
    },
    "stack": { call in [Tensor.stack(try call.tensors(0), axis: try call.int(1, "dim", 0))] },
    "split": split,
    "split_with_sizes": { call in try call.x.split(sizes: call.ints(1), axis: call.int(2, "dim", 0)) },
    "chunk": { call in try call.x.chunk(call.int(1, "chunks"), axis: call.int(2, "dim", 0)) },
    "meshgrid": { call in
        let axes = call.isTensor(0) ? try call.restOfTensors(from: 0) : try call.tensors(0)
        return Tensor.meshgrid(axes, columnsFirst: try call.optionalString(nil, "indexing") == "xy")
    },
    "nn.functional.pad": { call in
        let x = try call.x
        let flat = try call.ints(1, "pad")
        let mode: PadMode
        switch try call.optionalString(2, "mode") ?? "constant" {
        case "constant": mode = try call.fill(3, "value")
        case "reflect": mode = .reflect
        case "replicate": mode = .replicate
        case "circular": mode = .circular
        case let other: throw Inexpressible("padding by \(other)")
        }
        var amounts = [(before: Int, after: Int)](repeating: (0, 0), count: x.rank)
        for pair in 0..<(flat.count / 2) { amounts[x.rank - 1 - pair] = (flat[2 * pair], flat[2 * pair + 1]) }
        return [x.pad(amounts, mode: mode)]
    },
    "constant_pad_nd": { call in
        let x = try call.x
        let flat = try call.ints(1, "pad")
        var amounts = [(before: Int, after: Int)](repeating: (0, 0), count: x.rank)
        for pair in 0..<(flat.count / 2) { amounts[x.rank - 1 - pair] = (flat[2 * pair], flat[2 * pair + 1]) }
        return [x.pad(amounts, mode: try call.fill(2, "value"))]
    },
    "nn.functional.one_hot": { call in
        let classes = try call.int(1, "num_classes", -1)
        return [try call.x.oneHot(classes: classes == -1 ? nil : classes)]
    },
]
