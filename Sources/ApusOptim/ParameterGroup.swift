import Apus
import ApusNN

/// Parameters with settings of their own, for the optimizers that are made with several groups.
///
/// ```swift
/// let optimizer = AdamW(
///     [
///         ParameterGroup(backbone.parameters(), learningRate: 1e-4),
///         ParameterGroup(head.parameters(), weightDecay: 0),
///     ], learningRate: 1e-3)
/// ```
///
/// What a group leaves out it takes from the optimizer; a setting that the optimizer's formula has not stops the program.
/// What a group has become is in the optimizer's ``Optimizer/groups``, where it may change between steps.
public struct ParameterGroup {
    /// What is updated with these settings.
    public var parameters: [Parameter]
    /// The step size; nil for the optimizer's.
    public var learningRate: Double?
    /// How strongly values are drawn to 0; nil for the optimizer's.
    public var weightDecay: Double?
    /// How much of the velocity stays at each step; nil for the optimizer's.
    public var momentum: Double?
    /// How much of the running means stays at each step; nil for the optimizer's.
    public var betas: (Double, Double)?

    /// A group of these parameters.
    public init(
        _ parameters: [Parameter], learningRate: Double? = nil, weightDecay: Double? = nil,
        momentum: Double? = nil,
        betas: (Double, Double)? = nil
    ) {
        self.parameters = parameters
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        self.momentum = momentum
        self.betas = betas
    }
}

/// What an optimizer can be made with an array of: `Parameter`, or ``ParameterGroup``.
public protocol Optimizable {
    /// The groups that an array stands for.
    static func groups(of array: [Self]) -> [ParameterGroup]
}

extension Parameter: Optimizable {
    /// One group of all.
    public static func groups(of array: [Parameter]) -> [ParameterGroup] { [ParameterGroup(array)] }
}

extension ParameterGroup: Optimizable {
    /// The groups themselves.
    public static func groups(of array: [ParameterGroup]) -> [ParameterGroup] { array }
}

extension [ParameterGroup] {
    /// Whether no group asks for a momentum.
    var hasNoMomentum: Bool { allSatisfy { ($0.momentum ?? 0) == 0 } }

    /// The same without those that are said to be 0.
    var withoutMomentum: [ParameterGroup] {
        map {
            var group = $0
            group.momentum = nil
            return group
        }
    }
}
