import Apus

/// What keeps a state dictionary from being loaded: every name at once.
public struct StateMismatch: Error, Equatable, CustomStringConvertible {
    public struct Misshapen: Equatable, Sendable {
        public let name: String
        public let expected: Shape
        public let found: Shape

        public init(name: String, expected: Shape, found: Shape) {
            self.name = name
            self.expected = expected
            self.found = found
        }
    }

    public var missing: [String] = []
    public var unexpected: [String] = []
    public var misshapen: [Misshapen] = []

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

    public var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty }

    public var description: String {
        var parts: [String] = []
        if !missing.isEmpty { parts.append("missing \(missing.joined(separator: ", "))") }
        if !unexpected.isEmpty { parts.append("unexpected \(unexpected.joined(separator: ", "))") }
        if !misshapen.isEmpty {
            parts.append(
                misshapen.map { "\($0.name) is \($0.found), expected \($0.expected)" }.joined(separator: ", ")
            )
        }
        return "the weights are another model's: " + parts.joined(separator: "; ")
    }
}

extension Module {
    /// The current values of all parameters by name.
    public final func stateDictionary() -> [String: Tensor] {
        Dictionary(
            namedParameters().map { ($0.name, $0.parameter.value.detach()) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Sets the parameters to the values of `state`, converted to each parameter's type.
    ///
    /// Nothing is changed unless everything fits.
    /// - Parameter strict: also refuse names that are missing or unexpected.
    /// - Throws: `StateMismatch`, with every name that does not fit.
    public final func load(_ state: [String: Tensor], strict: Bool = true) throws {
        let own = namedParameters()
        let mismatch = StateMismatch(
            expected: own.map { ($0.name, $0.parameter.shape) }, found: state, strict: strict)
        if !mismatch.isEmpty { throw mismatch }
        for (name, parameter) in own {
            if let value = state[name] { parameter.value = value.to(parameter.value.dtype) }
        }
    }
}
