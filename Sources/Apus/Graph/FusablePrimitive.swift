// What a primitive can do besides computing values, which `Graph.fused` makes use of.

/// An operation that can apply an activation to its first result while it computes it.
protocol ActivatedPrimitive: Primitive {
    var activation: FusedActivation { get }

    /// The operation with an activation; nil where it has none for results of this type.
    func with(activation: FusedActivation, of dtype: DType) -> (any ActivatedPrimitive)?
}

/// An operation that does nothing else than apply an activation.
protocol ActivationPrimitive: Primitive {
    var activation: FusedActivation { get }
}

/// An operation that is linear in its first input, and whose second one, its weights, can scale each channel of the
/// result.
protocol ScalablePrimitive: Primitive {
    /// The axis of a result's channels.
    func channelAxis(_ result: Shape) -> Int

    /// The weights that give the result times a number for each channel.
    func scaled(_ weight: Tensor, by scale: Tensor) -> Tensor

    /// The operation with a third input that is added, a number for each channel; nil where it has none.
    func withBias() -> (any ScalablePrimitive)?

    /// Whether it has that input.
    var hasBias: Bool { get }
}

/// An operation that multiplies each channel of its first input, along axis 1, with a number and adds another.
protocol ChannelAffinePrimitive: Primitive {
    /// Both numbers for each channel, in float64; nil where they are no constants.
    ///
    /// - Parameter inputs: nil stands for what is no constant, as the first one.
    func scaleAndShift(_ inputs: [Tensor?]) -> (scale: Tensor, shift: Tensor)?

    /// What is applied after that.
    var activation: FusedActivation { get }
}

/// An operation whose constant inputs can be prepared once for all calls.
protocol PackablePrimitive: Primitive {
    /// The operation that holds the prepared form of its constants, and which inputs it still takes; nil where there is
    /// nothing to prepare.
    ///
    /// - Parameters:
    ///   - inputs: nil stands for what is no constant.
    ///   - shapes: of all inputs.
    func packed(_ inputs: [Tensor?], shapes: [Shape]) -> (primitive: any Primitive, kept: [Int])?
}
