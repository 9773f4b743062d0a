import Apus

/// The base of layers and models.
///
/// Parameters, buffers and child modules are the stored properties of type `Parameter`, `Buffer`,
/// `Module`, and optionals, arrays and dictionaries of these, nested at will. They are named by property, index and key,
/// joined by points, as in PyTorch: `blocks.2.norm.weight`; a parameter or buffer may have a name of its own.
/// Dictionaries are gone through in the order of their keys.
///
/// What cannot be found stops the program with the property's name when members are asked for: parameters and
/// modules in tuples, structs, enumerations and sets, tensors that are leaves of their own, and a lazy property that has
/// not been made yet. Closures and classes other than `Module` are not looked into: they are the place for a module
/// that is not to be trained or saved with this one.
///
/// ```swift
/// final class Block: Module, Layer {
///     let first = Linear(16, 32)
///     let second = Linear(32, 16)
///     func forward(_ x: Tensor) -> Tensor { x + second(first(x).relu()) }
/// }
/// ```
open class Module {
    /// Whether the module behaves as in training (dropout drops); `train` and `evaluate` set it.
    public private(set) final var isTraining = true

    /// A module in training mode.
    public init() {}

    /// What is found under one name.
    public enum Member {
        /// What is trained.
        case parameter(Parameter)
        /// What is saved, and not trained.
        case buffer(Buffer)
        /// What has members of its own.
        case module(Module)
    }

    /// The parameters, buffers and modules directly inside, in order of declaration. Found by reflection;
    /// overridden where names differ from the properties'.
    open var members: [(name: String, member: Member)] { MemberSearch(self).found }

    /// The members, with each parametrized parameter replaced by the module that computes it.
    private var resolvedMembers: [(name: String, member: Member)] {
        members.map { name, member in
            guard case .parameter(let parameter) = member, let computed = parameter.parametrization else {
                return (name, member)
            }
            return ("parametrizations.\(name)", .module(computed))
        }
    }

    /// Every parameter and buffer inside, with its full name, in order of declaration.
    final func namedState() -> [(name: String, member: Member)] { namedState(inside: []) }

    private func namedState(inside holders: [Module]) -> [(name: String, member: Member)] {
        checkIsNotAmong(holders)
        return resolvedMembers.flatMap { name, member -> [(name: String, member: Member)] in
            guard case .module(let module) = member else { return [(name, member)] }
            return module.namedState(inside: holders + [self]).map { ("\(name).\($0.name)", $0.member) }
        }
    }

    /// Stops the program where a module holds itself, and names would never end.
    private func checkIsNotAmong(_ holders: [Module]) {
        guard holders.contains(where: { $0 === self }), let last = holders.last else { return }
        fail(
            "Module",
            "\(last.typeName) leads back to the \(typeName) that holds it: keep that in a closure, not in a property"
        )
    }

    /// Every parameter inside, with its full name; a shared one appears under each of its names.
    public final func namedParameters() -> [(name: String, parameter: Parameter)] {
        let found = namedState().compactMap { name, member -> (name: String, parameter: Parameter)? in
            if case .parameter(let parameter) = member { (name, parameter) } else { nil }
        }
        // Of several names, messages use the first.
        for (name, parameter) in found.reversed() { parameter.isFound(as: name) }
        return found
    }

    /// Every buffer inside, with its full name.
    public final func namedBuffers() -> [(name: String, buffer: Buffer)] {
        namedState().compactMap { name, member in
            if case .buffer(let buffer) = member { (name, buffer) } else { nil }
        }
    }

    /// Every parameter inside, each once.
    public final func parameters() -> [Parameter] {
        var seen = Set<ObjectIdentifier>()
        return namedParameters().map(\.parameter).filter { seen.insert(ObjectIdentifier($0)).inserted }
    }

    /// This module and every module inside it, with full names; its own is empty.
    public final func namedModules() -> [(name: String, module: Module)] { namedModules(inside: []) }

    private func namedModules(inside holders: [Module]) -> [(name: String, module: Module)] {
        checkIsNotAmong(holders)
        var result: [(String, Module)] = [("", self)]
        for case (let name, .module(let child)) in resolvedMembers {
            result += child.namedModules(inside: holders + [self]).map {
                ($0.name.isEmpty ? name : "\(name).\($0.name)", $0.module)
            }
        }
        return result
    }

    /// The number of elements of all parameters.
    public final var parameterCount: Int { parameters().reduce(0) { $0 + $1.value.count } }

    /// Switches this module and those inside to training.
    public final func train() { setTraining(true) }
    /// Switches this module and those inside to evaluation.
    public final func evaluate() { setTraining(false) }

    final func setTraining(_ isTraining: Bool) {
        for (_, module) in namedModules() { module.isTraining = isTraining }
    }

    /// Runs `body` in evaluation mode, and then gives each module inside the mode back that it had.
    ///
    /// ```swift
    /// let logits = model.withEvaluationMode { model(images) }
    /// ```
    public final func withEvaluationMode<R>(_ body: () throws -> R) rethrows -> R {
        let modes = modes()
        defer { Module.restore(modes) }
        evaluate()
        return try body()
    }

    /// Every module inside with its own mode.
    final func modes() -> [(module: Module, isTraining: Bool)] {
        namedModules().map { ($0.module, $0.module.isTraining) }
    }

    static func restore(_ modes: [(module: Module, isTraining: Bool)]) {
        for (module, isTraining) in modes { module.isTraining = isTraining }
    }

    /// Forgets the collected gradients.
    public final func zeroGradients() {
        for parameter in parameters() { parameter.grad = nil }
    }
}

/// A module that maps one tensor to one tensor: `forward` says how, and `layer(x)` calls it.
public protocol Layer: Module {
    /// What the layer makes of `x`. Call the layer itself, `layer(x)`, not this: a mistake then names it and the line.
    func forward(_ x: Tensor) -> Tensor
}
