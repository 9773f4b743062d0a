/// A question that is answered by computing, without data and without runs to go on with: what `apus study NAME` does at once.
package struct ComputedStudy: Sendable {
    /// What was found: a table and a plot.
    package struct Results: Sendable {
        /// The question, and how it was asked.
        package let heading: String
        /// In Markdown.
        package let table: String
        package let svg: String
        /// Further pictures, by the names of their files.
        package var more: [String: String] = [:]

        /// A file with the heading and the table.
        package var markdown: String {
            let lines = heading.split(separator: "\n", maxSplits: 1)
            return "# \(lines[0])\n\n\(lines.count > 1 ? "\(lines[1])\n\n" : "")\(table)\n"
        }
    }

    /// What `apus study` takes.
    package let name: String
    /// The question, in one line.
    package let about: String
    /// Computes the answer; what it takes is told a line as it goes.
    package let results: @Sendable (_ report: (String) throws -> Void) throws -> Results

    /// The studies of this kind; a new one is a line here.
    package static let all = [memory, sequences, attention, generation, scalingOut]
}
