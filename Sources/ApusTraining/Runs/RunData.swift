import ApusData

/// The samples of a classifier's run: MNIST from a folder, the embedded digits, or synthesised notes.
public struct RunData: Sendable {
    /// What the model learns from.
    public let train: LabeledSamples
    /// What it is judged by after each epoch.
    public let test: LabeledSamples
    /// Tells the contents of a folder's files from others; nil for what the program makes itself.
    public let digest: String?
    /// The same as `train` where these are pictures.
    private let pictures: LabeledImages?

    /// - Parameters:
    ///   - folder: of the MNIST files; nil is what the program makes itself, always the same.
    ///   - source: what the recipe is trained on.
    public init(_ folder: String?, of source: DataSource = .digits) throws {
        try source.check(folder)
        if let folder {
            let sets = try (MNIST.load(.train, from: folder), MNIST.load(.test, from: folder))
            (train, test, pictures) = (LabeledSamples(sets.0), LabeledSamples(sets.1), sets.0)
            digest = "\(sets.0.digest)-\(sets.1.digest)"
        } else {
            pictures = source == .digits ? SyntheticDigits().dataset(.train) : nil
            train = pictures.map { LabeledSamples($0) } ?? RunData.made(.train, source)
            test = RunData.made(.test, source)
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

    /// What a run learns from, in another order in each epoch; of pictures that are augmented others in each.
    func batches(_ configuration: RunConfiguration) throws -> BatchSource<LabeledBatch> {
        let options = configuration.options
        guard let pictures,
            let augment = try configuration.augment(width: pictures.width, height: pictures.height)
        else {
            return BatchSource(DataLoader(train, batchSize: options.batchSize, seed: options.seed))
        }
        let (toTensor, shape) = (ToTensor(), pictures.sampleShape)
        let samples = pictures.pictures.map { sample in
            var random = SampleGenerator()
            let picture = augment.callAsFunction(sample.image, using: &random)
            return LabeledSample(input: toTensor(picture).reshape(shape), label: sample.label)
        }
        return BatchSource(DataLoader(samples, batchSize: options.batchSize, seed: options.seed))
    }

    /// What it is judged by.
    var testBatches: BatchSource<LabeledBatch> {
        BatchSource(DataLoader(test, batchSize: 1000, sampler: .sequential, prefetch: 1))
    }
}
