import Apus

/// A tensor that belongs to a module's state but is not trained, such as running statistics.
///
/// It is a reference, like `Parameter`, and is saved and loaded under its name like one.
public final class Buffer {
    /// The current values, without history.
    public var value: Tensor {
        didSet { if value.requiresGradient { value = value.detach() } }
    }

    /// The name in state dictionaries, where it is not the property's.
    public let name: String?

    /// - Parameters:
    ///   - value: what it holds at first, without history.
    ///   - name: in state dictionaries; nil is that of the property.
    public init(_ value: Tensor, name: String? = nil) {
        self.value = value.detach()
        self.name = name
    }

    /// That of the current values.
    public var shape: Shape { value.shape }
}
