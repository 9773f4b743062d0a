import Foundation

/// Curves over steps, drawn as SVG: what `curves.svg` and reports show.
struct LinePlot {
    /// One curve.
    struct Series {
        let name: String
        /// What is not finite is a gap.
        let points: [(x: Double, y: Double)]
    }

    let title: String
    let series: [Series]
    /// What is said below the horizontal axis.
    var axis = "step"
    var width = 560.0
    var height = 340.0
    var scale = Scale.linear

    /// Which axes have equal ratios in equal lengths; all their numbers are positive.
    enum Scale {
        case linear
        /// The horizontal one.
        case logarithmicAxis
        /// Both.
        case logarithmic
    }

    /// Colours that people with any color vision tell apart (Okabe & Ito 2008).
    static let colors = [
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000",
    ]

    /// The `<svg>` element.
    var svg: String {
        let all = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
        let (left, right, top, bottom) = (64.0, 16.0, 34.0, 44.0 + 18 * Double((series.count + 2) / 3))
        let xs = Ticks(all.map(\.x), isLogarithmic: scale != .linear)
        let ys = Ticks(all.map(\.y), isLogarithmic: scale == .logarithmic)
        func x(_ value: Double) -> Double { left + xs.share(value) * (width - left - right) }
        func y(_ value: Double) -> Double { height - bottom - ys.share(value) * (height - top - bottom) }
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(tenths(width)) \(tenths(height))\" "
                + "width=\"\(tenths(width))\" height=\"\(tenths(height))\" font-family=\"sans-serif\" font-size=\"12\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
            "<text x=\"\(tenths(left))\" y=\"20\" font-size=\"14\" font-weight=\"bold\">\(escaped(title))</text>",
        ]
        for value in ys.values {
            lines.append(
                "<path d=\"M\(tenths(left)) \(tenths(y(value)))H\(tenths(width - right))\" stroke=\"#ddd\"/>"
                    + "<text x=\"\(tenths(left - 6))\" y=\"\(tenths(y(value) + 4))\" text-anchor=\"end\">\(ys.label(value))</text>"
            )
        }
        for value in xs.values {
            lines.append(
                "<text x=\"\(tenths(x(value)))\" y=\"\(tenths(height - bottom + 18))\" text-anchor=\"middle\">\(xs.label(value))</text>"
            )
        }
        lines.append(
            "<text x=\"\(tenths((left + width - right) / 2))\" y=\"\(tenths(height - bottom + 34))\" text-anchor=\"middle\">\(escaped(axis))</text>"
        )
        for (index, curve) in series.enumerated() {
            let color = LinePlot.colors[index % LinePlot.colors.count]
            let dashes = index < LinePlot.colors.count ? "" : " stroke-dasharray=\"5 3\""
            for part in curve.points.split(whereSeparator: { !$0.x.isFinite || !$0.y.isFinite }) {
                let path = part.map { "\(tenths(x($0.x))) \(tenths(y($0.y)))" }.joined(separator: "L")
                lines.append(
                    "<path d=\"M\(path)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.8\"\(dashes)/>")
                if part.count == 1 {
                    let point = part.first!
                    lines.append(
                        "<circle cx=\"\(tenths(x(point.x)))\" cy=\"\(tenths(y(point.y)))\" r=\"3\" fill=\"\(color)\"/>"
                    )
                }
            }
            let (column, row) = (Double(index % 3), Double(index / 3))
            let (a, b) = (left + column * 165, height - bottom + 50 + row * 18)
            lines.append(
                "<path d=\"M\(tenths(a)) \(tenths(b - 4))h18\" stroke=\"\(color)\" stroke-width=\"3\"\(dashes)/>"
                    + "<text x=\"\(tenths(a + 24))\" y=\"\(tenths(b))\">\(escaped(curve.name))</text>")
        }
        return (lines + ["</svg>"]).joined(separator: "\n")
    }

    /// Round numbers over a range of values.
    struct Ticks {
        let low: Double
        let high: Double
        let values: [Double]
        private let step: Double
        private let isLogarithmic: Bool

        init(_ numbers: [Double], isLogarithmic: Bool = false) {
            self.isLogarithmic = isLogarithmic
            if isLogarithmic {
                let least = numbers.min() ?? 1
                let most = max(numbers.max() ?? 1, least * 1.1)
                (low, high, step) = (least, most, 0)
                let powers = Int(log10(least).rounded(.down))...Int(log10(most).rounded(.up))
                let factors = most / least < 1000 ? [1.0, 2, 5] : [1]
                values = powers.flatMap { power in factors.map { $0 * pow(10, Double(power)) } }
                    .filter { (least * 0.999...most * 1.001).contains($0) }
                return
            }
            var (low, high) = (numbers.min() ?? 0, numbers.max() ?? 1)
            if !(high - low > abs(high) * 1e-9) {
                let margin = max(abs(high) * 0.1, 1e-3)
                (low, high) = (low - margin, high + margin)
            }
            let rough = (high - low) / 5
            let power = pow(10, log10(rough).rounded(.down))
            let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
            self.step = step
            self.low = (low / step).rounded(.down) * step
            self.high = (high / step).rounded(.up) * step
            values = Array(stride(from: self.low, through: self.high + step / 2, by: step))
        }

        /// Where a value is between the ends, 0 to 1.
        func share(_ value: Double) -> Double {
            isLogarithmic ? log(value / low) / log(high / low) : (value - low) / (high - low)
        }

        func label(_ value: Double) -> String {
            if isLogarithmic { return String(format: "%g", value) }
            let magnitude = max(abs(low), abs(high))
            if magnitude >= 1e6 || magnitude < 1e-3 { return String(format: "%.2g", value) }
            let decimals = max(0, -Int(log10(step).rounded(.down)))
            return String(format: "%.\(decimals)f", value)
        }
    }
}

/// A length in a picture, in tenths of its unit.
func tenths(_ value: Double) -> String { String(format: "%g", (value * 10).rounded() / 10) }

/// Text as HTML and SVG have it.
func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        .replacing("\"", with: "&quot;")
}
