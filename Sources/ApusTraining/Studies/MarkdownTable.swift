/// Rows of text as a table in Markdown whose columns are aligned: the first to the left, numbers to the right.
struct MarkdownTable: CustomStringConvertible {
    let header: [String]
    let rows: [[String]]

    var description: String {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max()! }
        func line(_ row: [String]) -> String {
            let padded = row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + space : space + row[column]
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = widths.enumerated().map { index, width in
            String(repeating: "-", count: index == 0 ? width : width - 1) + (index == 0 ? "" : ":")
        }
        return ([line(header), "| " + rule.joined(separator: " | ") + " |"] + rows.map(line))
            .joined(separator: "\n")
    }
}
