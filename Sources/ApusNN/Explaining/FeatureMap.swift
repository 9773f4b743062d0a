import Apus

/// What a layer makes of pictures: a picture for each of its channels.
public struct FeatureMap: Sendable {
    /// The layer's full name in the model.
    public let layer: String
    /// [batch, channels, height, width], with its history where gradients are recorded.
    public let value: Tensor
}

extension Layer {
    /// The feature map of a layer for some pictures, in evaluation mode.
    ///
    /// - Parameters:
    ///   - layer: its full name in the model, such as `stages.3`; of several calls the last counts. nil is
    ///     the last feature map of the model: before the average over all positions where there is one.
    ///   - input: [batch, channels, height, width].
    /// - Throws: where there is no such layer, or it gives no feature map.
    public func featureMap(
        layer name: String? = nil, input: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) throws(LayerError) -> FeatureMap {
        try featureMapAndResult(layer: name, input, file, line).map
    }

    /// The same, and what the model itself makes of the input.
    func featureMapAndResult(
        layer name: String?, _ input: Tensor, _ file: StaticString, _ line: UInt
    ) throws(LayerError) -> (map: FeatureMap, result: Tensor) {
        if let name { try checkHasLayer(name) }
        let results = withEvaluationMode { layerResults(input, file: file, line: line) }
        let result = results.last!.value
        if let name {
            guard let found = results.last(where: { $0.name == name }) else { throw .notCalled(name) }
            guard let map = FeatureMap(found, of: input) else { throw .noFeatureMap(name, found.value.shape) }
            return (map, result)
        }
        let maps = results.lazy.filter { $0.value.rank == 4 }.compactMap { FeatureMap($0, of: input) }
        guard let map = maps.last(where: { $0.value.shape[2] * $0.value.shape[3] > 1 }) else {
            throw .noFeatureMaps(model: typeName)
        }
        return (map, result)
    }
}

extension Module {
    /// - Throws: `LayerError.unknown`, with the nearest names.
    func checkHasLayer(_ name: String) throws(LayerError) {
        let names = namedModules().map(\.name).filter { !$0.isEmpty }
        if names.contains(name) { return }
        let near = nearest(to: name, in: names, count: 5)
        throw .unknown(name, nearest: near.isEmpty ? Array(names.suffix(5)) : near)
    }
}

extension FeatureMap {
    /// nil for what has no four axes.
    ///
    /// Layers of transformers give [batch, height, width, channels]. Height and width are those neighbouring
    /// axes whose ratio is that of the input's.
    init?(_ result: LayerResult, of input: Tensor) {
        let shape = result.value.shape
        if shape.count != 4 || shape.contains(0) { return nil }
        let wanted = input.rank == 4 ? Double(input.shape[2]) / Double(input.shape[3]) : 1
        func difference(_ axis: Int) -> Double {
            abs(Double(shape[axis]) / Double(shape[axis + 1]) - wanted)
        }
        layer = result.name
        value = difference(1) < difference(2) ? result.value.permute(0, 3, 1, 2) : result.value
    }
}
