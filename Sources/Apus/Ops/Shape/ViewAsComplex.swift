struct ViewAsComplex: SingleResult {
    let name = "viewAsComplex"
    var isView: Bool { true }

    func value(of inputs: [Tensor]) -> Tensor {
        let (x, layout) = (inputs[0], inputs[0].layout)
        let isPaired =
            layout.strides.last == 1 && layout.offset % 2 == 0
            && layout.strides.dropLast().allSatisfy { $0 % 2 == 0 }
        let source = isPaired ? x : x.compacted
        let pairs = Layout(
            shape: layout.shape.dropLast(), strides: source.layout.strides.dropLast().map { $0 / 2 },
            offset: source.layout.offset / 2)
        return Tensor(storage: source.storage, layout: pairs, dtype: x.dtype.complexType, node: nil)
    }

    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient.viewAsReal()] }
    func reach(inputs: [Shape], result: Shape) -> Reach { .kept(Array(result.indices)) }
}

extension Tensor {
    /// A float32 or float64 tensor whose last axis of 2 holds real and imaginary parts, as a complex
    /// one without that axis: a view where the parts lie side by side in memory, else a copy.
    public func viewAsComplex(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        if dtype != .float32 && dtype != .float64 {
            fail("viewAsComplex", "takes float32 or float64, not \(dtype)", at: site)
        }
        if shape.last != 2 { fail("viewAsComplex", "the last axis of \(shape) is not 2", at: site) }
        return Tensor.apply(ViewAsComplex(), to: [self], at: nil)
    }

    /// A row-major copy that begins at the start of its storage.
    fileprivate var compacted: Tensor {
        let result = Tensor(uninitialized: shape, dtype)
        kernels.copyElements(operand, into: result.operand)
        return result
    }
}

extension Operation {
    static let viewAsComplex = Operation(
        "viewAsComplex", dtypes: [.float32, .float64],
        [
            Sample("torch.view_as_complex(x)", [Input([3, 4, 2])]) { $0[0].viewAsComplex() },
            Sample("torch.view_as_complex(x.t().contiguous())", [Input([2, 5])]) {
                $0[0].transpose().viewAsComplex()
            },
        ])
}
