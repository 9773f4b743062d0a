import ApusTraining
import ArgumentParser
import Foundation

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a trained model on the test set.",
        discussion: """
            Uses the run's best checkpoint unless --checkpoint names another, on the data it was trained with unless \
            --data names others. Of a run on pictures it also says how many of each class are told right.

            Examples:
              apus evaluate runs/mnist-mlp-1
              apus evaluate run --checkpoint last --data mnist
              apus evaluate weights.safetensors --model mnist-mlp
            """)

    @OptionGroup var trained: TrainedModel
    @Option(
        help: ArgumentHelp(
            "The folder of the MNIST files; of image-folder, of the pictures.", valueName: "dir"),
        completion: .directory)
    var data: String?

    func run() throws {
        let trained = try trained.load()
        let samples = try trained.testSamples(in: data)
        let result = try Evaluation(frozen: trained.model, on: samples)
        let hasTopFive = (samples.classNames?.count ?? 0) > 5
        try writeLine(
            "\(trained.checkpoint): test loss \(shortNumber(result.loss)), "
                + String(format: "test accuracy %.4f", result.accuracy)
                + (hasTopFive ? String(format: ", among the top five %.4f", result.top5Accuracy) : "")
                + " on \(result.samples) \(trained.recipe.source.samples) of \(samples.name)")
        guard let names = samples.classNames else { return }
        let rows = zip(names, result.classes).map { name, count -> (name: String, text: String) in
            let share = Double(count.right) / Double(max(count.samples, 1))
            return (
                ApusProgram.oneLine(name),
                String(format: "%.4f", share) + "  \(count.right) of \(count.samples)"
            )
        }
        try writeLine(Listing.table(rows))
    }
}
