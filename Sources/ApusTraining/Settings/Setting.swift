import Foundation

/// A value in a settings file or in a run's configuration.
public enum Setting: Sendable, Equatable {
    /// true or false.
    case bool(Bool)
    /// A whole number.
    case int(Int)
    /// Any other number.
    case number(Double)
    /// Text, a name.
    case text(String)
    /// Several values, in order.
    case list([Setting])
    /// Values with names, as of an optimizer.
    case group([String: Setting])

    /// The number, whole or not; nil for what is none.
    public var asNumber: Double? {
        switch self {
        case .int(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The whole number; nil for what is none.
    public var asInt: Int? {
        switch self {
        case .int(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The text; nil for what is none.
    public var asText: String? { if case .text(let value) = self { value } else { nil } }

    /// The truth value; nil for what is none.
    public var asBool: Bool? { if case .bool(let value) = self { value } else { nil } }
}

extension Setting: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// Text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// Several values.
    public init(arrayLiteral elements: Setting...) { self = .list(elements) }
    /// Values with names, each once.
    public init(dictionaryLiteral elements: (String, Setting)...) {
        self = .group(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}

extension Setting: Codable {
    /// Reads what JSON has for such a value; null is none.
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let int = try? value.decode(Int.self) {
            self = .int(int)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([Setting].self) {
            self = .list(list)
        } else {
            self = .group(try value.decode([String: Setting].self))
        }
    }

    /// Writes the value as JSON has it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .bool(let value): try container.encode(value)
        case .int(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        case .group(let value): try container.encode(value)
        }
    }
}

extension Setting: CustomStringConvertible {
    /// As a settings file has it.
    public var description: String {
        switch self {
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value): value.isEmpty ? "''" : value
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .group(let values):
            "{" + values.keys.sorted().map { "\($0): \(values[$0]!)" }.joined(separator: ", ") + "}"
        }
    }
}
