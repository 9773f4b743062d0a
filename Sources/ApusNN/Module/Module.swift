import Apus

/// The base of layers and models.
///
/// Parameters, buffers and child modules are the stored properties of type `Parameter`, `Buffer`,
/// `Module`, optional or array of these. They are named by property and index, joined by points, as in
/// PyTorch: `blocks.2.norm.weight`; a parameter or buffer may have a name of its own.
///
/// ```swift
/// final class Block: Module, Layer {
///     let first = Linear(16, 32)
///     let second = Linear(32, 16)
///     func callAsFunction(_ x: Tensor) -> Tensor { x + second(first(x).relu()) }
/// }
/// ```
open class Module {
    /// Whether the module behaves as in training (dropout drops); `train` and `evaluate` set it.
    public private(set) final var isTraining = true

    public init() {}

    /// What is found under one name.
    public enum Member {
        case parameter(Parameter)
        case buffer(Buffer)
        case module(Module)
    }

    /// The parameters, buffers and modules directly inside, in order of declaration. Found by reflection;
    /// overridden where names differ from the properties'.
    open var members: [(name: String, member: Member)] {
        var levels: [Mirror] = []
        var mirror: Mirror? = Mirror(reflecting: self)
        while let current = mirror {
            levels.append(current)
            mirror = current.superclassMirror
        }
        var found: [(String, Member)] = []
        for level in levels.reversed() {
            for case (let label?, let value) in level.children { Module.collect(label, value, into: &found) }
        }
        return found
    }

    private static func collect(_ name: String, _ value: Any, into found: inout [(String, Member)]) {
        switch value {
        case let parameter as Parameter: found.append((parameter.name ?? name, .parameter(parameter)))
        case let buffer as Buffer: found.append((buffer.name ?? name, .buffer(buffer)))
        case let module as Module: found.append((name, .module(module)))
        default:
            let mirror = Mirror(reflecting: value)
            if mirror.displayStyle == .optional, let wrapped = mirror.children.first {
                collect(name, wrapped.value, into: &found)
            } else if mirror.displayStyle == .collection {
                for (index, element) in mirror.children.enumerated() {
                    collect("\(name).\(index)", element.value, into: &found)
                }
            }
        }
    }

    /// The members, with what computes a parametrized parameter in its place.
    private var resolvedMembers: [(name: String, member: Member)] {
        members.map { name, member in
            guard case .parameter(let parameter) = member, let computed = parameter.parametrization else {
                return (name, member)
            }
            return ("parametrizations.\(name)", .module(computed))
        }
    }

    /// Every parameter and buffer inside, with its full name, in order of declaration.
    final func namedState() -> [(name: String, member: Member)] {
        resolvedMembers.flatMap { name, member -> [(name: String, member: Member)] in
            guard case .module(let module) = member else { return [(name, member)] }
            return module.namedState().map { ("\(name).\($0.name)", $0.member) }
        }
    }

    /// Every parameter inside, with its full name; a shared one appears under each of its names.
    public final func namedParameters() -> [(name: String, parameter: Parameter)] {
        namedState().compactMap { name, member in
            if case .parameter(let parameter) = member { (name, parameter) } else { nil }
        }
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
    public final func namedModules() -> [(name: String, module: Module)] {
        var result: [(String, Module)] = [("", self)]
        for case (let name, .module(let child)) in resolvedMembers {
            result += child.namedModules().map { ($0.name.isEmpty ? name : "\(name).\($0.name)", $0.module) }
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

    /// Forgets the collected gradients.
    public final func zeroGradients() {
        for parameter in parameters() { parameter.grad = nil }
    }
}

/// A module that maps one tensor to one tensor.
public protocol Layer: Module {
    func callAsFunction(_ x: Tensor) -> Tensor

    /// The layer for inference, with batch normalisations folded into the layers before them; in evaluation only.
    ///
    /// By default it is this layer itself. `Sequential` folds its layers; a model that names its layers itself folds
    /// them in its own `fused()` with `ScalableLayer.folding`. What has nothing to fold is shared with this model.
    func fused() -> Self
}

extension Layer {
    public func fused() -> Self { self }
}
