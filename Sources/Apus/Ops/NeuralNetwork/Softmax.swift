struct Softmax: SingleResult {
    let axis: Int
    var name: String { "softmax" }
    var types: TypeRule { .statistic }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].softmaxValues(axis, logarithm: false) }
    func saved(for needs: [Bool]) -> Saved { .output }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [Tensor.apply(SoftmaxGradient(axis: axis), to: [backward.gradient, backward.output], at: nil)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .mixture(axis: axis) }
}

/// The gradient g of a softmax's input from that of its result y: y (g - Σ g y).
struct SoftmaxGradient: SingleResult {
    let axis: Int
    var name: String { "softmaxGradient" }

    func value(of inputs: [Tensor]) -> Tensor {
        Tensor.softmaxGradientValues(inputs[0], inputs[1], axis, logarithm: false)
    }

    func saved(for needs: [Bool]) -> Saved { .inputs }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (u, gradient, y) = (backward.gradient, backward.input(0), backward.input(1))
        return [
            backward.needs[0] ? Tensor.apply(self, to: [u, y], at: nil) : nil,
            backward.needs[1] ? gradientOfResult(u, gradient, y) : nil,
        ]
    }

    /// The gradient of y, from that of g's.
    func gradientOfResult(_ u: Tensor, _ gradient: Tensor, _ y: Tensor) -> Tensor {
        let axes = y.rank == 0 ? [] : [axis]
        return u * (gradient - (gradient * y).sum(axes: axes, keepDims: true))
            - gradient * (u * y).sum(axes: axes, keepDims: true)
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .mixture(axis: axis) }
}

/// The softmax of the elements of the first input where the second, a mask of as many axes, holds; 0 elsewhere.
private struct MaskedSoftmax: SingleResult {
    let axis: Int
    var name: String { "maskedSoftmax" }
    var types: TypeRule { .statistic }

    func value(of inputs: [Tensor]) -> Tensor {
        let (x, mask) = (inputs[0].rowMajor(), inputs[1])
        func chosen(_ x: Tensor, _ rest: Double) -> Tensor {
            ChooseByMask().value(of: [x, Tensor(rest, dtype: x.dtype), mask])
        }
        let y = chosen(x, -Double.infinity).softmaxValues(axis, logarithm: false)
        // Where nothing takes part, that is NaN.
        let hasPart = mask.any(axes: mask.rank == 0 ? [] : [axis]).all().item(as: Bool.self)
        return (hasPart ? y : chosen(y, 0)).converted(to: inputs[0].dtype)
    }

    func saved(for needs: [Bool]) -> Saved { [.input(1), .output] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let found = MaskedSoftmaxGradient(axis: axis)
        return [
            Tensor.apply(found, to: [backward.gradient, backward.output, backward.input(1)], at: nil), nil,
        ]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .mixture(axis: axis) }
}

/// The gradient of a masked softmax's input from that of its result y, and the mask: y (g - Σ g y) where it holds, 0 elsewhere.
private struct MaskedSoftmaxGradient: SingleResult {
    let axis: Int
    var name: String { "maskedSoftmaxGradient" }

    func value(of inputs: [Tensor]) -> Tensor {
        let (gradient, y, mask) = (inputs[0], inputs[1], inputs[2])
        // y is 0 where the mask does not hold, and so are products with it unless a factor is not finite.
        let (found, isFinite) = Tensor.softmaxGradientAndCheck(gradient, y, axis, logarithm: false)
        if isFinite { return found }
        // 0 times a gradient of infinity is NaN, so what takes no part is kept out on both sides.
        let isOut = .!mask
        return Tensor.softmaxGradientValues(gradient.maskedFill(isOut, 0), y, axis, logarithm: false)
            .maskedFill(isOut, 0)
    }

