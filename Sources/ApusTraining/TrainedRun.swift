import Apus
import ApusData
import ApusKernels
import ApusNN
import Foundation

/// A finished or stopped run, opened to be used: its best weights, or the last if there are no best.
public struct TrainedRun {
    public let configuration: RunConfiguration
    public let recipe: Recipe
    public let model: any Layer
    /// The file the weights came from.
    public let checkpoint: String
    private let folder: RunFolder

    public init(_ folder: RunFolder) throws {
        guard folder.holdsRun else {
            throw TrainingError.badConfiguration(
                file: folder.configuration, reason: "there is no run in this folder")
        }
        self.folder = folder
        configuration = try RunConfiguration.read(folder.configuration)
        recipe = try Recipe.named(configuration.recipe)
        try Parallel.start()
        model = recipe.makeModel()
        let best = FileManager.default.fileExists(atPath: folder.best)
        checkpoint = best ? folder.best : folder.last
        try Checkpoint.load(checkpoint, into: model)
        model.evaluate()
    }

    /// The test samples: those in `folder`, or where that is nil those that the run was begun with.
    public func testSamples(in folder: String? = nil) throws -> LabelledSamples {
        if let folder { return try RunData.test(folder, of: recipe.source) }
        return try configuration.reading(in: self.folder.path) {
            try RunData.test(configuration.data, of: recipe.source)
        }
    }

    /// The probability of each class for one image, made gray on a dark ground and scaled to 28×28.
    ///
    /// - Throws: `TrainingError.notForImages` where the model was not trained on images.
    public func probabilities(_ image: Image) throws(TrainingError) -> [Double] {
        try checkTakesImages()
        let pixels = image.onDarkGround.resampled(to: 28, 28).map { Float($0) / 255 }
        return inferenceMode {
            model(Tensor(pixels, shape: [1, 784])).softmax(axis: 1).array(of: Double.self)
        }
    }

    /// - Throws: `TrainingError.notForImages` where the model was not trained on images.
    public func checkTakesImages() throws(TrainingError) {
        if recipe.source != .digits {
            throw .notForImages(recipe: recipe.name, takes: recipe.source.samples)
        }
    }
}
