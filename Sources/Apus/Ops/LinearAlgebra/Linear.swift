import ApusKernels

extension Tensor {
    /// The affine map y = x·Wᵀ + b of the last axis, and optionally ReLU, in one pass.
    ///
    /// - Parameters:
    ///   - weight: [out, in]; this tensor is [..., in] and the result [..., out]. [in] gives [...].
    ///   - bias: [out], or nil.
    ///   - relu: max(0, ·) of the result; real types only.
    public func linear(
        _ weight: Tensor, bias: Tensor? = nil, relu: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if weight.rank == 1, bias == nil {
            return linear(weight.unsqueeze(0), relu: relu, file: file, line: line).squeeze(axis: -1)
        }
        var (x, weight, bias) = (self, weight, bias)
        if x.dtype != weight.dtype || (bias != nil && bias!.dtype != x.dtype) {
            var common = DType.promote(x.dtype, weight.dtype)
            if let bias { common = DType.promote(common, bias.dtype) }
            x = x.to(common)
            weight = weight.to(common)
            bias = bias?.to(common)
        }
        let (shape, weightShape) = (x.layout.shape, weight.layout.shape)
        if weightShape.count != 2 || shape.isEmpty || shape[shape.count - 1] != weightShape[1] {
            fail(
                "linear", "an input of shape \(shape) does not fit a weight of shape \(weightShape)", at: site
            )
        }
        if let bias, bias.layout.shape.count != 1 || bias.layout.shape[0] != weightShape[0] {
            fail(
                "linear", "a bias of shape \(bias.shape) does not fit a weight of shape \(weightShape)",
                at: site)
        }
        if relu && x.dtype.isComplex {
            fail("linear", "complex numbers have no ReLU: call crelu() on the result", at: site)
        }
        if shape.count == 2 { return x.affine(weight, bias, relu) }
        let rows = x.reshape([shape.dropLast().clampedProduct, weightShape[1]])
        return rows.affine(weight, bias, relu).reshape(shape.dropLast() + [weightShape[0]])
    }

    /// `linear` for a matrix, types and shapes checked.
    private func affine(_ weight: Tensor, _ bias: Tensor?, _ relu: Bool) -> Tensor {
        let x = self
        var result = x.affineValues(weight, bias, relu && dtype == .float32)
        if relu && dtype != .float32 { result = result.computed(Kernels.relu) }
        if x.node == nil && weight.node == nil && bias?.node == nil {
            NaNCheck.inspect("linear", result)
            return result
        }
        return Tensor.record(
            "linear", result, bias.map { [x, weight, $0] } ?? [x, weight], savesOutput: relu
        ) { backward in
            var gradient = backward.gradient
            if relu { gradient = Tensor.elementwise(.reluGradient, gradient, backward.output.detach()) }
            let toInput = backward.needs[0] ? gradient.product(weight, conjugatesOther: true) : nil
            let toWeight = backward.needs[1] ? gradient.transpose().product(x, conjugatesOther: true) : nil
            if backward.needs.count == 2 { return [toInput, toWeight] }
            return [toInput, toWeight, backward.needs[2] ? gradient.sum(axis: 0) : nil]
        }
    }

    private func affineValues(_ weight: Tensor, _ bias: Tensor?, _ relu: Bool) -> Tensor {
        let x = withPlainMatrices()
        let weight = weight.withPlainMatrices()
        let bias = bias?.detachedContiguous()
        let (m, k, n) = (x.layout.shape[0], x.layout.shape[1], weight.layout.shape[0])
        let result = Tensor(uninitialized: Layout(shape: [m, n], strides: [n, 1]), dtype)
        MatrixKernels.multiply(
            dtype, m: m, n: n, k: k,
            a: x.start, aRowStride: x.layout.strides[0], aColumnStride: x.layout.strides[1],
            b: weight.start, bRowStride: weight.layout.strides[1], bColumnStride: weight.layout.strides[0],
            c: result.base, bias: bias.map { UnsafeRawPointer($0.start) }, relu: relu)
        withExtendedLifetime((x, weight, bias)) {}
        return result
    }
}

/// The affine map x·Wᵀ + b; see `Tensor.linear`.
public func linear(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, relu: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    x.linear(weight, bias: bias, relu: relu, file: file, line: line)
}

extension Operation {
    static let linear = Operation(
        "linear",
        [
            Sample("F.linear(x, y, z)", [Input([3, 4]), Input([5, 4]), Input([5])]) {
                $0[0].linear($0[1], bias: $0[2])
            },
            Sample("F.linear(x, y, z)", [Input([3, 4]), Input([5, 4]), Input([5])]) {
                $0[0].transpose().contiguous().transpose().linear(
                    $0[1].transpose().contiguous().transpose(), bias: $0[2])
            },
            Sample("F.linear(x, y)", [Input([2, 3, 4]), Input([5, 4])]) { $0[0].linear($0[1]) },
            Sample("F.linear(x, y, z)", [Input([4]), Input([5, 4]), Input([5])]) {
                $0[0].linear($0[1], bias: $0[2])
            },
        ])
}
