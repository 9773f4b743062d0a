import Apus
import ApusData
import ApusFormats
import Foundation

/// A run as one page of HTML that needs nothing else: its settings, curves, measurements; of a classifier the confusion matrix
/// and what it says of some samples; of other runs the pictures in the folder.
package struct RunReport {
    /// The page.
    package let html: String

    /// - Parameter folder: a run's.
    /// - Throws: `TrainingError` or `FileError` where the run's files, or its data, cannot be read.
    package init(_ folder: RunFolder) throws {
        guard folder.holdsRun else {
            throw TrainingError.badConfiguration(
                file: folder.configuration, reason: "there is no run in this folder")
        }
        let summary = try RunSummary(folder)
        var parts = ["<h1>\(escaped(summary.subject))</h1>", RunReport.overview(summary)]
        parts += LearningCurves.plots(summary.records).map { "<figure>\($0.svg)</figure>" }
        parts.append(RunReport.measurements(summary))
        if let name = try? RunConfiguration.read(folder.configuration).recipe,
            try Recipe.named(name).isClassifier,
            FileManager.default.fileExists(atPath: folder.best)
        {
            parts += try RunReport.classifier(folder)
        }
        parts += try RunReport.pictures(folder)
        parts.append(try RunReport.settings(folder))
        html = RunReport.page(summary.subject, parts.joined(separator: "\n"))
    }

    private static func page(_ title: String, _ body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width"><title>\(escaped(title))</title>
        <style>
        body { font-family: sans-serif; max-width: 1160px; margin: 2em auto; padding: 0 1em; color: #222; }
        .wide { overflow-x: auto; margin: 1em 0; } table { border-collapse: collapse; } td, th { padding: 0.25em 0.7em; text-align: right; }
        th { font-weight: 600; } td:first-child, th:first-child { text-align: left; } tr.best { background: #e8f4ea; }
        table.lines tr { border-bottom: 1px solid #ddd; } table.settings td { text-align: left; }
        figure { display: inline-block; margin: 0 0 1em 0; max-width: 100%; } svg { max-width: 100%; height: auto; }
        .samples { display: flex; flex-wrap: wrap; gap: 12px; } .samples figure { text-align: center; font-size: 13px; }
        .samples img { image-rendering: pixelated; width: 84px; display: block; border: 3px solid #009E73; }
        .samples img.wrong { border-color: #D55E00; } .pictures img { image-rendering: pixelated; max-width: min(520px, 100%); }
        </style></head><body>
        \(body)
        </body></html>

        """
    }

    /// A table that is scrolled where the window is narrower.
    private static func table(_ rows: String, _ kind: String) -> String {
        "<div class=\"wide\"><table class=\"\(kind)\">\(rows)</table></div>"
    }

    private static func overview(_ run: RunSummary) -> String {
        var facts = ["\(run.state) after \(run.records.last?.epoch ?? 0) of \(run.options.epochs) epochs"]
        if let best = run.best {
            facts.append("best \(best.name) \(shortNumber(best.value)) at step \(best.step)")
        }
        facts.append("\(clock(run.seconds)) of training")
        return "<p>\(escaped(run.path)): \(escaped(facts.joined(separator: "; ")))</p>"
    }

    private static func measurements(_ run: RunSummary) -> String {
        let names = run.records.names
        let head = (["epoch", "step"] + names + ["seconds"]).map { "<th>\(escaped($0))</th>" }.joined()
        let rows = run.records.map { record in
            let cells =
                ["\(record.epoch)", "\(record.step)"] + names.map { record[$0].map(shortNumber) ?? "" }
                + [String(format: "%.1f", record.seconds)]
            let style = record.step == run.best?.step ? " class=\"best\"" : ""
            return "<tr\(style)>" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
        }
        return "<h2>Measurements</h2>" + table("<tr>\(head)</tr>\(rows.joined())", "lines")
    }

    private static func settings(_ folder: RunFolder) throws -> String {
        let values = RunConfiguration.flat(
            try RunConfiguration.decode(
                [String: Setting].self, folder.configuration, "is not the configuration of a run"))
        let rows = values.keys.sorted().map {
            "<tr><td>\(escaped($0))</td><td>\(escaped("\(values[$0]!)"))</td></tr>"
        }
        return "<h2>Settings</h2>" + table(rows.joined(), "lines settings")
    }

    // MARK: Classifiers

    /// A larger matrix nobody reads.
    private static let mostClasses = 50

    private static func classifier(_ folder: RunFolder) throws -> [String] {
        let trained = try TrainedRun(folder)
        let samples = try trained.testSamples()
        let next = samples.batches.epoch(0, from: 0)
        var matrix = ConfusionMatrix()
        var shown: [(picture: String, text: String, isRight: Bool)] = []
        try withInferenceMode {
            while let (batch, _) = try next() {
                let logits = trained.model(batch.inputs)
                matrix.update(
                    BatchResult(loss: Tensor(0), predictions: logits, targets: batch.labels),
                    samples: batch.sampleCount)
                shown += examples(
                    batch, logits.softmax(axis: 1), wrong: 12 - shown.count { !$0.isRight },
                    right: 12 - shown.count(where: \.isRight))
            }
        }
        var parts = matrix.counts.count > mostClasses ? [] : [table(matrix, samples)]
        if !shown.isEmpty {
            let figures = shown.sorted { !$0.isRight && $1.isRight }.map {
                "<figure><img\($0.isRight ? "" : " class=\"wrong\"") src=\"\($0.picture)\" alt=\"\">\(escaped($0.text))</figure>"
            }
            parts.append("<h2>Samples</h2><div class=\"samples\">\(figures.joined())</div>")
        }
        return parts
    }

    /// The matrix, each row's shares as shades.
    private static func table(_ matrix: ConfusionMatrix, _ samples: TestSamples) -> String {
        let names = samples.classNames ?? matrix.counts.indices.map { "\($0)" }
        let head = names.map { "<th>\(escaped($0))</th>" }.joined()
        let rows = matrix.counts.enumerated().map { right, row in
            let total = max(row.reduce(0, +), 1)
            let cells = row.enumerated().map { said, count in
                let share = Double(count) / Double(total)
                let color = right == said ? "0, 158, 115" : "213, 94, 0"
                let shade = String(format: "%.2f", count == 0 ? 0 : 0.12 + 0.6 * share)
                return "<td style=\"background: rgba(\(color), \(shade))\">\(count)</td>"
            }
            return "<tr><th>\(escaped(names[right]))</th>\(cells.joined())</tr>"
        }
        return
            "<h2>Confusion matrix</h2><p>The best checkpoint on the test samples of \(escaped(samples.name)): rows are the right "
            + "classes, columns what the model says.</p>"
            + table("<tr><th></th>\(head)</tr>\(rows.joined())", "matrix")
    }

    /// Some samples of a batch that are pictures, with what is said of them.
    private static func examples(
        _ batch: LabeledBatch, _ shares: Tensor, wrong: Int, right: Int
    ) -> [(picture: String, text: String, isRight: Bool)] {
        let size = batch.inputs.shape.dropFirst().reduce(1, *)
        guard size == 784, wrong > 0 || right > 0 else { return [] }
        let (found, labels) = (shares.argmax(axis: 1).array(of: Int.self), batch.labels.array(of: Int.self))
        var left = (wrong: wrong, right: right)
        var result: [(String, String, Bool)] = []
        for index in labels.indices {
            let isRight = labels[index] == found[index]
            if isRight ? left.right <= 0 : left.wrong <= 0 { continue }
            if isRight { left.right -= 1 } else { left.wrong -= 1 }
            let values = batch.inputs[index].flatten().array(of: Float.self)
            let (low, high) = (values.min() ?? 0, values.max() ?? 1)
            let pixels = values.map {
                UInt8(clamping: Int((($0 - low) / max(high - low, 1e-6) * 255).rounded()))
            }
            let image = Image(width: 28, height: 28, format: .gray, pixels: pixels)
            let share = shares[index, found[index]].item(as: Double.self)
            let text =
                "\(found[index]), \(Int((share * 100).rounded())) %"
                + (isRight ? "" : ", is \(labels[index])")
            result.append((source(PNG.encode(image)), text, isRight))
        }
        return result
    }

    // MARK: Pictures

    private static let mostPictures = 12

    private static func pictures(_ folder: RunFolder) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".png")
        }
        .sorted { $0.localizedStandardCompare($1) == .orderedAscending }
        let figures = try names.suffix(mostPictures).map { name in
            let file = try MappedFile("\(folder.path)/\(name)")
            let picture = withExtendedLifetime(file) { source(Array(file.bytes)) }
            return
                "<figure><img src=\"\(picture)\" alt=\"\"><figcaption>\(escaped(name))</figcaption></figure>"
        }
        return figures.isEmpty ? [] : ["<h2>Pictures</h2><div class=\"pictures\">\(figures.joined())</div>"]
    }

    private static func source(_ png: [UInt8]) -> String {
        "data:image/png;base64," + Data(png).base64EncodedString()
    }
}
