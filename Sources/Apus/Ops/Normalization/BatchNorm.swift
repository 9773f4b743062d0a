// How values are computed, which other normalisations share, is in ChannelNorm.swift.

extension Tensor {
    /// Batch normalisation of [N, C, …]: (x - mean) / √(variance + ε) · weight + bias, with the mean and
    /// variance (over n, not n - 1) of each channel over all samples and positions.
    ///
    /// Source: Ioffe and Szegedy, "Batch normalization", 2015. Integers give float32.
    ///
    /// - Parameters:
    ///   - weight: an element a channel; ones by default.
    ///   - bias: an element a channel; zeros by default.
    ///   - activation: applied in the same pass over memory.
    public func batchNorm(
        weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
        activation: FusedActivation = .none, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        batchNormAndMoments(
            weight: weight, bias: bias, epsilon: epsilon, activation: activation, file: file, line: line
        ).values
    }

    /// The same, and the mean and variance it used, [C] each and without history.
    public func batchNormAndMoments(
        weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
        activation: FusedActivation = .none, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, mean: Tensor, variance: Tensor) {
        let site = CallSite(file: file, line: line)
        let x = realFloating("batchNorm", insteadCall: "complexBatchNorm", site)
        ChannelNorm.check("batchNorm", x, [("weight", weight), ("bias", bias)], site)
        if x.count > 0, x.count == x.shape[1] {
            fail("batchNorm", "a single value a channel, of shape \(shape), has no variance", at: site)
        }
        let norm = ChannelNorm(
            name: "batchNorm", acrossSamples: true, groups: x.shape[1], epsilon: epsilon,
            activation: activation, hasWeight: weight != nil, hasBias: bias != nil)
        let results = Tensor.applyAll(norm, to: [x].with(weight, bias), at: site)
        return (results[0], results[1].detach(), results[2].detach())
    }

    /// Batch normalisation with a given mean and variance, [C] each, as in evaluation. No gradient flows
    /// to them.
    public func batchNorm(
        mean: Tensor, variance: Tensor, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
        activation: FusedActivation = .none, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = realFloating("batchNorm", insteadCall: "complexBatchNorm", site)
        ChannelNorm.check(
            "batchNorm", x,
            [("weight", weight), ("bias", bias), ("mean", mean), ("variance", variance)], site)
        let norm = ChannelNorm(
            name: "batchNorm", acrossSamples: true, groups: x.shape[1], epsilon: epsilon,
            activation: activation, takesMoments: true, hasWeight: weight != nil, hasBias: bias != nil)
        let inputs = [x, mean.detach(), variance.detach()].with(weight, bias)
        return Tensor.applyAll(norm, to: inputs, at: site)[0]
    }
}

// The gradients of batch normalization, and of group and instance normalization, which differ in the groups alone.
extension ChannelNorm {
    func saved(for needs: [Bool]) -> Saved { takesMoments ? .inputs : [.inputs, .output(1), .output(2)] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let count = backward.needs.count
        let inputs = (0..<count).map(backward.input)
        let operands = ChannelNormOperands(inputs, self, takesMoments: takesMoments)
        let x = operands.x
        let (mean, variance) =
            operands.moments.map { ($0.mean.detach(), $0.variance.detach()) }
            ?? (backward.output(1), backward.output(2))
        let scales = scales(variance, x.dtype.computeType)
        if x.count > 0, !takesMoments, !areOrdinary(scales) {
            return Tensor.pullback(backward, inputs: Array(0..<count), inUnits)
        }
        // An input without elements has gradients of zeros, which tensor operations give.
        let found =
            GradientMode.current == .recording || x.count == 0
            ? composed(backward.gradient, operands, mean, scales) {
                $0.map { $0.mean(axes: axes, keepDims: true) }
            }
            : fused(backward, inputs, mean, scales)
        return takesMoments ? [found[0], nil, nil] + found.dropFirst() : found
    }

