import Apus

/// Which number of the records tells better from worse.
struct Monitor {
    let name: String
    let isHigherBetter: Bool

    /// The number that the options name; where they name none, the first metric of the test samples, their loss, or that of
    /// training.
    ///
    /// - Throws: `TrainingError.badOption` for a name that the record does not have.
    init(_ options: TrainingOptions, _ metrics: [any Metric], in record: MetricsRecord) throws {
        let names = record.values.names
        let preferred = metrics.map { "test_\($0.name)" } + ["test_loss", "train_loss"] + names
        guard let name = options.monitor ?? preferred.first(where: names.contains), names.contains(name)
        else {
            let wanted = options.monitor ?? "a loss"
            let suggestion = nearest(to: wanted, in: names).map { "; did you mean '\($0)'?" } ?? ""
            throw TrainingError.badOption(
                "--monitor is \(wanted), which is not measured; there are: \(names.joined(separator: ", "))"
                    + suggestion)
        }
        self.name = name
        isHigherBetter =
            metrics.first { name.hasSuffix("_\($0.name)") || name == $0.name }?.isHigherBetter
            ?? !Monitor.isCost(name)
    }

    /// Of numbers that learners measure themselves, what is called a loss or an error is better low.
    private static func isCost(_ name: String) -> Bool {
        ["loss", "error", "perplexity"].contains { name.hasSuffix($0) }
    }

    /// Of these, the first that no other is better than; nil where none has a number.
    func best(of records: [MetricsRecord]) -> MetricsRecord? {
        var best: MetricsRecord?
        for record in records where record[name]?.isNaN == false {
            if let value = best?[name], !isBetter(record[name]!, than: value) { continue }
            best = record
        }
        return best
    }

    func isBetter(_ value: Double, than other: Double) -> Bool {
        isHigherBetter ? value > other : value < other
    }
}
