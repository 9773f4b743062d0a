import Apus

/// Connectionist temporal classification; see `Tensor.ctcLoss`.
public final class CTCLoss: Module {
    /// The class that stands for no label.
    public let blank: Int
    /// What is done with the losses of the targets.
    public let reduction: LossReduction
    /// Whether a target that has no path has a loss of 0.
    public let zeroInfinity: Bool

    /// The settings of `Tensor.ctcLoss`.
    public init(blank: Int = 0, reduction: LossReduction = .mean, zeroInfinity: Bool = false) {
        self.blank = blank
        self.reduction = reduction
        self.zeroInfinity = zeroInfinity
    }

    /// A scalar, or the losses of all targets.
    public func callAsFunction(
        _ logarithms: Tensor, _ targets: Tensor, inputLengths: Tensor? = nil,
        targetLengths: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            logarithms.ctcLoss(
                targets, inputLengths: inputLengths, targetLengths: targetLengths, blank: blank,
                reduction: reduction, zeroInfinity: zeroInfinity)
        }
    }
}