    func saved(for needs: [Bool]) -> Saved { .inputs }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (u, gradient, y, mask) = (
            backward.gradient, backward.input(0), backward.input(1), backward.input(2)
        )
        var ofResult: Tensor?
        if backward.needs[1] {
            let isOut = .!mask
            ofResult = SoftmaxGradient(axis: axis)
                .gradientOfResult(u.maskedFill(isOut, 0), gradient.maskedFill(isOut, 0), y)
        }
        return [
            backward.needs[0] ? Tensor.apply(self, to: [u, y, mask], at: nil) : nil, ofResult, nil,
        ]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .mixture(axis: axis) }
}

extension Tensor {
    /// exp(x) / Σ exp(x) along an axis, computed with the maximum subtracted.
    ///
    /// Integers give float32. A maximum of -infinity gives NaN, elements of +infinity share 1 alike, and -infinity next to
    /// finite elements gives 0. What a mask leaves out gets 0 and a gradient of 0, whatever it is, NaN too; so does all of a
    /// row of which nothing takes part.
    ///
    /// ```swift
    /// let weights = scores.softmax(mask: isToken)     // [batch, queries, keys], with a mask of [batch, 1, keys]
    /// ```
    ///
    /// - Parameter mask: booleans that broadcast to this shape, of which true takes part; nil where everything does.
    public func softmax(
        axis: Int = -1, mask: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = realFloating("softmax", site)
        let axis = rowAxis(axis, "softmax", site)
        guard let mask else { return Tensor.apply(Softmax(axis: axis), to: [x], at: site) }
        if mask.dtype != .bool || Shape.broadcast(mask.shape, shape) != shape {
            fail(
                "softmax",
                "a mask of \(mask.dtype) and shape \(mask.shape), where booleans that broadcast to "
                    + "\(shape) are wanted", at: site)
        }
        let aligned = mask.reshape(Array(repeating: 1, count: rank - mask.rank) + mask.shape)
        return Tensor.apply(MaskedSoftmax(axis: axis), to: [x, aligned], at: site)
    }

    func softmaxValues(_ axis: Int, logarithm: Bool) -> Tensor {
        let x = rowMajor()
        let result = Tensor(uninitialized: shape, x.dtype)
        kernels.softmax(x.start, into: result.base, x.dtype, split(axis), logarithm: logarithm)
        return result.converted(to: dtype)
    }

    static func softmaxGradientValues(_ gradient: Tensor, _ y: Tensor, _ axis: Int, logarithm: Bool) -> Tensor
    {
        softmaxGradientAndCheck(gradient, y, axis, logarithm: logarithm).gradient
    }

    /// Also whether the sums over the axis, Σ g y, are all finite.
    fileprivate static func softmaxGradientAndCheck(
        _ gradient: Tensor, _ y: Tensor, _ axis: Int, logarithm: Bool
    ) -> (gradient: Tensor, isFinite: Bool) {
        let (g, rows) = (gradient.rowMajor(y.dtype), y.rowMajor())
        let result = Tensor(uninitialized: y.shape, rows.dtype)
        let isFinite = kernels.softmaxGradient(
            g.start, rows.start, into: result.base, rows.dtype, y.split(axis), logarithm: logarithm)
        return (result.converted(to: y.dtype), isFinite)
    }
}

extension Operation {
    static let softmax = Operation(
        "softmax", dtypes: DType.realFloating,
        [
            Sample("torch.softmax(x, -1)", [Input([3, 4])]) { $0[0].softmax() },
            Sample("torch.softmax(x, 1)", [Input([2, 3, 4])]) { $0[0].softmax(axis: 1) },
            Sample("torch.softmax(x, 1)", [Input([3, 70], -20, 20)]) { $0[0].softmax(axis: 1) },
            Sample(
                "torch.softmax(x.masked_fill(~y, -math.inf), 1).masked_fill(~y, 0)",
                [Input([3, 4]), Input([3, 4], dtype: .bool)]
            ) { $0[0].softmax(axis: 1, mask: $0[1]) },
            Sample(
                "torch.softmax(x.masked_fill(~y, -math.inf), 0).masked_fill(~y, 0)",
                [Input([4, 3, 2]), Input([3, 1], dtype: .bool)]
            ) { $0[0].softmax(axis: 0, mask: $0[1]) },
        ])
}
