import Apus
import ApusModels
import Foundation

extension ComputedStudy {
    /// What a token costs a language model that writes, by how many there were before: the same for all whose state has a constant size.
    static let generation = ComputedStudy(
        name: "generation", about: "what each next token costs, by how many there were before"
    ) { report in
        let tokens = 8192
        var series: [LinePlot.Series] = []
        for mixer in SequenceMixer.allCases {
            let times = try tokenTimes(mixer, tokens)
            series.append(LinePlot.Series(name: mixer.rawValue, points: medians(times)))
            try report(
                String(
                    format: "%@: %.0f tokens a second", mixer.rawValue, Double(tokens) / times.reduce(0, +)))
        }
        let header = ["after"] + series.map(\.name)
        let rows = series[0].points.indices.map { index in
            [Progress.thousands(Int(series[0].points[index].x))]
                + series.map { String(format: "%.3f", $0.points[index].y) }
        }
        return Results(
            heading: "What does the next token cost?\n"
                + "Two blocks of 128 channels, one sequence: milliseconds a token, by how many there were before",
            table: MarkdownTable(header: header, rows: rows).description,
            svg: LinePlot(
                title: "milliseconds a token", series: series, axis: "tokens before", scale: .logarithmic
            ).svg)
    }

    /// Seconds of each token.
    private static func tokenTimes(_ mixer: SequenceMixer, _ count: Int) throws -> [Double] {
        let model = LanguageModel(
            .init(vocabulary: 256, channels: 128, layers: 2, mixer: mixer, context: count),
            using: RandomGenerator(seed: 0))
        model.evaluate()
        var stream = try model.generate([0], count: count, using: RandomGenerator(seed: 0))
        let clock = ContinuousClock()
        var times: [Double] = []
        while true {
            let start = clock.now
            guard try stream.next() != nil else { return times }
            times.append((clock.now - start) / .seconds(1))
        }
    }

    /// Milliseconds around 1, 2, 4, … tokens: medians of those from each power of two to the next.
    private static func medians(_ times: [Double]) -> [(x: Double, y: Double)] {
        var points: [(x: Double, y: Double)] = []
        var first = 1
        while first < times.count {
            let part = times[first..<min(2 * first, times.count)].sorted()
            points.append((Double(first), 1000 * part[part.count / 2]))
            first *= 2
        }
        return points
    }
}
