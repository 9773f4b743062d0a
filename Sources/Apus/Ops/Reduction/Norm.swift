import ApusKernelCalls

/// The p-norm where p is neither 0, 1 nor infinite.
struct Norm: SingleResult {
    let p: Double
    let axes: [Int]
    let keepDims: Bool
    var name: String { "norm" }
    var types: TypeRule { .statistic }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        // Powers of 16-bit numbers overflow where their norm does not.
        let exact = x.dtype.isHalf ? x.converted(to: .float32) : x
        return computed(exact).converted(to: x.dtype.realType)
    }

    private func computed(_ x: Tensor) -> Tensor {
        if p == 2 {
            let squares = x.reduced(Kernels.squares, axes, keepDims, nil)
            if squares.isWithin(x.dtype.squarable.squared) { return squares.sqrt() }
        }
        if x.foldCount(axes, name, nil) == 0 {
            return x.abs().reduced(Kernels.sum, axes, keepDims, nil) ** (1 / p)
        }
        // For a negative p the smallest magnitude has the largest power.
        let magnitudes = x.abs()
        let extreme = magnitudes.reduced(p > 0 ? Kernels.max : Kernels.min, axes, true, nil)
        let unit = extreme.maskedFill((extreme .== 0).logicalOr(extreme.isInf()), 1)
        let ratios = magnitudes / unit
        let powers = p == 2 ? ratios.square() : ratios ** p
        let total = powers.reduced(Kernels.sum, axes, true, nil)
        let result = (p == 2 ? total.sqrt() : total ** (1 / p)) * unit
        return keepDims ? result : result.squeeze(axes: axes)
    }

    func saved(for needs: [Bool]) -> Saved { [.input(0), .output] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let x = backward.input(0)
        let y = backward.output.restoringAxes(axes, of: x.shape, keepDims)
        let gradient = backward.gradient.restoringAxes(axes, of: x.shape, keepDims)
        if p == 2 { return [x.scaled(by: gradient, over: y)] }
        let isZero = y.detach() .== 0
        // A zero to a negative power is infinite; its gradient is taken to be 0.
        let ratio = (x.abs() / y.maskedFill(isZero, 1)).maskedFill(isZero.logicalOr(x.detach() .== 0), 1)
        return [x.sign() * ratio ** (p - 1) * gradient.maskedFill(isZero, 0)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .reduction(axes: axes, keepDims: keepDims) }
}

extension Tensor {
    /// The p-norm over `axes`, (Σ|x|ᵖ)^(1/p), a real number; integers give float32.
    ///
    /// The gradient is 0 where the norm is. What is too large or too small to be squared is measured in units of the
    /// largest magnitude.
    ///
    /// - Parameter p: 2 by default; `.infinity` gives the largest magnitude, `-.infinity` the smallest, 0
    ///   the number of elements that are not 0.
    public func norm(
        _ p: Double = 2, axes: [Int], keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        _ = axisMask(axes, "norm", site)
        let x = promoted(by: .statistic)
        if p == 0 { return x.countNonzero(axes: axes, keepDims: keepDims).to(x.dtype.realType) }
        if p == 1 { return x.abs().sum(axes: axes, keepDims: keepDims, file: file, line: line) }
        if p == .infinity { return x.abs().extreme(Max(axes: axes, keepDims: keepDims), site) }
        if p == -.infinity { return x.abs().extreme(Min(axes: axes, keepDims: keepDims), site) }
        return Tensor.apply(Norm(p: p, axes: axes, keepDims: keepDims), to: [x], at: site)
    }

    /// The p-norm over one axis, counted from the end if negative; see `norm(_:axes:keepDims:)`.
    public func norm(
        _ p: Double = 2, axis: Int, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        norm(p, axes: [axis], keepDims: keepDims, file: file, line: line)
    }

    /// The p-norm of all elements, a scalar.
    public func norm(_ p: Double = 2) -> Tensor { norm(p, axes: allAxes) }
}

extension Operation {
    static let norm = Operation(
        "norm",
        [
            Sample("torch.linalg.vector_norm(x)", [Input([3, 4])]) { $0[0].norm() },
            Sample("torch.linalg.vector_norm(x, 1, (0, 2))", [Input([2, 3, 4])]) {
                $0[0].norm(1, axes: [0, 2])
            },
            Sample("torch.linalg.vector_norm(x, math.inf, 1)", [Input([3, 4])]) {
                $0[0].norm(.infinity, axis: 1)
            },
            Sample("torch.linalg.vector_norm(x, 2.5, 1, keepdim=True)", [Input([3, 4])]) {
                $0[0].norm(2.5, axis: 1, keepDims: true)
            },
        ])
}
