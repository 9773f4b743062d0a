/// A file that no mirror gave.
package struct FetchError: Error, CustomStringConvertible {
    package let file: String
    /// What each mirror said, in the order in which they were tried.
    package let failures: [(url: String, reason: String)]

    package var description: String {
        "\(file) cannot be fetched: "
            + failures.map { "\($0.url): \($0.reason)" }.joined(separator: "; ")
    }
}
