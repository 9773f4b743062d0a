/// A part of a tensor together with its index tensors: what every subscript, `gather`, `scatter` and their gradients
/// read and write through.
struct Selection: Sendable {
    let part: Part
    /// int64; as many as the part says.
    let indices: [Tensor]

    init(_ part: Part, _ indices: [Tensor]) {
        self.part = part
        self.indices = indices
    }

    /// A view alone.
    init(_ view: StridedView) { self.init(Part(view: view, positions: .all), []) }

    /// Blocks of a view: int64 tensors of one shape, the axes of the view that they choose along ascending.
    ///
    /// - Parameter outer: how many of the view's other axes come before those of the blocks.
    init(view: StridedView? = nil, blocks: [(axis: Int, index: Tensor)], outer: Int) {
        let indices = blocks.map(\.index)
        self.init(
            Part(view: view, positions: .blocks(axes: blocks.map(\.axis), outer: outer)),
            indices.count > Part.mostIndices ? [Tensor.stack(indices)] : indices)
    }

    /// Slices along an axis.
    ///
    /// - Parameter index: int64; its axes come where the axis was.
    init(view: StridedView? = nil, axis: Int, _ index: Tensor) {
        self.init(Part(view: view, positions: .blocks(axes: [axis], outer: axis)), [index])
    }

    /// Single elements, as `gather` does.
    init(along axis: Int, _ index: Tensor) {
        self.init(Part(view: nil, positions: .along(axis)), [index])
    }
}

extension Tensor {
    /// This tensor checked to be indices, as int64.
    func asIndex(_ operation: String, _ site: CallSite?) -> Tensor {
        if dtype != .int64 && dtype != .int32 {
            fail(operation, "indices are int64 or int32, not \(dtype)", at: site)
        }
        return to(.int64)
    }

    /// The selected elements; the gradient goes back to where they came from.
    func selecting(_ selection: Selection, _ operation: String, _ site: CallSite? = nil) -> Tensor {
        if Observers.areNone, !isRecorded {
            do { return try selection.part.read(self, selection.indices[...]) } catch {
                fail(operation, "\(error)", at: site)
            }
        }
        return Tensor.apply(
            Select(name: operation, part: selection.part), to: [self] + selection.indices, at: site)
    }

    /// Replaces the selected elements by `value`, or adds it to them.
    ///
    /// Where an index repeats, additions add up and the last replacement stays. A trace sees a new tensor; without one
    /// the elements are written in place, recorded or not.
    mutating func place(
        _ value: Tensor, _ selection: Selection, adding: Bool = false, _ operation: String,
        _ site: CallSite? = nil
    ) {
        let (part, indices) = (selection.part, selection.indices)
        if !dtype.holdsKind(of: value.dtype) {
            fail(operation, "a \(dtype) tensor cannot hold \(value.dtype) elements", at: site)
        }
        let selected = part.resultShape(of: shape, indices[...])
        if Shape.broadcast(value.shape, selected) != selected {
            fail(
                operation, "a value of shape \(value.shape) does not fill a selection of shape \(selected)",
                at: site)
        }
        let value = value.to(dtype)
        let recorded = dtype.isDifferentiable && (isRecorded || value.isRecorded)
        let before = node
        if !Observers.areNone, Trace.current != nil {
            self = Tensor.apply(
                Place(name: operation, part: part, adding: adding), to: [self, value] + indices, at: site)
        } else {
            node = nil
            do {
                try Device.common([self, value] + indices, operation, site).during {
                    try write(value, part, indices[...], adding: adding)
                }
            } catch {
                fail(operation, "\(error)", at: site)
            }
            if recorded {
                node = before
                self = Tensor.apply(
                    Place(name: operation, part: part, adding: adding, isDone: true),
                    to: [self, value] + indices, at: site)
            } else {
                NaNCheck.inspect(operation, self)
            }
        }
        if !recorded { node = before?.isLeaf == true ? before : nil }
    }
}
