import ApusFormats

/// Draws the records of a run after each evaluation: `curves.svg` in its folder, losses on the left, the rest on the right.
public final class LearningCurves: Callback {
    /// Draws nothing before the first evaluation.
    public init() {}

    /// Draws them anew.
    public func evaluated(_ record: MetricsRecord, isBest: Bool, of run: any TrainingRun) throws {
        guard let folder = run.folder else { return }
        try AtomicFile.write(LearningCurves.svg(run.records), to: "\(folder.path)/curves.svg")
    }

    /// The plots of the losses and of everything else that was measured; empty where there is nothing.
    static func plots(_ records: [MetricsRecord]) -> [LinePlot] {
        let names = records.names
        func plot(_ title: String, _ names: [String]) -> LinePlot? {
            if names.isEmpty { return nil }
            return LinePlot(
                title: title,
                series: names.map { name in
                    LinePlot.Series(
                        name: name, points: records.map { (Double($0.step), $0[name] ?? .nan) })
                })
        }
        let losses = names.filter { $0.hasSuffix("loss") }
        return [plot("Loss", losses), plot("Metrics", names.filter { !losses.contains($0) })].compactMap(
            \.self)
    }

    private static func svg(_ records: [MetricsRecord]) -> String {
        let plots = plots(records)
        let width = plots.reduce(0) { $0 + $1.width }
        let height = plots.map(\.height).max() ?? 0
        var x = 0.0
        var parts: [String] = []
        for plot in plots {
            parts.append("<g transform=\"translate(\(Int(x)) 0)\">\n\(plot.svg)\n</g>")
            x += plot.width
        }
        return
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(width)) \(Int(height))\" "
            + "width=\"\(Int(width))\" height=\"\(Int(height))\">\n"
            + parts.joined(separator: "\n") + "\n</svg>\n"
    }
}
