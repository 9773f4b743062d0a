/// Files of text in UTF-8.
package enum TextFile {
    /// The most bytes that are read unless a call says otherwise: 1 GiB.
    package static let defaultLimit = 1 << 30

    /// The whole text, without a byte order mark.
    package static func read(_ path: String, limit: Int) throws(FileError) -> String {
        let file = try InputFile(path)
        guard file.size <= limit else {
            throw FileError(path: path, .tooLarge, "expected at most \(limit) bytes, found \(file.size)")
        }
        var bytes = try file.readAll()[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileError(path: path, .damaged, "expected text in UTF-8, found bytes that are none")
        }
        return text
    }
}
