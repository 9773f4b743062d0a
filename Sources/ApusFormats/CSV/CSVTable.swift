/// The contents of a CSV file: named columns of text, which are read as numbers or as categories.
public struct CSVTable: Sendable {
    /// That of the file.
    public let path: String
    /// The names of the columns, all different.
    public let columns: [String]
    /// The fields of each row, as many as there are columns.
    public let rows: [[String]]
    /// The number of each row in the file, whose first is 1.
    let rowNumbers: [Int]

    /// The fields of a column as they are.
    ///
    /// - Throws: `FileError`, where there is no such column; it lists those there are.
    public func strings(_ column: String) throws(FileError) -> [String] {
        let index = try index(of: column)
        return rows.map { $0[index] }
    }

    /// The fields of a column as numbers.
    ///
    /// - Throws: `FileError` for a field that is none, with its row and column.
    public func numbers(_ column: String) throws(FileError) -> [Double] {
        let index = try index(of: column)
        var result: [Double] = []
        result.reserveCapacity(rows.count)
        for (row, fields) in rows.enumerated() {
            guard let number = Double(fields[index].trimmingSpaces) else {
                throw unexpected("a number", row: row, column)
            }
            result.append(number)
        }
        return result
    }

    /// The fields of a column as the numbers of their categories.
    ///
    /// - Parameters:
    ///   - column: the name of the column.
    ///   - known: the categories, such as those of a training set; if nil, all that occur, sorted.
    /// - Returns: for each row an index into `categories`.
    /// - Throws: `FileError` for a category that is not `known`, with its row and column.
    public func categories(
        _ column: String, known: [String]? = nil
    ) throws(FileError) -> (numbers: [Int], categories: [String]) {
        let fields = try strings(column)
        let categories = known ?? Set(fields).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let places = Dictionary(zip(categories, categories.indices)) { first, _ in first }
        var numbers: [Int] = []
        numbers.reserveCapacity(fields.count)
        for (row, field) in fields.enumerated() {
            guard let place = places[field] else {
                let few = categories.prefix(8).map(oneLine).joined(separator: ", ")
                throw unexpected("one of \(few)\(categories.count > 8 ? ", …" : "")", row: row, column)
            }
            numbers.append(place)
        }
        return (numbers, categories)
    }

    private func index(of column: String) throws(FileError) -> Int {
        if let index = columns.firstIndex(of: column) { return index }
        throw FileError(
            path: path, .unexpected,
            "expected a column '\(oneLine(column))', found \(columns.map(oneLine).joined(separator: ", "))")
    }

    private func unexpected(_ what: String, row: Int, _ column: String) -> FileError {
        let field = rows[row][columns.firstIndex(of: column)!]
        return FileError(
            path: path, .unexpected,
            "expected \(what) in row \(rowNumbers[row]), column '\(oneLine(column))', found '\(oneLine(field))'"
        )
    }
}

extension String {
    fileprivate var trimmingSpaces: Substring {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
