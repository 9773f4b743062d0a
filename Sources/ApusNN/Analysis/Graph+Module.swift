import Apus

extension Graph {
    /// The operations of a function that uses a module's parameters, which bear their names in the graph; the module is
    /// in evaluation mode meanwhile. Buffers, such as running statistics, are constants.
    ///
    /// - Parameters:
    ///   - module: whose parameters have names; nil makes all tensors but the inputs constants.
    ///   - inputs: what the function is given.
    ///   - names: the inputs' names; `x0`, `x1` and so on by default.
    public init(
        of module: Module?, inputs: [Tensor], names: [String]? = nil, _ forward: ([Tensor]) throws -> [Tensor]
    ) rethrows {
        func trace() throws -> Graph {
            let parameters = module?.namedParameters() ?? []
            return try withoutGradient {
                try Trace.of(
                    inputs, names: names,
                    parameters: parameters.compactMap { name, parameter in
                        parameter.parametrization == nil ? (name, parameter.value) : nil
                    }, forward)
            }
        }
        guard let module else {
            self = try trace()
            return
        }
        self = try module.withEvaluationMode { try trace() }
    }
}

extension Layer {
    /// The operations of this model in evaluation mode, for an input of this shape and type.
    ///
    /// ```swift
    /// print(model.graph(input: [1, 3, 224, 224]))
    /// ```
    public func graph(
        input: Shape, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
    ) -> Graph {
        Graph(of: self, inputs: [zeros(input, dtype: dtype)], names: ["input"]) {
            [self($0[0], file: file, line: line)]
        }
    }
}
