import ApusModels
import ApusTraining
import Foundation

/// Names and what they stand for, for help texts.
enum Listing {
    static let recipes = table(Recipe.all.map { ($0.name, $0.summary) })
    static let models =
        table(NamedModel.small.map { ($0.name, "\($0.about); takes \($0.takes)") })
        + "\n\nThose for pictures, such as resnet50 and hornet_tiny_7x7, are listed by `apus models`."

    static let kinds = table(Catalog.all.map { ($0.kind, $0.about) })

    /// Names in a column, and beside each what it stands for.
    static func table(_ rows: [(name: String, text: String)]) -> String {
        let width = rows.map(\.name.count).max() ?? 0
        let indent = String(repeating: " ", count: width + 4)
        return rows.map { name, text in
            let space = String(repeating: " ", count: width - name.count + 2)
            return "  " + name + space + wrapped(text, columns: 79 - indent.count, indent: indent)
        }
        .joined(separator: "\n")
    }

    /// The parser breaks lines, too, but begins the next at the left.
    private static func wrapped(_ text: String, columns: Int, indent: String) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= columns {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n" + indent)
    }
}
