import Apus

/// A tensor that training changes: a leaf of every graph it takes part in.
///
/// It is a reference, so that a layer, its optimizer and a tied layer share it.
public final class Parameter {
    /// The current values. Whatever is assigned becomes a leaf; change it in place under
    /// `withoutGradient` to keep the collected gradient.
    public var value: Tensor {
        get { stored }
        set {
            stored = newValue
            becomeLeaf()
        }
        // An observer would hold a second reference while the elements change, and so copy them all.
        _modify {
            defer { becomeLeaf() }
            yield &stored
        }
    }

    private var stored: Tensor

    /// Whether gradients are computed; false freezes the parameter.
    public var isTrainable: Bool {
        didSet { stored = Parameter.leaf(stored, isTrainable) }
    }

    /// The gradient collected by `backward`; nil before.
    public var grad: Tensor? {
        get { value.grad }
        set { if value.requiresGradient { value.grad = newValue } }
    }

    public init(_ value: Tensor, isTrainable: Bool = true) {
        self.isTrainable = isTrainable
        stored = Parameter.leaf(value, isTrainable)
    }

    public var shape: Shape { value.shape }

    private func becomeLeaf() {
        if isTrainable != stored.requiresGradient || !stored.isLeaf {
            stored = Parameter.leaf(stored, isTrainable)
        }
    }

    private static func leaf(_ value: Tensor, _ isTrainable: Bool) -> Tensor {
        isTrainable ? value.detach().requiringGradient() : value.detach()
    }
}
