import ApusCore

/// Any data set with these samples, and what becomes of one that is mapped, split or joined to others.
public struct AnyDataset<Sample: Sendable, Failure: Error>: Dataset {
    /// How many samples there are.
    public let count: Int
    let make: @Sendable (Int) -> Result<Sample, Failure>
    let name: @Sendable (Int) -> String?
    /// What makes a batch at once, where something does.
    let whole: WholeBatches?

    /// The samples of `dataset`.
    public init<Source: Dataset>(_ dataset: Source)
    where Source.Sample == Sample, Source.Failure == Failure {
        self.init(
            count: dataset.count, whole: wholeBatches(of: dataset), name: { dataset.source(of: $0) },
            make: { index in
                do throws(Failure) { return .success(try dataset.sample(index)) } catch {
                    return .failure(error)
                }
            })
    }

    init(
        count: Int, whole: WholeBatches? = nil, name: @escaping @Sendable (Int) -> String? = { _ in nil },
        make: @escaping @Sendable (Int) -> Result<Sample, Failure>
    ) {
        self.count = count
        self.whole = whole
        self.name = name
        self.make = make
    }

    /// The sample with this number.
    public func sample(_ index: Int) throws(Failure) -> Sample { try make(index).get() }
    /// What the sample is read from.
    public func source(of index: Int) -> String? { name(index) }
}

extension AnyDataset where Failure == Never {
    /// Samples that are there already.
    public init(_ samples: [Sample]) {
        self.init(count: samples.count) { .success(samples[$0]) }
    }
}

/// Makes the batch of samples with these indices, of whatever type their batches have.
typealias WholeBatches = @Sendable (ArraySlice<Int>) -> any Sendable

/// What makes whole batches of this set; nil for sets that make samples one by one.
func wholeBatches(of dataset: some Dataset) -> WholeBatches? {
    if let erased = dataset as? any ErasedDataset { return erased.whole }
    func make(_ dataset: some BatchedDataset) -> WholeBatches { { dataset.batch($0) } }
    return (dataset as? any BatchedDataset).map { make($0) }
}

private protocol ErasedDataset { var whole: WholeBatches? { get } }
extension AnyDataset: ErasedDataset {}
