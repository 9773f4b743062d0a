extension Summary: CustomStringConvertible {
    /// A table with a line for each layer, and the totals.
    public var description: String {
        let hasFields = layers.contains { !$0.receptiveField.isEmpty }
        var rows = [["layer", "kind", "output", "parameters", "multiply-adds"]]
        if hasFields { rows[0] += ["field", "jump", "center"] }
        for layer in layers {
            var row = [
                layer.name, layer.kind, Summary.text(layer.output), Summary.text(layer.parameters),
                Summary.text(layer.multiplyAdds),
            ]
            if hasFields { row += Summary.columns(layer.receptiveField) }
            rows.append(row)
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
        let lines = rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let space = String(repeating: " ", count: widths[column] - cell.count)
                line += (column == 0 ? "" : "  ") + (column < 3 ? cell + space : space + cell)
            }
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
        return """
            \(model), \(inputs.count == 1 ? "input" : "inputs") \(inputs.map(Summary.text).joined(separator: ", "))
            \(lines.joined(separator: "\n"))
            total: \(Summary.text(parameters)) parameters, \(Summary.text(multiplyAdds)) multiply-adds
            """
    }

    private static func text(_ shape: [Int]) -> String { shape.map { "\($0)" }.joined(separator: "×") }

    /// With commas between thousands.
    package static func text(_ number: Int) -> String {
        var (digits, result) = (Array("\(number)"), "")
        while digits.count > 3 {
            result = "," + String(digits.suffix(3)) + result
            digits.removeLast(3)
        }
        return String(digits) + result
    }

    /// Size, jump and centre, each once where it is the same along every axis.
    private static func columns(_ fields: [ReceptiveField]) -> [String] {
        [
            joined(fields) { $0.isWhole ? "whole" : "\($0.size)" },
            joined(fields) { $0.jump.map(text) ?? "-" },
            joined(fields) { text($0.center) },
        ]
    }

    private static func joined(_ fields: [ReceptiveField], _ text: (ReceptiveField) -> String) -> String {
        let texts = fields.map(text)
        return Set(texts).count == 1 ? texts[0] : texts.joined(separator: "×")
    }

    private static func text(_ number: Double) -> String {
        let rounded = (number * 1000).rounded() / 1000
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
