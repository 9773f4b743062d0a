import ApusData
import ApusTraining
import ArgumentParser
import Foundation

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Classify an image with a trained model.",
        discussion: """
            The image is read as gray and scaled to 28×28. Models are trained on light strokes on a dark \
            ground: an image whose border is light, such as ink on paper, is inverted first.
            """)

    @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run")) var folder: String
    @Argument(help: "A PNG file.") var image: String

    func run() throws {
        let trained = try TrainedRun(RunFolder(folder))
        try trained.checkTakesImages()
        let probabilities = try trained.probabilities(try PNG.read(image))
        let order = probabilities.indices.sorted { probabilities[$0] > probabilities[$1] }
        for digit in order.prefix(3) {
            try writeLine(String(format: "%d  %5.1f %%", digit, probabilities[digit] * 100))
        }
    }
}
