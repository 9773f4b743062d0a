import Apus

/// What keeps a state dictionary from being loaded: every name at once.
public struct StateMismatch: Error, Equatable, CustomStringConvertible {
    /// A tensor in another shape than the parameter or buffer of its name.
    public struct Misshapen: Equatable, Sendable {
        /// The name in the state dictionary.
        public let name: String
        /// The shape of the parameter or buffer.
        public let expected: Shape
        /// The shape of the tensor.
        public let found: Shape

        /// A report for `misshapen`.
        public init(name: String, expected: Shape, found: Shape) {
            self.name = name
            self.expected = expected
            self.found = found
        }
    }

    /// Names of parameters and buffers that are not among those found.
    public var missing: [String] = []
    /// Names found that no parameter or buffer has.
    public var unexpected: [String] = []
    /// Tensors in other shapes than expected.
    public var misshapen: [Misshapen] = []
    /// Names of complex tensors for a real parameter or buffer, which would lose their imaginary parts.
    public var complex: [String] = []
    /// Tensors with impossible values, such as a negative number of steps: a name and a reason each.
    public var invalid: [String] = []
    /// Tensors that the file has in a type that tensors cannot have, with the format's name of that type.
    public var unsupported: [String: String] = [:]

    /// Compares what a model (or an optimizer) holds with what was found.
    ///
    /// - Parameter strict: count missing and unexpected names too.
    public init(expected: [(name: String, shape: Shape)], found: [String: Tensor], strict: Bool = true) {
        for (name, shape) in expected {
            guard let value = found[name] else {
                if strict { missing.append(name) }
                continue
            }
            if value.shape != shape {
                misshapen.append(.init(name: name, expected: shape, found: value.shape))
            }
        }
        if strict { unexpected = Set(found.keys).subtracting(expected.map(\.name)).sorted() }
    }

    /// Whether there is nothing to report.
    public var isEmpty: Bool {
        missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty && complex.isEmpty && invalid.isEmpty
            && unsupported.isEmpty
    }

    /// One line with what does not fit: all of it where that is little, else how much there is of each kind, and the
    /// first of it.
    public var description: String {
        var parts: [String] = []
        if !missing.isEmpty { parts.append("missing \(Self.list(missing))") }
        if !unsupported.isEmpty {
            let list = unsupported.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value) in the file)" }
            parts.append("of a type that is not read \(Self.list(list))")
        }
        if !unexpected.isEmpty { parts.append("unexpected \(Self.list(unexpected))") }
        if !misshapen.isEmpty {
            let list = misshapen.map { "\($0.name) is \($0.found), expected \($0.expected)" }
            parts.append((list.count > Self.most ? "misshapen " : "") + Self.list(list))
        }
        if !complex.isEmpty {
            parts.append("complex \(Self.list(complex)) for real layers: make them of dtype .complex64")
        }
        let reasons = (parts.isEmpty ? "" : "the weights are another model's: ")
        parts += invalid
        return reasons + parts.joined(separator: "; ")
    }

    /// How many names of a kind a line has at most.
    private static let most = 6

    private static func list(_ names: [String]) -> String {
        if names.count <= most { return names.joined(separator: ", ") }
        return "\(names.count), such as \(names.prefix(4).joined(separator: ", "))"
    }
}
