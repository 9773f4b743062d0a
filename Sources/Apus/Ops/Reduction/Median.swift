/// Where the middle element along an axis is; the axis stays with an extent of 1.
struct MedianIndex: SingleResult {
    let axis: Int
    var name: String { "median" }
    var isDifferentiable: Bool { false }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0].swappingLast(axis)
        let (rank, length) = (x.rank, x.shape.last ?? 1)
        let order = x.sortingIndices(Swift.max(rank - 1, 0), descending: false)
        if rank == 0 { return order }
        // NaNs are sorted last, in their order.
        let regular = length - x.isNaN().countNonzero(axes: [-1], keepDims: true)
        let middle = regular.maskedFill(regular .== length, (length - 1) / 2)
        return order.gather(axis: -1, index: middle).swappingLast(axis)
    }
}

extension Tensor {
    /// The middle element along an axis, the lower of both middle ones, and where it is; a NaN wins.
    ///
    /// The gradient goes to that element alone.
    public func median(axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> (values: Tensor, indices: Tensor)
    {
        let site = CallSite(file: file, line: line)
        let axis = rowAxis(axis, "median", site)
        let length = rank == 0 ? 1 : shape[axis]
        if length == 0 { refuseEmpty("median", site) }
        refuseOrderOfComplex("median", site)
        let indices = Tensor.apply(MedianIndex(axis: axis), to: [self], at: site)
        return picking(axis, indices, keepDims)
    }

    /// The middle one of all elements, a scalar; of an even number, the lower of both.
    public func median(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        reshape([count]).median(axis: 0, file: file, line: line).values
    }
}

extension Operation {
    static let median = Operation(
        "median", dtypes: DType.realFloating,
        [
            Sample("torch.median(x)", [Input([3, 4])]) { $0[0].median() },
            Sample("torch.median(x, 1).values", [Input([2, 5, 3])]) { $0[0].median(axis: 1).values },
        ])
}
