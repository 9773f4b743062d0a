import ApusData

/// The images of a run: MNIST from a folder, or the embedded digits.
public struct RunData: Sendable {
    public let train: LabelledImages
    public let test: LabelledImages

    /// - Parameter folder: of the MNIST files; nil is the embedded digits, always the same ones.
    public init(_ folder: String?) throws {
        if let folder {
            train = try MNIST.load(.train, from: folder)
            test = try MNIST.load(.test, from: folder)
        } else {
            let digits = SyntheticDigits()
            train = digits.dataset(.train)
            test = digits.dataset(.test)
        }
    }

    /// The test images alone.
    public static func test(_ folder: String?) throws -> LabelledImages {
        try folder.map { try MNIST.load(.test, from: $0) } ?? SyntheticDigits().dataset(.test)
    }
}
