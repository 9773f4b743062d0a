/// Why a graph cannot be run on some inputs.
public enum GraphError: Error, Equatable, CustomStringConvertible {
    /// Too many inputs or too few; `expected` are those it takes, by name, with type and shape.
    case inputCount(expected: [String], found: Int)
    /// An input, by name, of another shape than was traced.
    case inputShape(String, expected: Shape, found: Shape)
    /// An input that may have one of several shapes.
    case inputShapes(String, expected: [Shape], found: Shape)
    /// An input, by name, of another element type than was traced.
    case inputType(String, expected: DType, found: DType)
    /// An input, by name, on another device than was traced.
    case inputDevice(String, expected: Device, found: Device)
    /// What an operation says about values that it cannot take.
    case operation(String, String)

    /// What was expected and found, by the name of the input, and what to do about a type or a device.
    public var description: String {
        switch self {
        case .inputCount(let inputs, let found):
            "the graph takes \(inputs.count) input\(inputs.count == 1 ? "" : "s") (\(inputs.joined(separator: ", "))), not \(found)"
        case .inputShape(let name, let expected, let found):
            "input \(name) has shape \(found); the graph was traced with \(expected)"
        case .inputShapes(let name, let expected, let found):
            "input \(name) has shape \(found); the model was frozen for \(expected.map { "\($0)" }.joined(separator: ", "))"
        case .inputType(let name, let expected, let found):
            "input \(name) is \(found); the graph was traced with \(expected): convert it with .to(.\(expected))"
        case .inputDevice(let name, let expected, let found):
            "input \(name) is on \(found); the graph was traced on \(expected): move it with .to(.\(expected))"
        case .operation(let name, let reason): "\(name): \(reason)"
        }
    }
}
