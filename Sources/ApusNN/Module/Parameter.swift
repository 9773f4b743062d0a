import Apus

/// A tensor that training changes: a leaf of every graph it takes part in.
///
/// It is a reference, so that a layer, its optimizer and a tied layer share it.
public final class Parameter {
    /// The current values. Whatever is assigned becomes a leaf; change it in place under
    /// `withoutGradient` to keep the collected gradient. Where the parameter is parametrized they are
    /// computed at each reading, and no leaf.
    public var value: Tensor {
        get { parametrization?() ?? stored }
        set {
            if let parametrization {
                parametrization.assign(newValue.detach())
                return
            }
            stored = newValue
            becomeLeaf()
        }
        // An observer would hold a second reference while the elements change, and so copy them all.
        _modify {
            if let parametrization {
                var value = withoutGradient { parametrization() }
                defer { parametrization.assign(value.detach()) }
                yield &value
                return
            }
            defer { becomeLeaf() }
            yield &stored
        }
    }

    private var stored: Tensor

    /// The name in state dictionaries, where it is not the property's.
    public let name: String?

    /// Computes the value from other parameters; nil where it is this parameter's own.
    public internal(set) var parametrization: (any Parametrization)? {
        didSet { if parametrization != nil { stored = .zeros([0], dtype: stored.dtype) } }
    }

    /// Whether gradients are computed; false freezes the parameter.
    public var isTrainable: Bool {
        didSet { stored = Parameter.leaf(stored, isTrainable) }
    }

    /// The gradient collected by `backward`; nil before.
    public var grad: Tensor? {
        get { stored.grad }
        set { if stored.requiresGradient { stored.grad = newValue } }
    }

    public init(_ value: Tensor, isTrainable: Bool = true, name: String? = nil) {
        self.isTrainable = isTrainable
        self.name = name
        stored = Parameter.leaf(value, isTrainable)
    }

    public var shape: Shape { parametrization?.shape ?? stored.shape }

    private func becomeLeaf() {
        if isTrainable != stored.requiresGradient || !stored.isLeaf {
            stored = Parameter.leaf(stored, isTrainable)
        }
    }

    private static func leaf(_ value: Tensor, _ isTrainable: Bool) -> Tensor {
        isTrainable ? value.detach().requiringGradient() : value.detach()
    }
}
