import Apus
import ApusData
import ApusModels
import ApusNN

/// The settings of `image-folder`, checked.
struct ImageFolderSettings {
    /// What `image-folder` has where nothing else is asked for.
    static let defaults: [String: Setting] = [
        "model": "mobilenet_v3_small", "weights": "", "size": 0, "validation": 0.2, "crop_scale": 0.08,
        "flip": 0.5, "mixup": 0.0, "cutmix": 0.0, "label_smoothing": 0.1, "stochastic_depth": -1.0,
        "layer_decay": 1.0, "freeze": [], "classes": [],
    ]

    /// Which model of the catalogue.
    let model: NamedModel
    /// A file of weights to begin with; nil draws them.
    let weights: String?
    /// What pictures go through before the model.
    let preprocessing: ImagePreprocessing
    /// The share of the pictures that the model is judged by, where they have no folder of their own.
    let validation: Double
    /// The least share of a picture's area that is cut out of it.
    let cropScale: Double
    /// The probability that a picture is mirrored.
    let flip: Double
    /// What makes batches of samples that are mixed.
    let mixing: BatchMixing
    /// The share of the target that all classes get alike.
    let labelSmoothing: Double
    /// The probability that the last block is left out in training; nil is the model's own.
    let stochasticDepth: Double?
    /// What the learning rate is multiplied with from a layer to the one before it.
    let layerDecay: Double
    /// The names of the model's parts that stay as they are.
    let freeze: [String]
    /// The names of the classes, as the run found them; none before.
    let classes: [String]

    /// - Throws: `TrainingError.badOption` for a value that cannot be, and a size that the model does not take.
    init(_ settings: [String: Setting]) throws {
        let own = Self.defaults.merging(settings) { $1 }
        let classifiers = NamedModel.all.filter { $0.preprocessing != nil }
        model = try classifiers.entry(own["model"]!.asText ?? "", "model", \.name)
        weights = own["weights"]!.asText.flatMap { $0.isEmpty ? nil : $0 }
        let published = model.preprocessing!
        let size = try own.int("size", in: 0...4096)
        preprocessing = size == 0 ? published : published.scaled(to: size)
        do { try model.check(input: [1, 3, preprocessing.crop, preprocessing.crop]) } catch {
            throw TrainingError.badOption("size is \(size): \(error)")
        }
        validation = try own.number("validation", in: 0.001...0.9)
        cropScale = try own.number("crop_scale", in: 0.01...1)
        flip = try own.number("flip", in: 0...1)
        mixing = BatchMixing(
            mixUp: try own.number("mixup", in: 0...100), cutMix: try own.number("cutmix", in: 0...100))
        labelSmoothing = try own.number("label_smoothing", in: 0...1)
        let depth = try own.number("stochastic_depth", in: -1...0.99)
        stochasticDepth = depth < 0 ? nil : depth
        layerDecay = try own.number("layer_decay", in: 0.01...1)
        freeze = try own.texts("freeze")
        classes = try own.texts("classes")
    }

    /// The model for the classes that were found.
    ///
    /// - Throws: `TrainingError.badOption` where none were.
    func makeModel() throws -> any Layer {
        if classes.count < 2 {
            throw TrainingError.badOption(
                "classes is \(classes): it is found in the folder of pictures when a run begins, and kept in config.json"
            )
        }
        return model.make(classes: classes.count)
    }

    /// The shape of an input, with a batch of one.
    var input: Shape { [1, 3, preprocessing.crop, preprocessing.crop] }
}