    /// The gradients of x, weight and bias by a kernel.
    private func fused(_ backward: Backward, _ inputs: [Tensor], _ mean: Tensor, _ scales: Tensor)
        -> [Tensor?]
    {
        let parameters = takesMoments ? 3 : 1
        let needs = [backward.needs[0]] + backward.needs[parameters...]
        let gradient = ChannelNormGradient(norm: self, needs: needs)
        let operands = [backward.gradient, inputs[0], mean, scales] + inputs[parameters...]
        var found = Tensor.applyAll(gradient, to: operands, at: nil)[...]
        return needs.map { $0 ? found.popFirst() : nil }
    }

    /// The same in tensor operations, to be differentiated again; `mean` and `scales` are constants where they were
    /// given.
    ///
    /// - Parameter averages: of several tensors over `axes`, which stay; those of all ranks where they are synchronized.
    func composed(
        _ gradient: Tensor, _ operands: ChannelNormOperands, _ mean: Tensor, _ scales: Tensor,
        _ averages: ([Tensor]) -> [Tensor]
    ) -> [Tensor?] {
        let (x, weight, bias) = (operands.x, operands.weight, operands.bias)
        let split = x.shape.grouped(groups)
        let size = split[2]
        let grouped = x.reshape(split)
        let centered: Tensor
        let scale: Tensor
        if takesMoments {
            let shape = [1, groups, 1, 1]
            centered = grouped - mean.to(scales.dtype).reshape(shape)
            scale = scales.reshape(shape)
        } else {
            centered = grouped - averages([grouped])[0]
            scale = (averages([centered.square()])[0] + epsilon).rsqrt()
        }
        let normal = centered * scale
        func broadcastable(_ parameter: Tensor) -> Tensor { parameter.reshape([1, groups, size, 1]) }
        var gradient = gradient.reshape(split)
        if activation != .none {
            let product = weight.map { normal * broadcastable($0) } ?? normal
            gradient = activation.gradient(
                gradient, at: bias.map { product + broadcastable($0) } ?? product)
        }
        let u = weight.map { gradient * broadcastable($0) } ?? gradient
        var ofInput = u
        if !takesMoments {
            let means = averages([u, u * normal])
            ofInput = u - means[0] - normal * means[1]
        }
        var found: [Tensor?] = [(scale * ofInput).reshape(x.shape)]
        if let weight { found.append((gradient * normal).sum(axes: [0, 3]).reshape(weight.shape)) }
        if let bias { found.append(gradient.sum(axes: [0, 3]).reshape(bias.shape)) }
        return found
    }
}

extension Operation {
    static let batchNorm = Operation(
        "batchNorm", dtypes: DType.realFloating,
        [
            Sample("F.batch_norm(x, None, None, None, None, True)", [Input([5, 3])]) { $0[0].batchNorm() },
            Sample(
                "F.batch_norm(x, None, None, y, z, True, eps=1e-3)",
                [Input([2, 3, 4, 5]), Input([3]), Input([3])]
            ) { $0[0].batchNorm(weight: $0[1], bias: $0[2], epsilon: 1e-3) },
            Sample(
                "F.relu(F.batch_norm(x, None, None, y, z, True))",
                [Input([2, 3, 5]), Input([3]), Input([3])]
            ) { $0[0].batchNorm(weight: $0[1], bias: $0[2], activation: .relu) },
            Sample(
                "F.relu(F.batch_norm(x, None, None, y, None, True))", [Input([2, 3, 2, 3, 2]), Input([3])]
            ) { $0[0].batchNorm(weight: $0[1], activation: .relu) },
            Sample(
                "F.relu(F.batch_norm(x, \(moments), y, z))", [Input([2, 3, 4]), Input([3]), Input([3])]
            ) {
                let device = $0[0].device
                let moments = [[0.1, -0.2, 0.3], [0.5, 1.5, 2]].map {
                    Tensor($0, shape: [3], dtype: .float64).to(device)
                }
                return $0[0].batchNorm(
                    mean: moments[0], variance: moments[1], weight: $0[1], bias: $0[2], activation: .relu)
            },
        ])

    private static let moments =
        "torch.tensor([0.1, -0.2, 0.3], dtype=x.dtype), torch.tensor([0.5, 1.5, 2], dtype=x.dtype)"
}
