import ApusKernelCalls

/// A loss of each prediction x and its target y: a kernel, and its derivatives in tensor operations, of which gradients of
/// gradients are made.
protocol PairLoss: Sendable {
    static var kernel: LossKernel { get }
    /// What the kernel takes beside the two, such as Huber's δ.
    var parameter: Double { get }
    /// The derivative in x.
    func slope(_ x: Tensor, _ y: Tensor) -> Tensor
    /// The derivative in y.
    func targetSlope(_ x: Tensor, _ y: Tensor) -> Tensor
    /// The derivative of `slope` in x.
    func curvature(_ x: Tensor, _ y: Tensor) -> Tensor
    /// The derivative of `slope` in y.
    func mixedCurvature(_ x: Tensor, _ y: Tensor) -> Tensor
}

extension PairLoss {
    var parameter: Double { 0 }
}

/// A loss that depends on the difference x - y alone, as distances do.
protocol DistanceLoss: PairLoss {}

extension DistanceLoss {
    func targetSlope(_ x: Tensor, _ y: Tensor) -> Tensor { -slope(x, y) }
    func mixedCurvature(_ x: Tensor, _ y: Tensor) -> Tensor { -curvature(x, y) }
}

/// The losses of all pairs, or their sum or mean in one pass over the memory.
private struct LossOfPairs<Loss: PairLoss>: SingleResult {
    let loss: Loss
    let reduction: LossReduction

    var name: String { Loss.kernel.name }
    var types: TypeRule { .statistic }
    var attributes: [Attribute] {
        [Attribute("parameter", .number(loss.parameter)), Attribute("reduction", .text("\(reduction)"))]
    }

    func value(of inputs: [Tensor]) -> Tensor {
        let pair = Pair(inputs[0], inputs[1])
        let (x, y) = (pair.x, pair.y)
        if reduction == .none {
            let result = Tensor(uninitialized: pair.layout, x.dtype)
            kernels.runLosses(
                Loss.kernel, x.start, y.start, x.dtype, count: x.count, parameter: loss.parameter,
                into: result.base)
            return result.converted(to: inputs[0].dtype)
        }
        let result = Tensor(uninitialized: Shape(), x.dtype)
        kernels.runSum(
            Loss.kernel, x.start, y.start, x.dtype, count: x.count, parameter: loss.parameter,
            divisor: reduction == .mean ? x.count : 1, into: result.base)
        return result.converted(to: inputs[0].dtype)
    }

    func saved(for needs: [Bool]) -> Saved { .inputs }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (x, y) = (backward.input(0), backward.input(1))
        // The share of one of many is too small for 16 bits.
        var factor = backward.gradient.to(x.dtype.computeType)
        if reduction == .mean { factor = factor / Double(x.count) }
        return [
            backward.needs[0] ? Tensor.apply(PairSlopes(loss: loss), to: [x, y, factor], at: nil) : nil,
            backward.needs[1] ? (loss.targetSlope(x, y) * factor).to(y.dtype) : nil,
        ]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach {
        reduction == .none
            ? .elementwise : .reduction(axes: Array(0..<inputs[0].count), keepDims: false)
    }
}

/// The derivatives in the predictions, times a factor for each or one for all, which is the third input.
private struct PairSlopes<Loss: PairLoss>: SingleResult {
    let loss: Loss

    var name: String { Loss.kernel.name + "Gradient" }
    var attributes: [Attribute] { [Attribute("parameter", .number(loss.parameter))] }

    func value(of inputs: [Tensor]) -> Tensor {
        let isOne = inputs[2].rank == 0
        var pair = Pair(inputs[0], inputs[1])
        if !isOne, inputs[2].layout.strides != pair.x.layout.strides {
            pair = Pair(rowMajor: inputs[0], inputs[1])
        }
        let (x, y) = (pair.x, pair.y)
        let factors = isOne || inputs[2].layout.strides == x.layout.strides ? inputs[2] : inputs[2].rowMajor()
        let result = Tensor(uninitialized: pair.layout, x.dtype)
        kernels.runSlopes(
            Loss.kernel, x.start, y.start, x.dtype, count: x.count, parameter: loss.parameter,
            factors: factors.start, isOneFactor: isOne, into: result.base)
        return result.converted(to: inputs[0].dtype)
    }

    func saved(for needs: [Bool]) -> Saved { .inputs }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (x, y, factor, u) = (
            backward.input(0), backward.input(1), backward.input(2), backward.gradient
        )
        return [
            backward.needs[0] ? (u * factor * loss.curvature(x, y)).to(x.dtype) : nil,
            backward.needs[1] ? (u * factor * loss.mixedCurvature(x, y)).to(y.dtype) : nil,
            backward.needs[2] ? (u * loss.slope(x, y)).summed(to: factor.shape).to(factor.dtype) : nil,
        ]
    }
}

/// Two operands of one shape in the type that kernels compute in, their elements in one order.
private struct Pair {
    let x: Tensor
    let y: Tensor
    /// That of a result in the same order.
    let layout: Layout

    init(_ a: Tensor, _ b: Tensor) {
        let type = a.dtype.computeType
        if a.dtype == type, b.dtype == type, a.layout.strides == b.layout.strides, let dense = a.dense {
            x = a.detach()
            y = b.detach()
            layout = dense.layout
        } else {
            self = Pair(rowMajor: a, b)
        }
    }

    init(rowMajor a: Tensor, _ b: Tensor) {
        x = a.rowMajor()
        y = b.rowMajor()
        layout = Layout(contiguous: a.shape)
    }
}

extension Tensor {
    /// A loss between these predictions and targets of the same shape.
    func loss<Loss: PairLoss>(
        _ loss: Loss, _ target: Tensor, _ reduction: LossReduction, _ site: CallSite
    ) -> Tensor {
        let (x, y) = pairs(with: target, Loss.kernel.name, site)
        return Tensor.apply(LossOfPairs(loss: loss, reduction: reduction), to: [x, y], at: site)
    }
}
