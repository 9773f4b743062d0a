import Apus

/// What a model gets, and what it should make of it.
public struct Example<Input: Sendable, Target: Sendable>: Sendable {
    /// What the model gets.
    public var input: Input
    /// What it should make of it.
    public var target: Target

    /// - Parameters:
    ///   - input: what the model gets.
    ///   - target: what it should make of it.
    public init(input: Input, target: Target) {
        self.input = input
        self.target = target
    }
}

extension Example: Collatable where Input: Collatable, Target: Collatable {
    /// Inputs and targets, each put together as they know.
    public static func collate(
        _ samples: [Example]
    ) throws(CollationError) -> ExampleBatch<Input.Batch, Target.Batch> {
        ExampleBatch(
            inputs: try Input.collate(samples.map(\.input)),
            targets: try Target.collate(samples.map(\.target)), sampleCount: samples.count)
    }
}

/// Several examples together.
public struct ExampleBatch<Inputs: Sendable, Targets: Sendable>: Batch {
    /// Those of all examples; tensors have the examples along axis 0.
    public var inputs: Inputs
    /// Those of all examples; tensors have the examples along axis 0.
    public var targets: Targets
    /// How many examples there are.
    public let sampleCount: Int

    /// Nothing is checked: `inputs` and `targets` have so many samples.
    public init(inputs: Inputs, targets: Targets, sampleCount: Int) {
        self.inputs = inputs
        self.targets = targets
        self.sampleCount = sampleCount
    }
}
