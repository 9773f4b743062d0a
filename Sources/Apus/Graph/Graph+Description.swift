extension Graph: CustomStringConvertible {
    /// A line for each input, operation and output:
    ///
    /// ```
    /// input x: float32 [8, 784]
    /// %2: float32 [8, 128] = linear(activation: relu) x, layers.0.weight, layers.0.bias
    /// output %2
    /// ```
    public var description: String {
        var lines = inputs.map { "input \(name(of: $0)): \(type(of: $0))" }
        for application in applications {
            let results = application.results.map { "\(name(of: $0)): \(type(of: $0))" }
            let settings = application.primitive.attributes
            let arguments =
                settings.isEmpty ? "" : "(\(settings.map(\.description).joined(separator: ", ")))"
            let operands = application.inputs.map { " \(name(of: $0))" }.joined(separator: ",")
            lines.append(
                "\(results.joined(separator: ", ")) = \(application.primitive.name)\(arguments)\(operands)")
        }
        lines.append("output " + outputs.map { name(of: $0) }.joined(separator: ", "))
        return lines.joined(separator: "\n")
    }

    /// What a value is called: inputs and parameters by their names, small constants by their number.
    public func name(of value: Int) -> String {
        switch values[value].origin {
        case .input(let name), .parameter(let name, _): return name
        case .constant(let tensor):
            return tensor.count == 1 ? "\(tensor.reshape([]))" : "constant\(value)"
        case .result: return "%\(value)"
        }
    }

    private func type(of value: Int) -> String { "\(values[value].dtype) \(values[value].shape)" }
}
