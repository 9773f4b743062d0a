/// Inputs of one type, one after the other.
struct Cat: SingleResult {
    let axis: Int
    /// How long each input is along the axis.
    let extents: [Int]
    let name = "cat"

    func value(of inputs: [Tensor]) -> Tensor {
        var shape = inputs[0].shape
        shape[axis] = extents.reduce(0, +)
        return Cat.joinedInTheirOrder(inputs, axis, shape)
    }

    /// In the inputs' order in memory where all have channels last, else row-major.
    ///
    /// - Parameter shape: the result's.
    static func joinedInTheirOrder(_ inputs: [Tensor], _ axis: Int, _ shape: Shape) -> Tensor {
        let rank = shape.count
        guard (3...5).contains(rank), inputs.allSatisfy(\.hasChannelsInside) else {
            return joined(inputs, axis, shape)
        }
        let order = [0] + Array(2..<rank) + [1]
        let result = joined(
            inputs.map { $0.viewed($0.layout.permuted(order)) }, order.firstIndex(of: axis)!,
            order.map { shape[$0] })
        return result.viewed(result.layout.permuted([0, rank - 1] + Array(1..<rank - 1)))
    }

    /// Row-major.
    ///
    /// - Parameter shape: the result's.
    static func joined(_ inputs: [Tensor], _ axis: Int, _ shape: Shape) -> Tensor {
        let dtype = inputs[0].dtype
        let result = Tensor(uninitialized: shape, dtype)
        // Where an extent is 0, the product of the others may overflow.
        let outer = result.count == 0 ? 0 : shape[..<axis].reduce(1, *)
        let inner = result.count == 0 ? 0 : shape[(axis + 1)...].reduce(dtype.size, *)
        if inputs.count == 2, inner == dtype.size, inputs.allSatisfy({ $0.shape[axis] == 1 }) {
            let (a, b) = (inputs[0].detachedContiguous(), inputs[1].detachedContiguous())
            kernels.interleave(a.start, b.start, into: result.base, count: outer, size: dtype.size)
            withExtendedLifetime((a, b)) {}
            return result
        }
        var start = 0
        for input in inputs {
            let extent = input.shape[axis]
            if input.isContiguous {
                kernels.copyRows(
                    input.start, to: result.base + start * inner, rows: outer, rowBytes: extent * inner,
                    pitch: shape[axis] * inner)
            } else {
                var part = result.layout
                if extent > 0 { part.offset += start * part.strides[axis] }
                part.shape[axis] = extent
                let target = result.viewed(part)
                kernels.copyElements(input.operand, into: target.operand)
            }
            start += extent
        }
        return result
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        var start = 0
        return extents.indices.map { part in
            defer { start += extents[part] }
            return backward.needs[part]
                ? backward.gradient.narrow(axis: axis, start: start, count: extents[part]) : nil
        }
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// Tensors one after the other along `axis`, in their common type.
    ///
    /// - Parameter tensors: at least one; the other extents are the same in all. As in PyTorch, tensors of
    ///   shape [0] go with any shape: a loop that collects rows can begin with one.
    public static func cat(
        _ tensors: [Tensor], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        guard let first = tensors.first(where: { !$0.goesWithAnyShape }) ?? tensors.first else {
            fail("cat", "there are no tensors to join", at: site)
        }
        let axis = first.axis(axis, "cat", site)
        var shape = first.shape
        shape[axis] = 0
        for tensor in tensors where !tensor.goesWithAnyShape {
            var rest = tensor.shape
            if tensor.rank == first.rank { rest[axis] = shape[axis] }
            if rest != shape {
                let shapes = tensors.map { "\($0.shape)" }.joined(separator: ", ")
                fail("cat", "shapes \(shapes) differ in more than axis \(axis)", at: site)
            }
            shape[axis] = shape[axis].addingClamped(tensor.shape[axis])
        }
        checkShape(shape, "cat", site)
        let inputs = TypeRule.element.promoted(tensors).map { tensor in
            if !tensor.goesWithAnyShape { return tensor }
            // An empty tensor in the shape of the others.
            var empty = shape
            empty[axis] = 0
            return tensor.reshape(empty)
        }
        if isUnobserved(inputs) { return Cat.joinedInTheirOrder(inputs, axis, shape) }
        return Tensor.apply(Cat(axis: axis, extents: inputs.map { $0.shape[axis] }), to: inputs, at: site)
    }

    /// Whether the channels of a position lie side by side in memory, and positions behind each other: channels last,
    /// dense or a part of the channels of what is.
    fileprivate var hasChannelsInside: Bool {
        guard shape[1] > 1, layout.strides[1] == 1, !isContiguous else { return false }
        var step = shape[1]
        for axis in Array((2..<rank).reversed()) + [0] where shape[axis] != 1 {
            if layout.strides[axis] < step { return false }
            step = layout.strides[axis] * shape[axis]
        }
        return true
    }

    /// Whether this is an empty row, of shape [0].
    private var goesWithAnyShape: Bool { rank == 1 && count == 0 }
}

extension Operation {
    static let cat = Operation(
        "cat", dtypes: DType.everything,
        [
            Sample("torch.cat([x, y])", [Input([2, 3]), Input([4, 3])]) { .cat([$0[0], $0[1]]) },
            Sample("torch.cat([x, y, x], 1)", [Input([2, 3, 2]), Input([2, 1, 2])]) {
                .cat([$0[0], $0[1], $0[0]], axis: 1)
            },
            Sample("torch.cat([x, y, x], -2)", [Input([0]), Input([2, 3])]) {
                .cat([$0[0], $0[1], $0[0]], axis: -2)
            },
            Sample("torch.cat([x, y])", [Input([0]), Input([0])]) { .cat([$0[0], $0[1]]) },
            Sample("torch.cat([x.t(), y], -1)", [Input([3, 2]), Input([2, 4])]) {
                .cat([$0[0].transpose(), $0[1]], axis: -1)
            },
        ])
}
