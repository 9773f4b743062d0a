import Apus

/// What a model does to inputs of some shapes: for each layer the result, the cost and the receptive field.
///
/// The model runs once, in evaluation mode, on zeros, and the graph of what it computed is read: any forward pass will
/// do. Operations that use parameters bear the name of their module, others their own; an activation that is part of a
/// layer's operation has no line of its own, and neither have views.
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
        /// One for each spatial axis of the first input: those after batch and channels.
        public internal(set) var receptiveField: [ReceptiveField]

        enum CodingKeys: String, CodingKey {
            case name, kind, output, parameters
            case multiplyAdds = "multiply_adds"
            case receptiveField = "receptive_field"
        }
    }

    /// The model's type.
    public let model: String
    /// The shape of each input.
    public let inputs: [Shape]
    /// A line each, in the order in which they ran.
    public let layers: [Layer]
    /// Elements of all parameters, each counted once.
    public let parameters: Int
    /// The sum over `layers`, for the whole batch of `input`.
    public let multiplyAdds: Int

    enum CodingKeys: String, CodingKey {
        case model, inputs, layers, parameters
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
        let zeros = module?.zeros(input, dtype: dtype) ?? .zeros(input, dtype: dtype)
        self.init(of: module, inputs: [zeros], file: file, line: line) {
            [forward($0[0])]
        }
    }

    /// The summary of a function of several tensors, or with several results.
    ///
    /// - Parameters:
    ///   - module: whose parameters the function uses; it is in evaluation mode meanwhile.
    ///   - inputs: what the function is given: of any types.
    public init(
        of module: Module? = nil, inputs: [Tensor], file: StaticString = #fileID, line: UInt = #line,
        _ forward: ([Tensor]) -> [Tensor]
    ) {
        let graph = Graph(of: module, inputs: inputs, forward)
        if graph.applications.isEmpty {
            fail(
                "summary", "the results are made of no operations on the inputs and parameters",
                at: CallSite(file: file, line: line))
        }
        let layers = SummaryReader(graph, module).layers
        self.init(
            model: module?.typeName ?? "function", inputs: inputs.map(\.shape),
            layers: layers,
            parameters: module?.parameterCount ?? layers.reduce(0) { $0 + $1.parameters },
            multiplyAdds: layers.reduce(0) { $0 + $1.multiplyAdds })
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
        Summary(of: self, input: input, dtype: dtype, file: file, line: line) {
            self($0, file: file, line: line)
        }
    }
}
