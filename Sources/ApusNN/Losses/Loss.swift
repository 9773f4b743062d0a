import Apus

/// A module that gives the loss of predictions against targets: `forward` says how, and `loss(predictions, targets)` calls
/// it.
///
/// Losses are functions of tensors too, such as `predictions.mseLoss(targets)`; a module keeps the settings.
public protocol Loss: Module {
    /// The loss of predictions against targets. Call the module itself, not this: a mistake then names it and the line.
    func forward(_ predictions: Tensor, _ targets: Tensor) -> Tensor
}

extension Loss {
    /// The loss of predictions against targets: what `forward` makes of them.
    public func callAsFunction(
        _ predictions: Tensor, _ targets: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) { forward(predictions, targets) }
    }
}
