extension Tensor {
    /// A tensor from an array, an array of arrays, and so on: `Tensor([[1, 2], [3, 4]])`.
    ///
    /// Int gives int64, Double float32 (as in PyTorch), every other type its own, unless `dtype` says
    /// otherwise. All arrays of one depth must be of one length.
    public init<Element: NestedElements>(
        _ elements: [Element], dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
    ) {
        self.init(nested: elements, dtype, CallSite(file: file, line: line))
    }

    init<Element: NestedElements>(nested elements: [Element], _ dtype: DType?, _ site: CallSite?) {
        var flat: [Element.Scalar] = []
        var shape: Shape = []
        do { try [Element].flatten(elements, into: &flat, shape: &shape, depth: 0) } catch {
            fail("Tensor", "\(error)", at: site)
        }
        Tensor.checkShape(shape, "Tensor", site)
        self.init(flat, shape: shape, dtype: dtype)
    }
}

extension Operation {
    static let fromArray = Operation(
        "fromArray", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.tensor([[1., 2.], [3., 4.]]).to(x.dtype)", [Input([1])]) {
                Tensor([[1, 2], [3, 4]], dtype: $0[0].dtype)
            }
        ])
}
