import ApusTraining
import ArgumentParser
import Foundation

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a trained model on the test set.",
        discussion:
            "Uses the run's best checkpoint, on the data it was trained with unless --data names others.")

    @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run")) var folder: String
    @Option(help: ArgumentHelp("The folder of the MNIST files.", valueName: "dir")) var data: String?

    func run() throws {
        let trained = try TrainedRun(RunFolder(folder))
        let samples = try trained.testSamples(in: data)
        let result = Evaluation(of: trained.model, on: samples)
        try writeLine(
            String(
                format: "%@: test loss %.4f, test accuracy %.4f on %d %@ of %@", trained.checkpoint,
                result.loss, result.accuracy, result.samples, trained.recipe.source.samples, samples.name))
    }
}
