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
    /// What a model of `image-folder` was trained with; nil for others.
    let pictures: ImageFolderSettings?
    /// The names of the classes, by their numbers; nil where they have none.
    public var classNames: [String]? { pictures?.classes }

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

    /// The weights in a safetensors file: a checkpoint, or weights alone as `Module.stateDictionary()` names
    /// them.
    ///
    /// - Parameters:
    ///   - file: the file.
    ///   - recipe: the name of the recipe whose model it is; nil where the file says so, as those of runs do.
    /// - Throws: `TrainingError.unnamedModel` where nobody says which model it is, `.badCheckpoint` where it
    ///   is another.
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
        pictures = recipe.source == .pictures ? try ImageFolderSettings(settings) : nil
        let input = recipe.isClassifier && recipe.source == .digits ? [1, 784] : pictures?.input
        frozen = input.map { [model] in model.frozen(input: $0) }
    }

    /// The test samples: those in `folder`, or where that is nil those that the run was begun with.
    ///
    /// - Throws: `TrainingError.noClassifier` where the recipe's model tells no classes.
    public func testSamples(in folder: String? = nil) throws -> TestSamples {
        if !recipe.isClassifier { throw TrainingError.noClassifier(recipe: recipe.name) }
        guard folder == nil, let configuration, let own = self.folder else {
            return try samples(in: folder)
        }
        return try configuration.reading(in: own.path) { try samples(in: configuration.data) }
    }

    private func samples(in folder: String?) throws -> TestSamples {
        guard let pictures else { return TestSamples(try RunData.test(folder, of: recipe.source)) }
        let data = try ImageFolderData(folder, validation: pictures.validation)
        if data.classes != pictures.classes {
            throw FileError(
                path: folder ?? "", .unexpected,
                "expected the classes that the model was trained on: \(pictures.classes.joined(separator: ", "))"
            )
        }
        return data.testSamples(folder ?? "", pictures)
    }

    /// Writes the weights alone to a safetensors file, which says whose they are.
    ///
    /// - Throws: `FileError` where the file cannot be written.
    public func saveWeights(to path: String) throws {
        try Checkpoint.saveWeights(model, metadata: recipe.metadata(settings), to: path)
    }

    /// The probability of each class for one image of any size. Models of digits look for what is drawn,
    /// light or dark; see `Image.digit()`.
    ///
    /// - Parameters:
    ///   - image: the picture.
    ///   - name: what it is called in errors.
    /// - Throws: `TrainingError.notForImages` where the model was not trained on images, `.badCheckpoint`
    ///   where it gives no numbers; `FileError` where nothing is drawn in it.
    public func probabilities(_ image: Image, named name: String = "image") throws -> [Double] {
        guard let frozen else { throw notForImages }
        let input =
            try pictures.map { $0.preprocessing.tensor(image).unsqueeze(0) }
            ?? TrainedRun.tensor(digit(image, name)).reshape([1, 784])
        let probabilities = try frozen(input).softmax(axis: 1).array(of: Double.self)
        guard probabilities.allSatisfy(\.isFinite) else {
            throw TrainingError.badCheckpoint(
                file: checkpoint, reason: "its weights give no numbers, only NaN")
        }
        return probabilities
    }

    /// What is drawn in a picture, 28×28.
    ///
    /// - Throws: `FileError` where nothing is.
    func digit(_ image: Image, _ name: String) throws -> Image {
        guard let digit = image.digit() else {
            throw FileError(
                path: name, .unexpected,
                "the picture is blank: nothing stands out from its ground")
        }
        return digit
    }

    /// A digit as models take it: [1, 28, 28].
    static func tensor(_ digit: Image) -> Tensor {
        Tensor(digit.pixels.map { Float($0) / 255 }, shape: [1, digit.height, digit.width])
    }

    /// - Throws: `TrainingError.notForImages` where the model was not trained on images.
    public func checkTakesImages() throws(TrainingError) {
        if frozen == nil { throw notForImages }
    }

    private var notForImages: TrainingError {
        .notForImages(recipe: recipe.name, takes: recipe.source.samples)
    }
}
