struct Argsort: SingleResult {
    let axis: Int
    /// How many come first in the order; nil is all.
    let kept: Int?
    let descending: Bool
    var name: String { "argsort" }
    var isDifferentiable: Bool { false }

    func value(of inputs: [Tensor]) -> Tensor {
        inputs[0].sortingIndices(axis, kept: kept, descending: descending)
    }
}

extension Tensor {
    /// The int64 indices that put the elements in order along an axis.
    ///
    /// Equal elements keep their order; NaN is above everything.
    public func argsort(
        axis: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axis = rowAxis(axis, "sort", site)
        refuseOrderOfComplex("sort", site)
        return Tensor.apply(Argsort(axis: axis, kept: nil, descending: descending), to: [self], at: site)
    }

    /// The first `kept` (nil is all) of the indices that sort this tensor along an axis, without history.
    func sortingIndices(_ axis: Int, kept: Int? = nil, descending: Bool) -> Tensor {
        let rows = swappingLast(axis).rowMajor()
        let length = rank == 0 ? 1 : shape[axis]
        let kept = kept ?? length
        var target = rows.shape
        if rank > 0 { target[rank - 1] = kept }
        let result = Tensor(uninitialized: target, .int64)
        kernels.sortRows(
            rows.start, rows.dtype, rows: length == 0 ? 0 : rows.count / length, length: length, kept: kept,
            descending: descending, indices: result.base)
        return result.swappingLast(axis)
    }
}

extension Operation {
    static let argsort = Operation(
        "argsort", dtypes: DType.realFloating, isDifferentiable: false,
        [
            Sample("torch.argsort(x, dim=1, stable=True)", [Input([3, 20])]) { $0[0].argsort() },
            Sample("torch.argsort(x, dim=0, descending=True, stable=True)", [Input([5, 4])]) {
                $0[0].argsort(axis: 0, descending: true)
            },
        ])
}
