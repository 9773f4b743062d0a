import Apus
import Synchronization

/// What a layer inside a model gave when the model was called.
public struct LayerResult: Sendable {
    /// The layer's full name in the model; empty for the model itself.
    public let name: String
    /// What it returned, with its history where gradients are recorded.
    public let value: Tensor
}

extension Layer {
    /// What each layer inside gives for `x`, in the order in which they return: the model's own result is the
    /// last.
    ///
    /// A layer that is called several times is there as often; what is computed without a layer is not.
    ///
    /// ```swift
    /// for result in model.layerResults(images) { print(result.name, result.value.shape) }
    /// ```
    public func layerResults(
        _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> [LayerResult] {
        var names: [ObjectIdentifier: String] = [:]
        for (name, module) in namedModules() where names[ObjectIdentifier(module)] == nil {
            names[ObjectIdentifier(module)] = name
        }
        return LayerWatch.results { self(x, file: file, line: line) }.compactMap { layer, value in
            names[layer].map { LayerResult(name: $0, value: value) }
        }
    }
}

/// Keeps what layers return while a model runs.
final class LayerWatch: Sendable {
    @TaskLocal private static var current: LayerWatch?
    /// How many tasks watch: where there are none, that is all a call has to ask.
    private static let users = Atomic(0)

    private let results = Mutex<[(layer: ObjectIdentifier, value: Tensor)]>([])

    private init() {}

    /// What layers return while `body` runs.
    static func results(_ body: () -> Tensor) -> [(layer: ObjectIdentifier, value: Tensor)] {
        let watch = LayerWatch()
        users.add(1, ordering: .relaxed)
        defer { users.subtract(1, ordering: .relaxed) }
        _ = $current.withValue(watch, operation: body)
        return watch.results.withLock { $0 }
    }

    /// A layer of the current task has returned.
    @inline(__always)
    static func returned(_ layer: Module, _ value: Tensor) {
        if users.load(ordering: .relaxed) == 0 { return }
        current?.results.withLock { $0.append((ObjectIdentifier(layer), value)) }
    }
}
