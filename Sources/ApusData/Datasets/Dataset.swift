/// A set of samples of any kind: how many there are, and each by its number.
///
/// ```swift
/// struct Sums: Dataset {
///     let count = 1000
///     func sample(_ index: Int) -> Example<Tensor, Float> {
///         let x = Tensor([Float(index), 1])
///         return Example(input: x, target: x.sum().item())
///     }
/// }
/// ```
///
/// Samples are made by the loader's threads, several at once where it has several. They should read and decode, and leave
/// work on tensors to the consumer: it would compete with the kernels for their threads. What is random draws from a
/// `SampleGenerator`, or from `RandomGenerator.default`, which are others for each sample of each epoch.
public protocol Dataset<Sample>: Sendable {
    /// What there is one of for each number: an image and its class, a row of a table, a line of text.
    associatedtype Sample: Sendable
    /// What making a sample can throw; `Never` for sets in memory, whose epochs are then plain sequences.
    associatedtype Failure: Error

    /// How many samples there are.
    var count: Int { get }

    /// The sample with this number.
    ///
    /// - Parameter index: from 0 to `count` − 1.
    func sample(_ index: Int) throws(Failure) -> Sample

    /// What the sample is read from, such as its file, for errors to name; nil where there is no such thing.
    func source(of index: Int) -> String?
}

extension Dataset {
    /// nil.
    public func source(of index: Int) -> String? { nil }
}

/// A data set in memory that makes a whole batch faster than sample by sample.
public protocol BatchedDataset<Sample>: Dataset where Failure == Never, Sample: Collatable {
    /// What the samples at these indices, in this order, are together.
    func batch(_ indices: ArraySlice<Int>) -> Sample.Batch
}
