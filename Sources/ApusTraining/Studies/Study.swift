import ApusNN

/// A question that is answered by training models that differ in one thing: what `apus study NAME` trains.
///
/// It is a comparison of runs of one recipe with different settings, each from several seeds.
package struct Study: Sendable {
    /// One of the models that are compared.
    package struct Variant: Sendable {
        /// What it is called in the table and in the folder.
        package let name: String
        /// The settings of the recipe that make it.
        let settings: [String: Setting]
        /// The curves of the plot that go through it; none where the plot has a row for each variant.
        var curves: [String] = []
    }

    /// What `apus study` takes.
    package let name: String
    /// The question, in one line.
    package let about: String
    /// What trains the models.
    package let recipe: Recipe
    /// What is compared, in the order of the table.
    package let variants: [Variant]

    /// The studies that train models; a new one is a line here.
    package static let all = [interactions, scaling]

    /// The study of this name.
    /// - Throws: `TrainingError.badOption`, which lists those there are.
    package static func named(_ name: String) throws(TrainingError) -> Study {
        _ = try (all.map(\.name) + ComputedStudy.all.map(\.name)).entry(name, "study", \.self)
        return try all.entry(name, "study", \.name)
    }

    /// The runs of all variants, those of a seed one after the other, so that a study that is stopped has
    /// something of each.
    ///
    /// - Parameters:
    ///   - seeds: how many; the runs have the seeds from 0 on.
    ///   - epochs: nil is the recipe's.
    ///   - data: nil is what the program makes itself.
    /// - Throws: `TrainingError.badOption` for values that no run can have.
    package func plans(seeds: Int, epochs: Int?, data: String?) throws -> [ComparisonFolder.Plan] {
        if !(1...1000 ~= seeds) {
            throw TrainingError.badOption("--seeds is \(seeds); it must be from 1 to 1000")
        }
        return try (0..<seeds).flatMap { seed in
            try variants.map { variant in
                var run = recipe.configuration
                run.settings = variant.settings
                run.options.seed = UInt64(seed)
                run.options.epochs = epochs ?? run.options.epochs
                run.data = data
                try run.validate()
                return ComparisonFolder.Plan(name: "\(variant.name)-seed-\(seed)", run: run)
            }
        }
    }

    /// What the models have and cost, and what became of their runs in a folder so far.
    package func results(_ plans: [ComparisonFolder.Plan], in folder: ComparisonFolder) throws -> StudyResults
    {
        let rows = try variants.map { variant in
            let model = try recipe.makeModel(variant.settings)
            let summary = model.summary(input: [1, 1, 28, 28])
            let runs = plans.filter { $0.name.hasPrefix("\(variant.name)-seed-") }.map {
                folder.folder(of: $0.name)
            }
            let records = try runs.filter(\.holdsRun).map { try RunSummary($0) }
                .filter { $0.state == "finished" }.map(\.records)
            return StudyResults.Row(
                name: variant.name, curves: variant.curves, multiplyAdds: summary.multiplyAdds,
                parameters: summary.parameters, accuracies: records.compactMap { $0.last?["test_accuracy"] },
                seconds: records.joined().map(\.seconds))
        }
        let run = plans[0].run
        return StudyResults(
            about: about, data: run.data ?? recipe.source.embedded, epochs: run.options.epochs, rows: rows)
    }
}
