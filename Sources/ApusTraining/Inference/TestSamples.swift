import ApusData

/// What a trained classifier is judged by: samples whose classes are known.
public struct TestSamples {
    /// What the set is called in reports, such as `mnist`.
    public let name: String
    /// How many samples there are.
    public let count: Int
    /// The names of the classes; nil where they have numbers alone.
    public let classNames: [String]?
    /// All of them once, in order.
    let batches: BatchSource<LabeledBatch>

    init(name: String, count: Int, classNames: [String]?, batches: BatchSource<LabeledBatch>) {
        self.name = name
        self.count = count
        self.classNames = classNames
        self.batches = batches
    }

    /// Those of a set in memory.
    init(_ samples: LabeledSamples) {
        self.init(
            name: samples.name, count: samples.count, classNames: nil,
            batches: BatchSource(
                DataLoader(samples, batchSize: 500, sampler: .sequential, prefetch: 1)))
    }
}
