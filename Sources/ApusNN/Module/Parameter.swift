import Apus

/// A tensor that training changes: a leaf of every graph it takes part in.
///
/// It is a reference, so that a layer, its optimizer and a tied layer share it.
public final class Parameter {
    /// The current values. Whatever is assigned becomes a leaf; change it in place under
    /// `withoutGradient` to keep the collected gradient.
    public var value: Tensor {
        didSet {
            if isTrainable != value.requiresGradient || !value.isLeaf {
                value = Parameter.leaf(value, isTrainable)
            }
        }
    }

    /// Whether gradients are computed; false freezes the parameter.
    public var isTrainable: Bool {
        didSet { value = Parameter.leaf(value, isTrainable) }
    }

    /// The gradient collected by `backward`; nil before.
    public var grad: Tensor? {
        get { value.grad }
        set { if value.requiresGradient { value.grad = newValue } }
    }

    public init(_ value: Tensor, isTrainable: Bool = true) {
        self.isTrainable = isTrainable
        self.value = Parameter.leaf(value, isTrainable)
    }

    public var shape: Shape { value.shape }

    private static func leaf(_ value: Tensor, _ isTrainable: Bool) -> Tensor {
        isTrainable ? value.detach().requiringGradient() : value.detach()
    }
}
