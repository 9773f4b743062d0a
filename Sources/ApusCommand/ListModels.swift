import ApusModels
import ArgumentParser
import Foundation

struct ListModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the models: parameters, cost, receptive field, source.",
        discussion: """
            Multiply-adds (mult-adds) are those of convolutions and matrix products for one image of the size that the \
            model was made for. The receptive field is how many positions of an input's axis a position of the last \
            feature map sees; "all" where some layer looks at the whole image.

            Examples:
              apus models
              apus models --json
            """)

    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            let rows = NamedModel.all.map { model in
                Row(
                    name: model.name, about: model.about, input: model.input,
                    parameters: model.facts.parameters,
                    multiplyAdds: model.facts.multiplyAdds, receptiveField: model.facts.receptiveField,
                    source: model.source)
            }
            return try writeLine(String(decoding: try encoder.encode(rows), as: UTF8.self))
        }
        let header = ["model", "input", "params", "mult-adds", "field", "source (arXiv)"]
        let rows =
            [header]
            + NamedModel.all.map { model in
                [
                    model.name, Self.extents(model.input),
                    Self.short(Double(model.facts.parameters)),
                    Self.short(Double(model.facts.multiplyAdds)),
                    model.facts.receptiveField.map { "\($0)" } ?? "all",
                    model.source?.replacing(" arXiv ", with: " ") ?? "Apus",
                ]
            }
        let widths = header.indices.map { column in rows.map { $0[column].count }.max()! }
        for row in rows {
            let cells = zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return (2...4).contains(column) ? space + cell.0 : cell.0 + space
            }
            try writeLine(cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces))
        }
    }

    /// Without the batch.
    private static func extents(_ input: [Int]) -> String {
        (input.count > 1 ? input.dropFirst() : input[...]).map { "\($0)" }.joined(separator: "×")
    }

    /// Three digits and k, M or G.
    private static func short(_ number: Double) -> String {
        let units = ["", " k", " M", " G"]
        var (value, unit) = (number, 0)
        while value >= 999.5, unit < 3 { (value, unit) = (value / 1000, unit + 1) }
        if unit == 0 { return "\(Int(value))" }
        return String(format: value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value) + units[unit]
    }
}

private struct Row: Encodable {
    let name: String
    let about: String
    let input: [Int]
    let parameters: Int
    let multiplyAdds: Int
    let receptiveField: Int?
    let source: String?
}
