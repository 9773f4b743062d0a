import Apus

/// Several samples together, as training takes them.
public protocol Batch: Sendable {
    /// How many samples there are.
    var sampleCount: Int { get }
}

extension Tensor: Batch {
    /// The extent of axis 0; a tensor without axes is one sample.
    public var sampleCount: Int { shape.first ?? 1 }
}

extension Dictionary: Batch where Key == String, Value: Batch {
    /// That of the values, which all have the same.
    public var sampleCount: Int { values.first?.sampleCount ?? 0 }
}
