import Apus

/// What a model does to an input of one shape: for each layer the result, the cost and the receptive field.
///
/// The model runs once, in evaluation mode, on zeros, and what the tape recorded is read: any forward pass will do, as
/// long as it does not detach its result from the input. Operations that use parameters bear the name of their
/// module, others their own; a ReLU that is part of a layer's operation has no line of its own, and neither have views.
public struct Summary: Sendable, Equatable, Codable {
    /// An operation, or all operations of one module that follow each other.
    public struct Layer: Sendable, Equatable, Codable {
        /// The module's full name, or the operation's where it uses no parameters.
        public let name: String
        /// The module's type or the operation.
        public let kind: String
        /// The shape of the result.
        public internal(set) var output: Shape
        /// Elements of the parameters first used here.
        public internal(set) var parameters: Int
        /// Multiplications, each with an addition, of convolutions and matrix products; those by the zeros of a padding
        /// count, elementwise operations do not.
        public let multiplyAdds: Int
        /// One for each spatial axis of the input: those after batch and channels.
        public internal(set) var receptiveField: [ReceptiveField]

        enum CodingKeys: String, CodingKey {
            case name, kind, output, parameters
            case multiplyAdds = "multiply_adds"
            case receptiveField = "receptive_field"
        }
    }

    /// The model's type.
    public let model: String
    /// The shape that the model ran on, batch included.
    public let input: Shape
    /// A line each, in the order in which they ran.
    public let layers: [Layer]
    /// Elements of all parameters, each counted once.
    public let parameters: Int
    /// The sum over `layers`, for the whole batch of `input`.
    public let multiplyAdds: Int

    enum CodingKeys: String, CodingKey {
        case model, input, layers, parameters
        case multiplyAdds = "multiply_adds"
    }
}

extension Summary {
    /// The summary of a function of one tensor.
    ///
    /// - Parameters:
    ///   - module: whose parameters the function uses; it is in evaluation mode meanwhile.
    ///   - input: [batch, channels, spatial axes…], or any other shape for models without spatial axes.
    ///   - dtype: of the zeros that the function is given.
    public init(
        of module: Module? = nil, input: Shape, dtype: DType = .float32, file: StaticString = #fileID,
        line: UInt = #line, _ forward: (Tensor) -> Tensor
    ) {
        let site = CallSite(file: file, line: line)
        let traced = Tensor.recording {
            var x = Tensor.zeros(input, dtype: dtype)
            if dtype.isDifferentiable { x = x.requiringGradient() }
            let modes = module?.beginAnalysis()
            defer { if let modes { module?.endAnalysis(modes) } }
            let result = forward(x)
            if result.recorded == nil {
                fail(
                    "summary",
                    "the result of shape \(result.shape) is detached from the input and all parameters",
                    at: site)
            }
            var reader = SummaryReader(module, input: x)
            for operation in Tensor.history(of: [result]) { reader.read(operation) }
            return reader
        }
        self.init(
            model: module.map { "\(type(of: $0))" } ?? "function", input: input, layers: traced.layers,
            parameters: module?.parameterCount ?? traced.layers.reduce(0) { $0 + $1.parameters },
            multiplyAdds: traced.layers.reduce(0) { $0 + $1.multiplyAdds })
    }
}

extension Layer {
    /// What this model does to an input of this shape, layer by layer; see `Summary`.
    ///
    /// ```swift
    /// print(model.summary(input: [1, 3, 224, 224]))
    /// ```
    public func summary(
        input: Shape, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
    ) -> Summary {
        Summary(of: self, input: input, dtype: dtype, file: file, line: line) { self($0) }
    }
}

extension Module {
    /// What an analysis changes while it runs a model.
    struct ModesBeforeAnalysis {
        let training: [(module: Module, isTraining: Bool)]
        let frozen: [Parameter]
    }

    /// Switches to evaluation, and makes all parameters leaves so that they are seen.
    func beginAnalysis() -> ModesBeforeAnalysis {
        let modes = ModesBeforeAnalysis(
            training: modes(),
            frozen: parameters().filter { !$0.isTrainable })
        evaluate()
        for parameter in modes.frozen { parameter.isTrainable = true }
        return modes
    }

    func endAnalysis(_ modes: ModesBeforeAnalysis) {
        for parameter in modes.frozen { parameter.isTrainable = false }
        Module.restore(modes.training)
    }
}
