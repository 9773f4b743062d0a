import Apus

/// Finds what a module's stored properties hold, by reflection.
struct MemberSearch {
    private(set) var found: [(name: String, member: Module.Member)] = []

    /// A parameter, buffer or module that has no name where it lies.
    private struct Hidden {
        let property: String
        /// What holds it, such as "a tuple".
        let container: String
        let object: AnyObject
    }

    private let module: Module
    private var hidden: [Hidden] = []

    init(_ module: Module) {
        self.module = module
        var levels: [Mirror] = []
        var mirror: Mirror? = Mirror(reflecting: module)
        while let current = mirror {
            levels.append(current)
            mirror = current.superclassMirror
        }
        for level in levels.reversed() {
            for case (let label?, let value) in level.children { visitProperty(label, value) }
        }
        refuseHidden()
    }

    private mutating func visitProperty(_ label: String, _ value: Any) {
        let lazyPrefix = "$__lazy_storage_$_"
        if !label.hasPrefix(lazyPrefix) { return visit(label, value) }
        let name = String(label.dropFirst(lazyPrefix.count))
        let isMade = !Mirror(reflecting: value).children.isEmpty
        if !isMade && mayLeadToMembers(type(of: value)) {
            refuse(
                name,
                "is lazy and not made yet, so that nobody would find it: read it in init, or make it a let")
        }
        visit(name, value)
    }

    /// - Parameter container: the container without names that the value lies in, such as "a tuple"; nil if none.
    private mutating func visit(_ name: String, _ value: Any, in container: String? = nil) {
        if isPlain(type(of: value)) { return }
        switch value {
        case let parameter as Parameter:
            add(parameter.name ?? name, .parameter(parameter), parameter, name, container)
        case let buffer as Buffer: add(buffer.name ?? name, .buffer(buffer), buffer, name, container)
        case let module as Module: add(name, .module(module), module, name, container)
        case let tensor as Tensor:
            if tensor.requiresGradient && tensor.isLeaf {
                refuse(
                    name,
                    "is a tensor that wants a gradient, which nobody would train or save: make it a Parameter"
                )
            }
        default: visitParts(name, value, container)
        }
    }

    private mutating func add(
        _ name: String, _ member: Module.Member, _ object: AnyObject, _ property: String, _ container: String?
    ) {
        if let container {
            hidden.append(Hidden(property: property, container: container, object: object))
        } else {
            found.append((name, member))
        }
    }

    private mutating func visitParts(_ name: String, _ value: Any, _ container: String?) {
        let mirror = Mirror(reflecting: value)
        func visitAll(in container: String) {
            for part in mirror.children { visit(name, part.value, in: container) }
        }
        switch mirror.displayStyle {
        case .optional:
            if let wrapped = mirror.children.first { visit(name, wrapped.value, in: container) }
        case .collection:
            for (index, element) in mirror.children.enumerated() {
                visit("\(name).\(index)", element.value, in: container)
            }
        case .dictionary:
            for (key, element) in entries(of: mirror, name) {
                visit("\(name).\(key)", element, in: container)
            }
        case .tuple: visitAll(in: "a tuple")
        case .set: visitAll(in: "a set")
        case .struct: visitAll(in: "the struct \(type(of: value))")
        case .enum: visitAll(in: "the enumeration \(type(of: value))")
        case nil: visitAll(in: "a value of type \(type(of: value))")
        default: break
        }
    }

    /// A dictionary's elements by their keys' text, sorted: whole numbers by size, others as text.
    private func entries(of mirror: Mirror, _ name: String) -> [(key: String, element: Any)] {
        let pairs = mirror.children.map { entry in
            let parts = Array(Mirror(reflecting: entry.value).children)
            return (key: parts[0].value, element: parts[1].value)
        }
        let numbers = pairs.compactMap { ($0.key as? any BinaryInteger).map { Int(clamping: $0) } }
        let order = pairs.indices.sorted {
            numbers.count == pairs.count
                ? numbers[$0] < numbers[$1] : "\(pairs[$0].key)" < "\(pairs[$1].key)"
        }
        let sorted = order.map { (key: "\(pairs[$0].key)", element: pairs[$0].element) }
        for (index, entry) in sorted.enumerated() {
            if entry.key.isEmpty || entry.key.contains(".") {
                refuse(
                    name, "has the key '\(entry.key)': keys are parts of names, neither empty nor with points"
                )
            }
            if index > 0 && sorted[index - 1].key == entry.key {
                refuse(name, "has two keys that read '\(entry.key)', and so give one name")
            }
        }
        return sorted
    }

    /// Stops the program where something has no name, unless it is found under a name elsewhere.
    private func refuseHidden() {
        if hidden.isEmpty { return }
        var reached = Set<ObjectIdentifier>()
        for (_, member) in found {
            reached.insert(member.id)
            if case .module(let module) = member {
                for (_, inner) in module.namedModules() { reached.insert(ObjectIdentifier(inner)) }
                for (_, inner) in module.namedState() { reached.insert(inner.id) }
            }
        }
        guard let lost = hidden.first(where: { !reached.contains(ObjectIdentifier($0.object)) }) else {
            return
        }
        refuse(
            lost.property,
            "holds a \(type(of: lost.object)) in \(lost.container), where nobody would find it to train or save it: "
                + "make it a property, or an element of an array or a dictionary")
    }

    private func refuse(_ property: String, _ reason: String) -> Never {
        fail("Module", "\(module.typeName).\(property) \(reason)")
    }
}

/// Whether values of a type cannot hold parameters, buffers or modules: numbers and structs of them, text, classes
/// other than modules, and collections of these, however large.
private func isPlain(_ type: Any.Type) -> Bool {
    if _openExistential(type, do: hasNoReferences) || type == String.self { return true }
    if let holder = type as? any ElementHolder.Type { return holder.elementTypes.allSatisfy(isPlain) }
    return type is AnyObject.Type && !isMember(type)
}

private func hasNoReferences<T>(_: T.Type) -> Bool { _isPOD(T.self) }

private func isMember(_ type: Any.Type) -> Bool {
    type is Module.Type || type is Parameter.Type || type is Buffer.Type
}

/// Whether a value of this type would be, or hold, a parameter, buffer or module, as far as the type tells.
private func mayLeadToMembers(_ type: Any.Type) -> Bool {
    if let holder = type as? any ElementHolder.Type {
        return holder.elementTypes.contains(where: mayLeadToMembers)
    }
    return isMember(type) || type == (any Layer).self || type == (any Parametrization).self
}

/// A container that is generic over its elements: even an empty one tells their type.
private protocol ElementHolder {
    static var elementTypes: [Any.Type] { get }
}

extension Optional: ElementHolder { fileprivate static var elementTypes: [Any.Type] { [Wrapped.self] } }
extension Array: ElementHolder { fileprivate static var elementTypes: [Any.Type] { [Element.self] } }
extension ArraySlice: ElementHolder { fileprivate static var elementTypes: [Any.Type] { [Element.self] } }
extension ContiguousArray: ElementHolder {
    fileprivate static var elementTypes: [Any.Type] { [Element.self] }
}
extension Set: ElementHolder { fileprivate static var elementTypes: [Any.Type] { [Element.self] } }
extension Dictionary: ElementHolder {
    fileprivate static var elementTypes: [Any.Type] { [Key.self, Value.self] }
}
