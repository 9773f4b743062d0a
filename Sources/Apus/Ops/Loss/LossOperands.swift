// What losses do with their operands alike: the shapes and types of targets, classes, and weights.

extension Tensor {
    /// These predictions and targets in the type of their loss. Both are real and have one shape: a loss never broadcasts,
    /// which would hide that [N, 1] and [N] were meant to be pairs.
    func pairs(with target: Tensor, _ name: String, _ site: CallSite) -> (x: Tensor, y: Tensor) {
        let x = realFloating(name, site)
        checkShape(of: target, "target", name, site)
        return TypeRule.statistic.promoted(x, target)
    }

    /// The same for a loss of several operations: 16 bits as float32, which the loss is rounded from to its type.
    func lossOperands(
        _ target: Tensor, _ name: String, _ site: CallSite
    ) -> (x: Tensor, y: Tensor, type: DType) {
        let (x, y) = pairs(with: target, name, site)
        return (x.widened(), y.widened(), x.dtype.typeOfLoss)
    }

    /// 16 bits as float32.
    func widened() -> Tensor { to(dtype.computeType) }

    /// Stops the program where another input of a loss is complex or has another shape than these predictions.
    func checkShape(of other: Tensor, _ role: String, _ name: String, _ site: CallSite) {
        other.requireReal(role, name, site)
        if other.shape != shape {
            fail(
                name,
                "a \(role) of shape \(other.shape) for predictions of shape \(shape): both have one shape",
                at: site)
        }
    }

    /// Stops the program where weights are complex, or do not broadcast to these losses.
    func checkWeight(_ weight: Tensor, _ role: String, _ name: String, _ site: CallSite) {
        weight.requireReal(role, name, site)
        if Shape.broadcast(weight.shape, shape) != shape {
            fail(name, "a \(role) of shape \(weight.shape) does not fit losses of shape \(shape)", at: site)
        }
    }

    /// These elements times weights: 0 where a weight is, though the element be infinite.
    func weighted(by weight: Tensor) -> Tensor { maskedFill(weight.detach() .== 0, 0) * weight }

    /// The classes, of which there are `count`, with 0 for the ignored ones; another class stops the program, which says
    /// where it is.
    func checkedClasses(_ count: Int, ignored: Int?, _ name: String, _ site: CallSite) -> Tensor {
        Tensor.apply(
            CheckedClasses(operation: name, count: count, ignored: ignored), to: [to(.int64)], at: site)
    }
}

/// Classes that are all among those that there are.
private struct CheckedClasses: SingleResult {
    let operation: String
    let count: Int
    let ignored: Int?

    var name: String { operation }
    var isDifferentiable: Bool { false }

    func value(of inputs: [Tensor]) throws -> Tensor {
        let classes = inputs[0]
        var wrong = (classes .< 0).logicalOr(classes .>= count)
        var result = classes
        if let ignored {
            let isIgnored = classes .== ignored
            wrong = wrong.logicalAnd(.!isIgnored)
            result = classes.maskedFill(isIgnored, 0)
        }
        if wrong.any().item(as: Bool.self) {
            let first = wrong.to(.int64).reshape(-1).argmax(axis: 0).item(as: Int.self)
            throw MissingClass(
                target: first, number: classes.reshape(-1)[first].item(as: Int64.self), count: count,
                ignored: ignored)
        }
        return result
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

/// What is wrong with a target that is neither a class nor ignored.
struct MissingClass: Error, CustomStringConvertible {
    let target: Int
    let number: Int64
    let count: Int
    let ignored: Int?

    var description: String {
        "target \(target) is class \(number), and there are \(count)"
            + (ignored.map { " (ignoreIndex: \($0))" } ?? "")
    }
}

extension DType {
    /// The type of losses of predictions of this one: the same, but float32 within `autocast`.
    var typeOfLoss: DType { Autocast.current == nil ? self : computeType }
}
