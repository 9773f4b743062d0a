import ApusFormats

/// Writes the records of a run after each evaluation as a table for spreadsheets: `metrics.csv` in its folder, a column for
/// each name.
public final class CSVLog: Callback {
    /// Writes nothing before the first evaluation.
    public init() {}

    /// Writes the table anew.
    public func evaluated(_ record: MetricsRecord, isBest: Bool, of run: any TrainingRun) throws {
        guard let folder = run.folder else { return }
        let names = run.records.names
        var lines = [(["epoch", "step"] + names + ["seconds"]).joined(separator: ",")]
        for record in run.records {
            let values = names.map { name in record[name].map { "\($0)" } ?? "" }
            lines.append(
                (["\(record.epoch)", "\(record.step)"] + values + ["\(record.seconds)"]).joined(
                    separator: ","))
        }
        try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: "\(folder.path)/metrics.csv")
    }
}
