import ApusData

/// The samples of a run: MNIST from a folder, the embedded digits, or synthesised notes.
public struct RunData: Sendable {
    public let train: LabelledSamples
    public let test: LabelledSamples

    /// - Parameters:
    ///   - folder: of the MNIST files; nil is what the program makes itself, always the same.
    ///   - source: what the recipe is trained on.
    public init(_ folder: String?, of source: DataSource = .digits) throws {
        train = try RunData.load(.train, folder, source)
        test = try RunData.load(.test, folder, source)
    }

    /// The test samples alone.
    public static func test(_ folder: String?, of source: DataSource = .digits) throws -> LabelledSamples {
        try load(.test, folder, source)
    }

    private static func load(_ split: DataSplit, _ folder: String?, _ source: DataSource) throws
        -> LabelledSamples
    {
        try source.check(folder)
        switch source {
        case .digits:
            return LabelledSamples(
                try folder.map { try MNIST.load(split, from: $0) } ?? SyntheticDigits().dataset(split))
        case .tones: return LabelledSamples(SyntheticTones().dataset(split))
        }
    }
}
