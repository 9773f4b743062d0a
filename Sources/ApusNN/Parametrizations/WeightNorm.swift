import Apus

/// A weight as length and direction, g · v / ‖v‖ (Salimans and Kingma 2016): `original0` and `original1`.
public final class WeightNorm: Module, Parametrization {
    /// The axis whose positions have lengths of their own; nil gives the whole weight one.
    public let axis: Int?
    /// The lengths: 1 along every axis but `axis`.
    public let original0: Parameter
    /// v, the direction, in the shape of the weight.
    public let original1: Parameter

    /// - Parameters:
    ///   - weight: whose lengths and directions it starts with.
    ///   - axis: whose positions have lengths of their own; nil gives the whole weight one.
    public init(_ weight: Tensor, axis: Int? = 0) {
        let position = axis.map { $0 < 0 ? $0 + weight.rank : $0 }
        if let position, !weight.shape.indices.contains(position) {
            fail("weightNorm", "axis \(axis!) is outside a weight of shape \(weight.shape)")
        }
        self.axis = position
        original0 = Parameter(WeightNorm.length(weight, position))
        original1 = Parameter(weight)
    }

    /// That of the weight.
    public var shape: Shape { original1.shape }

    /// g · v / ‖v‖.
    public func callAsFunction() -> Tensor {
        let direction = original1.value
        // In this order, since g / ‖v‖ may overflow or underflow where v is very small or large.
        return direction / WeightNorm.length(direction, axis) * original0.value
    }

    /// Sets g to the lengths of `value`, and v to `value`.
    public func assign(_ value: Tensor) {
        original0.value = WeightNorm.length(value, axis)
        original1.value = value
    }

    private static func length(_ weight: Tensor, _ axis: Int?) -> Tensor {
        guard let axis else { return weight.norm() }
        return weight.norm(2, axes: (0..<weight.rank).filter { $0 != axis }, keepDims: true)
    }
}

extension Module {
    /// Trains a parameter's lengths and directions instead of it: one length for each position along `axis`,
    /// or one in all.
    ///
    /// The state dictionary has `parametrizations.weight.original0` and `original1`, as PyTorch's
    /// `parametrizations.weight_norm`. Optimizers must be given the parameters after this.
    ///
    /// - Parameter name: of a parameter directly inside this module.
    /// - Returns: this module.
    @discardableResult
    public final func weightNorm(_ name: String = "weight", axis: Int? = 0) -> Self {
        parametrize(name) { WeightNorm($0, axis: axis) }
        return self
    }
}
