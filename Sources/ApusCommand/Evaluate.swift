import ApusTraining
import ArgumentParser
import Foundation

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a trained model on the test set.",
        discussion: """
            Uses the run's best checkpoint unless --checkpoint names another, on the data it was trained with unless \
            --data names others.

            Examples:
              apus evaluate runs/mnist-mlp-1
              apus evaluate run --checkpoint last --data mnist
              apus evaluate weights.safetensors --model mnist-mlp
            """)

    @OptionGroup var trained: TrainedModel
    @Option(
        help: ArgumentHelp("The folder of the MNIST files.", valueName: "dir"), completion: .directory)
    var data: String?

    func run() throws {
        let trained = try trained.load()
        let samples = try trained.testSamples(in: data)
        let result = try Evaluation(frozen: trained.model, on: samples)
        try writeLine(
            "\(trained.checkpoint): test loss \(shortNumber(result.loss)), "
                + String(format: "test accuracy %.4f on ", result.accuracy)
                + "\(result.samples) \(trained.recipe.source.samples) of \(samples.name)")
    }
}
