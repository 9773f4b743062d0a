/// A setting of a primitive, by name.
public struct Attribute: Sendable, CustomStringConvertible {
    /// The name of the setting, such as `stride`.
    public let name: String
    /// What it is set to.
    public let value: Value

    /// A setting, for primitives that list theirs themselves.
    public init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }

    /// What a setting can be.
    public indirect enum Value: Sendable, Equatable {
        /// An Int, such as an axis.
        case integer(Int)
        /// A Double or a Float.
        case number(Double)
        /// A Bool.
        case truth(Bool)
        /// A String, or the description of what is no number and holds none.
        case text(String)
        /// An element type.
        case type(DType)
        /// An array, such as a shape.
        case list([Value])
        /// Settings that belong together, by name.
        case group([String], [Value])
        /// An optional setting that is not given.
        case none
    }

    /// For example `stride: [2, 2]`.
    public var description: String { "\(name): \(value)" }
}

extension Attribute.Value: CustomStringConvertible {
    /// As graphs print it: numbers and texts as they are, lists in brackets, groups in parentheses.
    public var description: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .truth(let value): "\(value)"
        case .text(let value): value
        case .type(let value): "\(value)"
        case .list(let values): "[\(values.map(\.description).joined(separator: ", "))]"
        case .group(let names, let values):
            "(\(zip(names, values).map { "\($0): \($1)" }.joined(separator: ", ")))"
        case .none: "none"
        }
    }

    /// A stored property's value; what is neither a number nor made of numbers goes by its description.
    init(of property: Any) {
        switch property {
        case let value as Int: self = .integer(value)
        case let value as Double: self = .number(value)
        case let value as Float: self = .number(Double(value))
        case let value as Bool: self = .truth(value)
        case let value as String: self = .text(value)
        case let value as DType: self = .type(value)
        case let value as any Primitive: self = .text(value.name)
        default: self = Attribute.Value(reflecting: property)
        }
    }

    private init(reflecting property: Any) {
        let mirror = Mirror(reflecting: property)
        switch mirror.displayStyle {
        case .collection, .set: self = .list(mirror.children.map { Attribute.Value(of: $0.value) })
        case .optional: self = mirror.children.first.map { Attribute.Value(of: $0.value) } ?? .none
        case .struct, .tuple:
            self = .group(
                mirror.children.map { $0.label ?? "" }, mirror.children.map { Attribute.Value(of: $0.value) })
        case .class: self = .text("\(Swift.type(of: property))")
        default: self = .text("\(property)")
        }
    }
}

extension Primitive {
    /// By default the stored properties, except `name` and call sites.
    public var attributes: [Attribute] {
        Mirror(reflecting: self).children.compactMap { property in
            let type = type(of: property.value)
            guard let label = property.label, label != "name", type != CallSite.self, type != CallSite?.self
            else { return nil }
            return Attribute(label, Attribute.Value(of: property.value))
        }
    }
}
