import Foundation

/// The results of several recipes' runs side by side.
package struct Comparison: Sendable, Equatable, CustomStringConvertible {
    /// What became of one recipe.
    package struct Run: Sendable, Equatable {
        /// A name of `Recipe.all`.
        package let recipe: String
        /// Real numbers in the model's parameters; a complex one counts two.
        package let parameters: Int
        /// One for each finished epoch, in their order.
        package let metrics: [MetricsRecord]

        /// - Parameter parameters: real numbers; a complex one counts two.
        package init(recipe: String, parameters: Int, metrics: [MetricsRecord]) {
            self.recipe = recipe
            self.parameters = parameters
            self.metrics = metrics
        }

        /// The highest test accuracy of an epoch; nil before the first.
        package var bestAccuracy: Double? { metrics.compactMap { $0["test_accuracy"] }.max() }

        /// The mean over the epochs; nil before the first.
        package var secondsAnEpoch: Double? {
            metrics.isEmpty ? nil : metrics.map(\.seconds).reduce(0, +) / Double(metrics.count)
        }
    }

    /// One for each column, from the left.
    package let runs: [Run]

    /// - Parameter runs: in the order of their columns.
    package init(_ runs: [Run]) { self.runs = runs }

    /// Why recipes cannot be compared; nil where they can.
    ///
    /// - Throws: `TrainingError.unknownRecipe`; `.badOption` for fewer than two, for one given twice, and for recipes
    ///   that are trained on different things, whose accuracies say nothing about each other.
    package static func check(_ names: [String]) throws {
        var recipes: [Recipe] = []
        for name in names {
            let recipe = try Recipe.named(name)
            if recipes.contains(where: { $0.name == name }) {
                throw TrainingError.badOption("\(name) is given twice; a comparison is of different recipes")
            }
            recipes.append(recipe)
        }
        if let recipe = recipes.first(where: { !$0.isClassifier }) {
            throw TrainingError.badOption(
                "\(recipe.name) tells no classes; a comparison is of the accuracies of those that do")
        }
        guard let first = recipes.first, recipes.count > 1 else {
            throw TrainingError.badOption("a comparison needs at least two recipes")
        }
        if let other = recipes.first(where: { $0.source != first.source }) {
            throw TrainingError.badOption(
                "\(first.name) is trained on \(first.source.embedded), \(other.name) on \(other.source.embedded): "
                    + "their results cannot be compared")
        }
    }

    /// A column a recipe: the test accuracy after each epoch, then the best, parameters and time.
    package var description: String {
        var rows = [["test accuracy"] + runs.map(\.recipe)]
        for epoch in 0..<(runs.map(\.metrics.count).max() ?? 0) {
            rows.append(
                ["epoch \(epoch + 1)"]
                    + runs.map {
                        epoch < $0.metrics.count
                            ? Comparison.accuracy($0.metrics[epoch]["test_accuracy"] ?? .nan) : "-"
                    })
        }
        rows.append(["best"] + runs.map { $0.bestAccuracy.map(Comparison.accuracy) ?? "-" })
        rows.append(["parameters (real numbers)"] + runs.map { Progress.thousands($0.parameters) })
        rows.append(
            ["seconds an epoch"]
                + runs.map { $0.secondsAnEpoch.map { String(format: "%.1f", $0) } ?? "-" })
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
        return rows.map { row in
            row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + space : space + row[column]
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private static func accuracy(_ share: Double) -> String { String(format: "%.4f", share) }
}
