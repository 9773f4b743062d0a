extension Tensor {
    /// A tensor with a copy of elements that lie in memory in row-major order.
    ///
    /// - Parameter bytes: as many as `shape` and `dtype` need, in this machine's byte order.
    public init(
        copying bytes: UnsafeRawBufferPointer, shape: Shape, dtype: DType, file: StaticString = #fileID,
        line: UInt = #line
    ) {
        let site = CallSite(file: file, line: line)
        Tensor.checkShape(shape, "Tensor", site)
        let needed = shape.checkedElementCount.map { $0.multipliedReportingOverflow(by: dtype.size) }
        if needed == nil || needed!.overflow || needed!.partialValue != bytes.count {
            fail("Tensor", "\(bytes.count) bytes are not \(dtype) elements of shape \(shape)", at: site)
        }
        self.init(uninitialized: shape, dtype)
        if bytes.count > 0 { kernels.copyFromHost(bytes.baseAddress!, to: base, byteCount: bytes.count) }
        if dtype == .bool { kernels.makeTruths(base, bytes.count) }
    }
}

extension Operation {
    static let fromBytes = Operation(
        "fromBytes", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("x.clone()", [Input([3, 4])]) { inputs in
                inputs[0].withUnsafeBytes {
                    Tensor(copying: $0, shape: inputs[0].shape, dtype: inputs[0].dtype)
                }
            }
        ])
}
