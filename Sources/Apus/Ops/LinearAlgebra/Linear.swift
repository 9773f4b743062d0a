import ApusKernelCalls

/// The affine map x·Wᵀ + b of the last axis, and an activation where asked for. The inputs are x, W and the bias if
/// there is one.
struct Linear: SingleResult {
    let hasBias: Bool
    let activation: FusedActivation
    var name: String { "linear" }
    var types: TypeRule { .product }

    func value(of inputs: [Tensor]) -> Tensor {
        value(inputs[0], inputs[1], hasBias ? inputs[2] : nil)
    }

    func value(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
        let (shape, dtype) = (x.layout.shape, x.dtype)
        let x = x.asRows().withPlainMatrices()
        let weight = weight.withPlainMatrices()
        let bias = bias?.detachedContiguous()
        let (m, k, n) = (x.layout.shape[0], x.layout.shape[1], weight.layout.shape[0])
        let relu = activation == .relu
        let isFused = relu && dtype == .float32
        let layout =
            shape.count == 2
            ? Layout(shape: [m, n], strides: [n, 1]) : Layout(contiguous: shape.dropLast() + [n])
        let result = Tensor(uninitialized: layout, dtype)
        kernels.multiply(
            dtype, m: m, n: n, k: k,
            a: x.start, aRowStride: x.layout.strides[0], aColumnStride: x.layout.strides[1],
            b: weight.start, bRowStride: weight.layout.strides[1], bColumnStride: weight.layout.strides[0],
            c: result.base, bias: bias.map { UnsafeRawPointer($0.start) }, relu: isFused)
        withExtendedLifetime((x, weight, bias)) {}
        return activation.finish(relu && !isFused ? result.computed(Kernels.relu) : result)
    }

    func saved(for needs: [Bool]) -> Saved {
        if activation != .none && activation != .relu { return .inputs }
        var saved: Saved = activation == .relu ? .output : []
        if needs[0] { saved.insert(.input(1)) }
        if needs[1] { saved.insert(.input(0)) }
        return saved
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        var gradient = backward.gradient
        if activation == .relu {
            gradient = Tensor.elementwise(ReLUGradient(), gradient, backward.output.detach())
        } else if activation != .none {
            // Only graphs for inference have a product apply such an activation.
            let plain = Linear(hasBias: hasBias, activation: .none)
            let value = Tensor.apply(plain, to: (0..<(hasBias ? 3 : 2)).map(backward.input), at: nil)
            gradient = activation.gradient(gradient, at: value)
        }
        gradient = gradient.asRows()
        let ofInput =
            backward.needs[0]
            ? gradient.product(backward.input(1), conjugatesOther: true).reshape(backward.shape(0)) : nil
        let ofWeight =
            backward.needs[1]
            ? gradient.transpose().product(backward.input(0).asRows(), conjugatesOther: true) : nil
        if !hasBias { return [ofInput, ofWeight] }
        return [ofInput, ofWeight, backward.needs[2] ? gradient.sum(axis: 0) : nil]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .product }

    func multiplyAdds(inputs: [Shape], result: Shape) -> Int { result.elementCount * inputs[1][1] }
}

extension Linear: ActivatedPrimitive, ScalablePrimitive {
    func with(activation: FusedActivation, of dtype: DType) -> (any ActivatedPrimitive)? {
        dtype.isComplex ? nil : Linear(hasBias: hasBias, activation: activation)
    }

    func channelAxis(_ result: Shape) -> Int { result.count - 1 }
    func scaled(_ weight: Tensor, by scale: Tensor) -> Tensor { weight * scale.unsqueeze(1) }
    func withBias() -> (any ScalablePrimitive)? { Linear(hasBias: true, activation: activation) }
}

extension Tensor {
    /// The affine map y = x·Wᵀ + b of the last axis, and optionally an activation, in one pass.
    ///
    /// - Parameters:
    ///   - weight: [out, in]; this tensor is [..., in] and the result [..., out]. [in] gives [...].
    ///   - bias: [out], or nil.
    ///   - activation: what is applied to the result, as part of the operation; real types only.
    public func linear(
        _ weight: Tensor, bias: Tensor? = nil, activation: FusedActivation = .none,
        file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if weight.rank == 1, bias == nil {
            return linear(weight.unsqueeze(0), activation: activation, file: file, line: line).squeeze(
                axis: -1)
        }
        var (x, weight, bias) = (self, weight, bias)
        if x.dtype != weight.dtype || (bias != nil && bias!.dtype != x.dtype) {
            let operands = TypeRule.product.promoted([x, weight].with(bias, nil))
            (x, weight) = (operands[0], operands[1])
            if bias != nil { bias = operands[2] }
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
        activation.refuseComplex(x.dtype, "linear", site)
        let isFused = activation == .relu
        let linear = Linear(hasBias: bias != nil, activation: isFused ? .relu : .none)
        let result =
            x.node == nil && weight.node == nil && bias?.node == nil && Observers.areNone
            ? linear.value(x, weight, bias)
            : Tensor.apply(linear, to: [x, weight].with(bias, nil), at: site)
        return isFused ? result : activation(result)
    }
}

/// The affine map x·Wᵀ + b; see `Tensor.linear`.
public func linear(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, activation: FusedActivation = .none,
    file: StaticString = #fileID,
    line: UInt = #line
) -> Tensor {
    x.linear(weight, bias: bias, activation: activation, file: file, line: line)
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
