import Apus

/// Makes the lines of a summary from the operations of a graph.
struct SummaryReader {
    private(set) var layers: [Summary.Layer] = []

    private let graph: Graph
    private let kinds: [String: String]
    /// The names of the module's parameters.
    private let names: Set<String>
    /// Which values depend on an input.
    private var isOnPath: [Bool]
    /// The origins of the axes of each value that depends on the first input.
    private var origins: [Int: AxisOrigins] = [:]
    /// The line of the layer that computes a value.
    private var lines: [Int: Int] = [:]
    /// For each value that depends on parameters alone, such as a computed weight, these parameters.
    private var parameters: [[Int]]
    private var counted = Set<Int>()

    init(_ graph: Graph, _ module: Module?) {
        self.graph = graph
        kinds = Dictionary(
            (module?.namedModules() ?? []).map { ($0.name, $0.module.typeName) },
            uniquingKeysWith: { first, _ in first })
        names = Set(module?.namedParameters().map(\.name) ?? [])
        isOnPath = graph.values.map { if case .input = $0.origin { true } else { false } }
        parameters = graph.values.enumerated().map { number, value in
            if case .parameter = value.origin { [number] } else { [] }
        }
        if let first = graph.inputs.first { origins[first] = AxisOrigins(input: graph.values[first].shape) }
        for application in graph.applications { read(application) }
    }

    private mutating func read(_ application: Graph.Application) {
        let used = application.inputs.flatMap { isOnPath[$0] ? [] : parameters[$0] }
        if !application.inputs.contains(where: { isOnPath[$0] }) {
            for result in application.results { parameters[result] = used }
            return
        }
        for result in application.results {
            isOnPath[result] = true
            follow(application, result)
        }
        let before = application.inputs.compactMap { lines[$0] }.max()
        if application.primitive.isView, used.isEmpty {
            for result in application.results { lines[result] = before }
            return
        }
        addLine(application, used, before)
    }

    private mutating func follow(_ application: Graph.Application, _ result: Int) {
        let before = application.inputs.map { origins[$0] }
        if !before.contains(where: { $0 != nil }) { return }
        origins[result] = AxisOrigins(
            application.primitive, inputs: shapes(application), result: graph.values[result].shape,
            of: before)
    }

    private func shapes(_ application: Graph.Application) -> [Shape] {
        application.inputs.map { graph.values[$0].shape }
    }

    private mutating func addLine(_ application: Graph.Application, _ used: [Int], _ before: Int?) {
        let primitive = application.primitive
        let own = used.map { graph.name(of: $0) }.first(where: names.contains)
        let path = own.map(SummaryReader.module(ofParameter:))
        let new = used.filter { counted.insert($0).inserted }
        let parameters = new.reduce(0) { $0 + graph.values[$1].shape.reduce(1, *) }
        let (inputs, output) = (shapes(application), graph.values[application.results[0]].shape)
        let cost = primitive.multiplyAdds(inputs: inputs, result: output)
        let field = receptiveField(application.results[0])
        let name = path.map { $0.isEmpty ? kinds[""] ?? primitive.name : $0 } ?? primitive.name
        if let before, path != nil, layers[before].name == name, cost == 0,
            primitive.keepsPositions(inputs: inputs, result: output)
        {
            layers[before].parameters += parameters
            layers[before].output = output
            layers[before].receptiveField = field
            for result in application.results { lines[result] = before }
            return
        }
        for result in application.results { lines[result] = layers.count }
        layers.append(
            Summary.Layer(
                name: name, kind: path.flatMap { $0.isEmpty ? nil : kinds[$0] } ?? primitive.name,
                output: output, parameters: parameters, multiplyAdds: cost, receptiveField: field))
    }

    private func receptiveField(_ value: Int) -> [ReceptiveField] {
        guard let first = graph.inputs.first, let reaches = origins[value]?.reaches else { return [] }
        let input = graph.values[first].shape
        return reaches.enumerated().map { ReceptiveField($1, extent: input[$0 + 2]) }
    }

    /// The module that a parameter belongs to; parameters that compute another one belong to its module.
    private static func module(ofParameter name: String) -> String {
        let parts = name.split(separator: ".")
        let end = parts.firstIndex(of: "parametrizations") ?? parts.count - 1
        return parts[..<end].joined(separator: ".")
    }
}

extension Primitive {
    /// Whether each position of the result depends on the same position of the inputs alone.
    fileprivate func keepsPositions(inputs: [Shape], result: Shape) -> Bool {
        if case .elementwise = reach(inputs: inputs, result: result) { true } else { false }
    }
}
