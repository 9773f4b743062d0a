import Apus
import ApusData
import ApusFormats
import ApusNN
import Foundation

/// A trained model, opened to be used: a run's, or that of a file of weights.
public struct TrainedRun {
    /// Of the run; nil for a file of weights.
    public let configuration: RunConfiguration?
    /// What the model was trained by.
    public let recipe: Recipe
    /// The recipe's model with the weights of `checkpoint`, in evaluation mode.
    public let model: any Layer
    /// The file the weights came from.
    public let checkpoint: String
    private let settings: [String: Setting]
    private let folder: RunFolder?
    /// The model for one image; nil where it does not take images.
    private let frozen: FrozenModel?

    /// A finished or stopped run.
    ///
    /// - Parameters:
    ///   - folder: the run's.
    ///   - checkpoint: a file of weights of its model; by default the run's best, or the last if there are no best.
    public init(_ folder: RunFolder, checkpoint: String? = nil) throws {
        guard folder.holdsRun else {
            throw TrainingError.badConfiguration(
                file: folder.configuration, reason: "there is no run in this folder")
        }
        let configuration = try RunConfiguration.read(folder.configuration)
        let best = FileManager.default.fileExists(atPath: folder.best)
        try self.init(
            configuration, Recipe.named(configuration.recipe), configuration.settings,
            checkpoint ?? (best ? folder.best : folder.last), folder)
    }

    /// The weights in a safetensors file: a checkpoint, or weights alone as `Module.stateDictionary()` names them.
    ///
    /// - Parameters:
    ///   - file: the file.
    ///   - recipe: the name of the recipe whose model it is; nil where the file says so, as those of runs do.
    /// - Throws: `TrainingError.unnamedModel` where nobody says which model it is, `.badCheckpoint` where it is another.
    public init(weights file: String, recipe: String? = nil) throws {
        guard let name = try recipe ?? Checkpoint.recipe(of: file) else {
            throw TrainingError.unnamedModel(file: file)
        }
        let own = try Recipe.named(name)
        try self.init(nil, own, Checkpoint.settings(of: file) ?? own.settings, file, nil)
    }

    private init(
        _ configuration: RunConfiguration?, _ recipe: Recipe, _ settings: [String: Setting],
        _ checkpoint: String,
        _ folder: RunFolder?
    ) throws {
        self.folder = folder
        self.configuration = configuration
        self.recipe = recipe
        self.settings = settings
        self.checkpoint = checkpoint
        try Threads.start()
        model = try recipe.makeModel(settings)
        try Checkpoint.loadWeights(checkpoint, into: model)
        model.evaluate()
        frozen = recipe.isClassifier && recipe.source == .digits ? model.frozen(input: [1, 784]) : nil
    }

    /// The test samples: those in `folder`, or where that is nil those that the run was begun with.
    ///
    /// - Throws: `TrainingError.noClassifier` where the recipe's model tells no classes.
    public func testSamples(in folder: String? = nil) throws -> LabeledSamples {
        if !recipe.isClassifier { throw TrainingError.noClassifier(recipe: recipe.name) }
        guard folder == nil, let configuration, let own = self.folder else {
            return try RunData.test(folder, of: recipe.source)
        }
        return try configuration.reading(in: own.path) {
            try RunData.test(configuration.data, of: recipe.source)
        }
    }

    /// Writes the weights alone to a safetensors file, which says whose they are.
    ///
    /// - Throws: `FileError` where the file cannot be written.
    public func saveWeights(to path: String) throws {
        try Checkpoint.saveWeights(model, metadata: recipe.metadata(settings), to: path)
    }

    /// The probability of each class for one image, drawn light or dark, of any size; see `Image.digit()`.
    ///
    /// - Parameters:
    ///   - image: the picture.
    ///   - name: what it is called in errors.
    /// - Throws: `TrainingError.notForImages` where the model was not trained on images, `.badCheckpoint` where it gives no
    ///   numbers; `FileError` where nothing is drawn in it.
    public func probabilities(_ image: Image, named name: String = "image") throws -> [Double] {
        guard let frozen else { throw notForImages }
        guard let digit = image.digit() else {
            throw FileError(
                path: name, .unexpected,
                "the picture is blank: nothing stands out from its ground")
        }
        let pixels = digit.pixels.map { Float($0) / 255 }
        let probabilities = try frozen(Tensor(pixels, shape: [1, 784])).softmax(axis: 1).array(
            of: Double.self)
        guard probabilities.allSatisfy(\.isFinite) else {
            throw TrainingError.badCheckpoint(
                file: checkpoint, reason: "its weights give no numbers, only NaN")
        }
        return probabilities
    }

    /// - Throws: `TrainingError.notForImages` where the model was not trained on images.
    public func checkTakesImages() throws(TrainingError) {
        if frozen == nil { throw notForImages }
    }

    private var notForImages: TrainingError {
        .notForImages(recipe: recipe.name, takes: recipe.source.samples)
    }
}
