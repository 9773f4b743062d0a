import Foundation

/// Names with their values, drawn as SVG: small dots, the mean as a large one, and a line from the least to
/// the most.
struct DotPlot {
    /// One name.
    struct Row {
        let name: String
        /// None is an empty row.
        let values: [Double]
    }

    let title: String
    let rows: [Row]

    /// The `<svg>` element.
    var svg: String {
        // Letters are about 6.6 wide.
        let left = max(130, 6.6 * Double(rows.map(\.name.count).max() ?? 0) + 16)
        let (width, right, top) = (left + 430, 24.0, 44.0)
        let bottom = top + 24 * Double(rows.count)
        let ticks = LinePlot.Ticks(rows.flatMap(\.values).filter(\.isFinite))
        func x(_ value: Double) -> String {
            tenths(left + (value - ticks.low) / (ticks.high - ticks.low) * (width - left - right))
        }
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(tenths(width)) \(tenths(bottom + 32))\" "
                + "width=\"\(tenths(width))\" height=\"\(tenths(bottom + 32))\" font-family=\"sans-serif\" font-size=\"12\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
            "<text x=\"\(tenths(left))\" y=\"20\" font-size=\"14\" font-weight=\"bold\">\(escaped(title))</text>",
        ]
        for value in ticks.values {
            lines.append(
                "<path d=\"M\(x(value)) \(tenths(top - 8))V\(tenths(bottom))\" stroke=\"#ddd\"/>"
                    + "<text x=\"\(x(value))\" y=\"\(tenths(bottom + 18))\" text-anchor=\"middle\">\(ticks.label(value))</text>"
            )
        }
        for (index, row) in rows.enumerated() {
            let y = tenths(top + 24 * Double(index) + 8)
            lines.append(
                "<text x=\"\(tenths(left - 10))\" y=\"\(tenths(top + 24 * Double(index) + 12))\" text-anchor=\"end\">\(escaped(row.name))</text>"
            )
            let values = row.values.filter(\.isFinite)
            guard let least = values.min(), let most = values.max() else { continue }
            let mean = values.reduce(0, +) / Double(values.count)
            lines.append(
                "<path d=\"M\(x(least)) \(y)H\(x(most))\" stroke=\"\(LinePlot.colors[0])\" stroke-width=\"2\"/>"
            )
            for (value, radius) in values.map({ ($0, 2.5) }) + [(mean, 5)] {
                lines.append(
                    "<circle cx=\"\(x(value))\" cy=\"\(y)\" r=\"\(tenths(radius))\" fill=\"\(LinePlot.colors[0])\"/>"
                )
            }
        }
        return (lines + ["</svg>"]).joined(separator: "\n")
    }
}
