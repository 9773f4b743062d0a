import Apus

/// Makes the lines of a summary from the operations that a forward pass recorded, oldest first.
struct SummaryReader {
    private(set) var layers: [Summary.Layer] = []

    private let inputShape: Shape
    private let inputID: ObjectIdentifier?
    /// The full name of each leaf that is a parameter.
    private let names: [ObjectIdentifier: String]
    private let kinds: [String: String]
    /// What depends on the input, and the layer in whose line it stands.
    private var origins: [ObjectIdentifier: AxisOrigins] = [:]
    private var lines: [ObjectIdentifier: Int] = [:]
    /// The leaves behind what depends on parameters alone, such as a weight that is computed.
    private var leaves: [ObjectIdentifier: [RecordedOperation]] = [:]
    private var counted = Set<ObjectIdentifier>()

    /// Operations that only look at elements in another way.
    private static let views: Set = [
        "reshape", "permute", "squeeze", "unsqueeze", "broadcast", "convert", "viewAsReal", "viewAsComplex",
    ]

    init(_ module: Module?, input: Tensor) {
        inputShape = input.shape
        inputID = input.recorded?.id
        var names: [ObjectIdentifier: String] = [:]
        for (name, parameter) in module?.namedParameters() ?? [] {
            guard let leaf = parameter.value.recorded?.id, names[leaf] == nil else { continue }
            names[leaf] = name
        }
        self.names = names
        kinds = Dictionary(
            (module?.namedModules() ?? []).map { ($0.name, "\(type(of: $0.module))") },
            uniquingKeysWith: { first, _ in first })
    }

    mutating func read(_ operation: RecordedOperation) {
        if operation.id == inputID {
            origins[operation.id] = AxisOrigins(input: inputShape)
            return
        }
        if operation.isLeaf {
            leaves[operation.id] = [operation]
            return
        }
        let inputs = operation.inputs.compactMap { $0 }
        let used = inputs.flatMap { leaves[$0.id] ?? [] }
        let isOnPath = inputs.contains { origins[$0.id] != nil || lines[$0.id] != nil }
        // Integers have no gradient, so nothing tells what depends on them: then everything counts.
        if !isOnPath && inputID != nil {
            leaves[operation.id] = used
            return
        }
        if inputs.contains(where: { origins[$0.id] != nil }) {
            origins[operation.id] = AxisOrigins(
                result: operation, of: operation.inputs.map { $0.flatMap { origins[$0.id] } })
        }
        let before = inputs.compactMap { lines[$0.id] }.max()
        if SummaryReader.views.contains(operation.name), used.isEmpty {
            lines[operation.id] = before
            if let before { restoreShape(of: before, after: operation) }
            return
        }
        addLine(operation, used, before)
    }

    private mutating func addLine(_ operation: RecordedOperation, _ used: [RecordedOperation], _ before: Int?)
    {
        let path = used.compactMap { names[$0.id] }.first.map(SummaryReader.module(ofParameter:))
        let parameters = used.filter { counted.insert($0.id).inserted }.reduce(0) {
            $0 + $1.shape.elementCount
        }
        let cost = SummaryReader.multiplyAdds(operation)
        let field = receptiveField(operation)
        let name = path.map { $0.isEmpty ? kinds[""]! : $0 } ?? operation.name
        if let before, path != nil, layers[before].name == name, cost == 0, operation.isElementwise {
            layers[before].parameters += parameters
            layers[before].output = operation.shape
            layers[before].receptiveField = field
            lines[operation.id] = before
            return
        }
        lines[operation.id] = layers.count
        layers.append(
            Summary.Layer(
                name: name, kind: path.flatMap { $0.isEmpty ? nil : kinds[$0] } ?? operation.name,
                output: operation.shape, parameters: parameters, multiplyAdds: cost, receptiveField: field))
    }

    /// A product of more than two axes is one of matrices, and a reshape of its result.
    private mutating func restoreShape(of line: Int, after view: RecordedOperation) {
        guard view.name == "reshape", let product = view.inputs[0],
            product.name == "linear" || product.name == "matmul",
            view.shape.count > product.shape.count, view.shape.last == product.shape.last
        else { return }
        layers[line].output = view.shape
    }

    private func receptiveField(_ operation: RecordedOperation) -> [ReceptiveField] {
        guard let reaches = origins[operation.id]?.reaches else { return [] }
        return reaches.enumerated().map { ReceptiveField($1, extent: inputShape[$0 + 2]) }
    }

    private static func multiplyAdds(_ operation: RecordedOperation) -> Int {
        if case .windows(_, let count) = operation.reach { return count }
        let (first, second) = (operation.inputs.first ?? nil, operation.inputs.dropFirst().first ?? nil)
        switch operation.name {
        case "linear": return operation.shape.elementCount * (first ?? second)!.shape.last!
        case "matmul":
            let inner = first?.shape.last ?? second!.shape[second!.shape.count - 2]
            return operation.shape.elementCount * inner
        default: return 0
        }
    }

    /// The module in which a parameter stands; parameters that compute another stand where that one does.
    private static func module(ofParameter name: String) -> String {
        let parts = name.split(separator: ".")
        let end = parts.firstIndex(of: "parametrizations") ?? parts.count - 1
        return parts[..<end].joined(separator: ".")
    }
}
