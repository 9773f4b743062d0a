/// A set of samples that batches can be made of.
///
/// `batch` runs on the loader's background thread, which must not compete with the kernels for their
/// threads: it should copy and decode, and leave tensor operations to the consumer.
public protocol Dataset: Sendable {
    /// Several samples together, in the form that training takes.
    associatedtype Batch: Sendable
    /// What making a batch can throw; `Never` for sets in memory, whose epochs are then plain sequences.
    associatedtype Failure: Error

    /// How many samples there are.
    var count: Int { get }

    /// The samples at these indices, in this order.
    func batch(_ indices: ArraySlice<Int>) throws(Failure) -> Batch
}
