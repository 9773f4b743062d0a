import SwiftCSV

/// Tables as text: fields between commas or another character, rows in lines, quotes where a field holds either.
///
/// Format: RFC 4180, in UTF-8, with lines that end in any of the three ways. White space before a field is not part of it;
/// empty lines are passed over.
public enum CSV {
    /// The most bytes that are read unless a call says otherwise: 1 GiB.
    public static let defaultLimit = 1 << 30

    /// Reads a table whose rows all have as many fields.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - delimiter: what stands between fields; `"\t"` for TSV files.
    ///   - hasHeader: whether the first row has the columns' names; without, they are `0`, `1` and so on.
    ///   - limit: the most bytes to read.
    /// - Throws: `FileError`, which names the row; the first row of the file is 1.
    public static func read(
        _ path: String, delimiter: Character = ",", hasHeader: Bool = true, limit: Int = defaultLimit
    ) throws(FileError) -> CSVTable {
        // At the end of a text without a last line end, SwiftCSV would drop a field that is empty.
        let text = try TextFile.read(path, limit: limit) + "\n"
        var names: [String]?
        var rows: [[String]] = []
        var numbers: [Int] = []
        var count = 0
        var wrong: Fault?
        do {
            // Rows as they are: what SwiftCSV's own tables hold has been filled up to equal lengths.
            let parser = try EnumeratedCSV(
                string: text, delimiter: CSVDelimiter(unicodeScalarLiteral: delimiter), loadColumns: false,
                rowLimit: 0)
            try parser.enumerateAsArray(startAt: 0, rowLimit: nil) { fields in
                count += 1
                if wrong != nil || fields == [""] { return }
                guard let columns = names else {
                    names = hasHeader ? fields : fields.indices.map { "\($0)" }
                    if !hasHeader {
                        rows.append(fields)
                        numbers.append(count)
                    }
                    return
                }
                if fields.count != columns.count {
                    wrong = .damaged(
                        "expected \(columns.count) fields in row \(count), found \(fields.count)")
                }
                rows.append(fields)
                numbers.append(count)
            }
        } catch {
            throw FileError(
                path: path, .damaged,
                "expected quotes around whole fields and doubled within them, found others in row \(count + 1)"
            )
        }
        if let wrong { throw FileError(path: path, wrong) }
        // SwiftCSV takes a field whose quote is never closed for one that ends with the file.
        guard text.count(where: { $0 == "\"" }) % 2 == 0 else {
            throw FileError(
                path: path, .damaged,
                "expected the closing quote of a field, found the end of the file; its last row is \(count + 1)"
            )
        }
        guard let names else {
            throw FileError(path: path, .damaged, "expected a row at least, found none")
        }
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            throw FileError(
                path: path, .damaged,
                "expected columns of different names, found two called '\(oneLine(name))'")
        }
        return CSVTable(path: path, columns: names, rows: rows, rowNumbers: numbers)
    }
}

/// Text as it can stand in a message.
func oneLine(_ text: String) -> String {
    let short = text.prefix(40)
    return short.unicodeScalars.map { scalar in
        scalar.properties.generalCategory == .control || scalar.value == 0x2028 || scalar.value == 0x2029
            ? scalar.escaped(asASCII: true) : String(scalar)
    }.joined() + (short.endIndex < text.endIndex ? "…" : "")
}
