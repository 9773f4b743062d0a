struct Reshape: SingleResult {
    let shape: Shape
    var name: String { "reshape" }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        return x.layout.reshaped(shape).map(x.viewed)
            ?? x.detachedContiguous().viewed(Layout(contiguous: shape))
    }

    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient.reshape(backward.shape(0))] }
    var isView: Bool { true }
    func reach(inputs: [Shape], result: Shape) -> Reach { .reshape }
}

extension Tensor {
    /// The same elements, in row-major order, under another shape: a view where strides allow.
    ///
    /// - Parameter shape: its product is this tensor's count; one extent may be -1 and is worked out.
    public func reshape(_ shape: Shape, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let target = resolved(shape, CallSite(file: file, line: line))
        if target == self.shape { return self }
        return Tensor.apply(Reshape(shape: target), to: [self], at: nil)
    }

    /// The same elements under another shape: `x.reshape(2, -1)`; one extent may be -1 and is worked out.
    public func reshape(_ shape: Int..., file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        reshape(shape, file: file, line: line)
    }

    private func resolved(_ target: Shape, _ site: CallSite) -> Shape {
        target.checkRank("reshape", site)
        var target = target
        let free = target.indices.filter { target[$0] == -1 }
        if let axis = free.first, free.count == 1 {
            target[axis] = 1
            let rest = target.checkedElementCount ?? 0
            if rest > 0, count % rest == 0 { target[axis] = count / rest } else { target[axis] = -1 }
        }
        if target.contains(where: { $0 < 0 }) || target.checkedElementCount != count {
            fail("reshape", "\(count) elements of shape \(shape) do not fit in shape \(target)", at: site)
        }
        return target
    }
}

extension Operation {
    static let reshape = Operation(
        "reshape", dtypes: DType.everything,
        [
            Sample("x.reshape(2, 6)", [Input([3, 4])]) { $0[0].reshape(2, -1) },
            Sample("x.t().reshape(2, 6)", [Input([3, 4])]) { $0[0].transpose().reshape([2, 6]) },
        ])
}
