import Apus
import Synchronization

/// A tensor that training changes: a leaf of every graph it takes part in.
///
/// It is a reference, so that a layer, its optimizer and a tied layer share it.
public final class Parameter {
    /// The current values. What is assigned becomes a new leaf, which belongs to this parameter; change the values in
    /// place under `withoutGradient` to keep the collected gradient. The values of a parametrized parameter are
    /// computed at each reading, and are no leaf.
    ///
    /// Values of another shape or type may be assigned, but not to a parametrized parameter; an optimizer made before
    /// stops at its next step.
    public var value: Tensor {
        get { parametrization?() ?? stored }
        set {
            if let parametrization {
                assign(newValue, to: parametrization)
            } else {
                stored = leaf(newValue)
            }
        }
        // An observer would hold a second reference while the elements change, and so copy them all.
        _modify {
            if let parametrization {
                var value = withoutGradient { parametrization() }
                defer { assign(value, to: parametrization) }
                yield &value
                return
            }
            let before = stored.nodeID
            defer { if stored.nodeID != before { stored = leaf(stored) } }
            yield &stored
        }
    }

    private var stored: Tensor
    /// Several threads may ask a model for its parameters.
    private let fullName = Mutex<String?>(nil)

    /// The name in state dictionaries, where it is not the property's.
    public let name: String?

    /// Computes the value from other parameters; nil where it is this parameter's own.
    public internal(set) var parametrization: (any Parametrization)? {
        didSet { if parametrization != nil { stored = .zeros([0], dtype: stored.dtype) } }
    }

    /// Whether gradients are computed; false freezes the parameter.
    public var isTrainable: Bool {
        didSet {
            if isTrainable == oldValue { return }
            stored = leaf(stored)
            for own in parametrization?.parameters() ?? [] { own.isTrainable = isTrainable }
        }
    }

    /// The gradient collected by `backward`; nil before.
    ///
    /// What is assigned must have the shape and type of the values. A frozen parameter has none, and neither has one
    /// that is parametrized.
    public var grad: Tensor? {
        get { stored.grad }
        set {
            if newValue != nil, let reason = reasonForNoGradient { fail("grad", "\(title) \(reason)") }
            if stored.requiresGradient { stored.grad = newValue }
        }
    }

    private var reasonForNoGradient: String? {
        if parametrization != nil {
            return "is computed by a parametrization, whose parameters have gradients"
        }
        return isTrainable ? nil : "is frozen, and has no gradient: make it trainable first"
    }

    /// A leaf with these values; the program stops for a type without gradients, unless it is frozen.
    ///
    /// - Parameters:
    ///   - isTrainable: false freezes it.
    ///   - name: in state dictionaries; nil is that of the property.
    public init(_ value: Tensor, isTrainable: Bool = true, name: String? = nil) {
        self.isTrainable = isTrainable
        self.name = name
        stored = value.detach()
        stored = leaf(value)
    }

    /// The shape of the values; a parametrization tells it without computing them.
    public var shape: Shape { parametrization?.shape ?? stored.shape }

    /// Its full name in the module that was asked for its parameters last, or its own; nil where it has neither.
    package var knownName: String? { fullName.locked { $0 } ?? name }

    /// Remembers its full name, for messages.
    func isFound(as name: String) {
        fullName.locked { $0 = name }
        stored.setTitle(title)
    }

    private var title: String { knownName.map { "parameter \($0)" } ?? "the parameter" }

    private func assign(_ value: Tensor, to parametrization: any Parametrization) {
        if value.shape != parametrization.shape {
            fail(
                "Parameter",
                "\(title) is computed by a parametrization in shape \(parametrization.shape), and cannot be set to values "
                    + "of shape \(value.shape)")
        }
        parametrization.assign(value.detach())
    }

    private func leaf(_ value: Tensor) -> Tensor {
        if !isTrainable { return value.detach() }
        if !value.dtype.isDifferentiable {
            fail(
                "Parameter",
                "\(title) cannot be \(value.dtype), which has no gradient: freeze it, or make it a Buffer")
        }
        let leaf = value.detach().requiringGradient()
        leaf.setTitle(title)
        return leaf
    }
}
