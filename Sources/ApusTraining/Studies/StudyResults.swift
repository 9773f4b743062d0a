import Foundation

/// What became of a study's runs so far, as a table and a plot.
package struct StudyResults: Sendable, CustomStringConvertible {
    /// What became of one of the models.
    struct Row: Sendable {
        let name: String
        let curves: [String]
        /// For one sample.
        let multiplyAdds: Int
        let parameters: Int
        /// On the test samples after the last epoch, one for each finished run.
        let accuracies: [Double]
        /// Of each epoch of these runs.
        let seconds: [Double]

        /// nil before the first run is finished.
        var mean: Double? { StudyResults.mean(accuracies) }

        /// The standard deviation of the runs (n − 1); nil for fewer than two.
        var deviation: Double? {
            guard let mean, accuracies.count > 1 else { return nil }
            let squares = accuracies.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
            return (squares / Double(accuracies.count - 1)).squareRoot()
        }
    }

    let about: String
    let data: String
    let epochs: Int
    let rows: [Row]

    /// The table in Markdown, aligned.
    package var description: String {
        let header = ["", "accuracy", "multiply-adds", "parameters", "seconds an epoch"]
        let cells = rows.map { row in
            [
                row.name, accuracy(row), Progress.thousands(row.multiplyAdds),
                Progress.thousands(row.parameters),
                StudyResults.mean(row.seconds).map { String(format: "%.1f", $0) } ?? "-",
            ]
        }
        return MarkdownTable(header: header, rows: cells).description
    }

    /// What is said above the table: the question, and how it was asked.
    package var heading: String {
        let runs = rows.map(\.accuracies.count)
        let (least, most) = (runs.min() ?? 0, runs.max() ?? 0)
        let seeds = least == most ? counted(most, "seed") : "\(least) to \(counted(most, "seed"))"
        let spread = most > 1 ? ", ± the standard deviation" : ""
        return
            "\(about)\n\(data), \(counted(epochs, "epoch")), \(seeds) each: test accuracy after the last\(spread)"
    }

    private func counted(_ count: Int, _ what: String) -> String {
        "\(count) \(what)\(count == 1 ? "" : "s")"
    }

    /// A file with the heading and the table.
    package var markdown: String {
        let lines = heading.split(separator: "\n")
        return "# \(lines[0])\n\n\(lines[1])\n\n\(description)\n"
    }

    private func accuracy(_ row: Row) -> String {
        guard let mean = row.mean else { return "-" }
        return String(format: "%.4f", mean) + (row.deviation.map { String(format: " ± %.4f", $0) } ?? "")
    }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// Accuracy over multiply-adds where models lie on curves, else a row for each model.
    package var svg: String {
        var names: [String] = []
        for name in rows.flatMap(\.curves) where !names.contains(name) { names.append(name) }
        if names.isEmpty {
            return DotPlot(
                title: "test accuracy", rows: rows.map { DotPlot.Row(name: $0.name, values: $0.accuracies) }
            ).svg
        }
        return LinePlot(
            title: "test accuracy",
            series: names.map { name in
                LinePlot.Series(
                    name: name,
                    points: rows.filter { $0.curves.contains(name) }.map {
                        (Double($0.multiplyAdds) / 1e6, $0.mean ?? .nan)
                    })
            }, axis: "million multiply-adds"
        ).svg
    }
}
