import Apus
import ApusNN

extension Layer {
    /// The parameters, taken apart by how deep in the network they are: of each block or layer together, in the order in
    /// which the model computes with them.
    ///
    /// What has no weights of two axes or more, such as a normalisation, goes with what comes before it; what the model
    /// does not compute with in evaluation, such as auxiliary heads, with the last.
    ///
    /// - Parameter input: the shape of an input.
    package func parametersByDepth(input: Shape) -> [[(name: String, parameter: Parameter)]] {
        typealias Named = (name: String, parameter: Parameter)
        func hasWeights(_ parameters: [Named]) -> Bool {
            parameters.contains { $0.name.hasSuffix("weight") && $0.parameter.shape.count > 1 }
        }
        let graph = graph(input: input)
        var places: [String: Int] = [:]
        for value in graph.applications.flatMap(\.inputs) {
            guard case .parameter(let name, _) = graph.values[value].origin else { continue }
            if places[name] == nil { places[name] = places.count }
        }
        let all = namedParameters()
        let blocks = blockNames(in: self, named: "").map { block -> (place: Int, parameters: [Named]) in
            let own = all.filter { $0.name == block || $0.name.hasPrefix("\(block).") }
            return (own.compactMap { places[$0.name] }.min() ?? .max, own)
        }
        var layers: [[Named]] = []
        for (place, parameters) in blocks.sorted(by: { $0.place < $1.place }) where !parameters.isEmpty {
            let beginsLayer = place < .max && hasWeights(parameters)
            if let last = layers.last, !beginsLayer || !hasWeights(last) {
                layers[layers.count - 1] += parameters
            } else {
                layers.append(parameters)
            }
        }
        return layers
    }
}

/// The full names of the modules that are more than a sequence of others, and of the parameters between them.
private func blockNames(in module: Module, named path: String) -> [String] {
    let isSequence =
        path.isEmpty || module is Sequential || module is NamedSequential
        || module is VisionTransformerEncoder
    if !isSequence { return [path] }
    return module.members.flatMap { name, member in
        let full = path.isEmpty ? name : "\(path).\(name)"
        guard case .module(let child) = member else { return [full] }
        return blockNames(in: child, named: full)
    }
}
