import Apus

/// A model for inference alone: what it computed in evaluation mode for inputs of some shapes, as graphs with their
/// weights folded, packed and kept, their activations fused and their memory planned; see `FrozenGraph`.
///
/// It is a value that can be used from many tasks at once. What the model learns later does not change it.
///
/// ```swift
/// let frozen = model.frozen(input: [1, 3, 224, 224], [8, 3, 224, 224])
/// let logits = try frozen(image)
/// ```
public struct FrozenModel: Sendable {
    /// A graph for each shape of the input.
    public let graphs: [FrozenGraph]

    /// - Parameters:
    ///   - inputs: the shapes that it is to take, such as images alone and in batches.
    ///   - dtype: the inputs' type.
    public init(
        _ model: any Layer, inputs: [Shape], dtype: DType = .float32, file: StaticString = #fileID,
        line: UInt = #line
    ) {
        if inputs.isEmpty {
            fail(
                "frozen", "there is no shape of an input that the model is to take",
                at: CallSite(file: file, line: line))
        }
        graphs = inputs.map {
            FrozenGraph(model.graph(input: $0, dtype: dtype, file: file, line: line))
        }
    }

    /// The model's result for `x`; no gradient flows through it.
    ///
    /// - Parameter x: in one of the shapes that were named, and in that type.
    /// - Throws: `GraphError` where it is another.
    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        let fitting = graphs.first { $0.inputShape == x.shape }
        guard let graph = fitting else {
            throw GraphError.inputShapes("input", expected: graphs.map(\.inputShape), found: x.shape)
        }
        return try graph.run([x])[0]
    }
}

extension FrozenGraph {
    fileprivate var inputShape: Shape { graph.values[graph.inputs[0]].shape }
}

extension Layer {
    /// This model for inference on inputs of these shapes; see `FrozenModel`.
    ///
    /// Its results differ from the model's in evaluation mode by rounding where normalisations were folded, and are the
    /// same bits where none were.
    ///
    /// - Parameters:
    ///   - shapes: of the inputs that it is to take, batch first.
    ///   - dtype: the inputs' type.
    public func frozen(
        input shapes: Shape..., dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
    ) -> FrozenModel {
        FrozenModel(self, inputs: shapes, dtype: dtype, file: file, line: line)
    }
}
