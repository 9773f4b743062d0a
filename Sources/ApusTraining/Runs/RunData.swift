import ApusData

/// The samples of a classifier's run: MNIST from a folder, the embedded digits, or synthesised notes.
public struct RunData: Sendable {
    /// What the model learns from.
    public let train: LabeledSamples
    /// What it is judged by after each epoch.
    public let test: LabeledSamples
    /// Tells the contents of a folder's files from others; nil for what the program makes itself.
    public let digest: String?

    /// - Parameters:
    ///   - folder: of the MNIST files; nil is what the program makes itself, always the same.
    ///   - source: what the recipe is trained on.
    public init(_ folder: String?, of source: DataSource = .digits) throws {
        try source.check(folder)
        if let folder {
            let sets = try (MNIST.load(.train, from: folder), MNIST.load(.test, from: folder))
            (train, test) = (LabeledSamples(sets.0), LabeledSamples(sets.1))
            digest = "\(sets.0.digest)-\(sets.1.digest)"
        } else {
            (train, test) = (RunData.made(.train, source), RunData.made(.test, source))
            digest = nil
        }
    }

    /// The test samples alone.
    public static func test(_ folder: String?, of source: DataSource = .digits) throws -> LabeledSamples {
        try source.check(folder)
        return try folder.map { LabeledSamples(try MNIST.load(.test, from: $0)) } ?? made(.test, source)
    }

    private static func made(_ split: DataSplit, _ source: DataSource) -> LabeledSamples {
        source == .tones
            ? LabeledSamples(SyntheticTones().dataset(split))
            : LabeledSamples(SyntheticDigits().dataset(split))
    }

    /// What a run learns from, in another order in each epoch.
    func batches(_ options: TrainingOptions) -> BatchSource<LabeledBatch> {
        BatchSource(DataLoader(train, batchSize: options.batchSize, seed: options.seed))
    }

    /// What it is judged by.
    var testBatches: BatchSource<LabeledBatch> {
        BatchSource(DataLoader(test, batchSize: 1000, sampler: .sequential, prefetch: 1))
    }
}
