import ApusFormats

/// Samples that could not be had, and why.
public struct SampleError: Error, CustomStringConvertible {
    /// The number of the sample in its data set; of all samples of a batch that could not be put together.
    public let indices: [Int]
    /// What the sample is read from, where its data set says so.
    public let source: String?
    /// What was thrown.
    public let reason: any Error

    init(_ indices: [Int], _ source: String?, _ reason: any Error) {
        self.indices = indices
        self.source = source
        self.reason = reason
    }

    /// One line: the number, the file, and the reason.
    public var description: String {
        if indices.count == 1 {
            // Errors of files name them.
            let file = reason is FileError ? nil : source
            return "sample \(indices[0])" + (file.map { " (\($0))" } ?? "") + ": \(reason)"
        }
        let few = indices.prefix(4).map(String.init).joined(separator: ", ")
        return "samples \(few)\(indices.count > 4 ? ", …" : ""), together: \(reason)"
    }
}

/// What a loader does about a sample that cannot be had.
public enum FailurePolicy: Sendable, Hashable {
    /// The epoch ends with the sample's error, in the place of its batch.
    case stop
    /// The batch goes without the sample; `Epoch.skipped` tells.
    case skip
}
