import ApusFormats

/// The lines of a text file, without their ends.
public struct TextLines: BatchedDataset {
    /// The lines.
    public let lines: [String]

    /// Reads a file in UTF-8. The end of the last line is none of a further one.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - limit: the most bytes to read; 1 GiB if nil.
    public init(_ path: String, limit: Int? = nil) throws(FileError) {
        let text = try TextFile.read(path, limit: limit ?? TextFile.defaultLimit)
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        if lines.last == "" { lines.removeLast() }
        self.lines = lines.map(String.init)
    }

    /// How many lines there are.
    public var count: Int { lines.count }
    /// A line.
    public func sample(_ index: Int) -> String { lines[index] }
    /// Several lines.
    public func batch(_ indices: ArraySlice<Int>) -> [String] { indices.map { lines[$0] } }
}
