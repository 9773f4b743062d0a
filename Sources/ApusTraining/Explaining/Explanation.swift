import Apus
import ApusData
import ApusFormats
import ApusModels
import ApusNN

/// What a network sees in pictures, and what it has learnt to look for, as PNG files: what `apus explain`
/// writes.
public struct Explanation {
    /// A picture that a model is shown.
    struct Subject {
        /// What its files are called by.
        let name: String
        /// [channels, height, width].
        let input: Tensor
        /// What the model sees of it.
        let picture: Image
    }

    /// A file that was written.
    public struct File: Sendable, Equatable {
        /// Where it is.
        public let path: String
        /// What it shows, with what of which layer.
        public let about: String
    }

    /// A classifier.
    let model: any Layer
    /// All of one size.
    let subjects: [Subject]
    /// The names of the classes; nil where they have numbers alone.
    let classNames: [String]?

    /// A model of the catalogue with its weights, and pictures scaled and cut as these were trained.
    ///
    /// - Parameters:
    ///   - name: of a model for pictures, as `NamedModel.all` has it.
    ///   - weights: a file of its weights.
    ///   - pictures: what they are called, and what they show.
    /// - Throws: `NamedModelError` for a name that is none or another kind of model's, `FileError` and
    ///   `StateMismatch` for the file.
    public init(model name: String, weights: String, _ pictures: [(name: String, image: Image)]) throws {
        let named = try NamedModel.named(name)
        guard let preprocessing = named.preprocessing else { throw NamedModelError.noImageClassifier(name) }
        self.init(
            model: try named.model(weights: weights),
            pictures.map { name, image in
                let part = preprocessing.picture(image)
                return Subject(name: name, input: preprocessing.tensor(ofPart: part), picture: part)
            })
    }

    init(model: any Layer, _ subjects: [Subject], classNames: [String]? = nil) {
        self.model = model
        self.subjects = subjects
        self.classNames = classNames
    }

    /// Sides of what is written are at least this, in pixels, where pictures have fewer.
    static let side = 224
    /// Tiles that a file has at most.
    static let mostTiles = 64

    /// Writes, for each picture, Grad-CAM and feature maps; then filters, their Fourier magnitudes, and the
    /// effective receptive field.
    ///
    /// - Parameters:
    ///   - folder: is made where it is not there; files of these names are replaced.
    ///   - layer: whose feature maps and filters are shown; nil is the last feature map, and the first
    ///     convolution for filters.
    /// - Returns: what was written, in this order.
    /// - Throws: `LayerError` for a layer that the model has not, or that gives no feature map, before
    ///   anything is written; `FileError`.
    public func write(to folder: String, layer: String? = nil) throws -> [File] {
        let input = Tensor.stack(subjects.map(\.input))
        let seen = try model.gradCAM(layer: layer, input: input)
        let shares = withInferenceMode { model.withEvaluationMode { model(input).softmax(axis: 1) } }
        let field = try model.effectiveReceptiveField(layer: layer, input: input)
        // A layer that has no filters of its own can be looked at all the same.
        let filters = layer == nil ? try? model.filters() : try? model.filters(layer: layer)
        let layers = layer.map { [$0] } ?? (filters.map { [$0.layer] } ?? []) + [seen.layer]
        try RunFolder(folder).create()
        var files: [File] = []
        func save(_ image: Image, _ name: String, _ about: String) throws {
            let path = "\(folder)/\(name).png"
            try PNG.write(image, to: path)
            files.append(File(path: path, about: "\(about), \(image.width)×\(image.height)"))
        }
        let maps = try withoutGradient {
            try layers.map { try model.featureMap(layer: $0, input: input) }
        }
        for (index, subject) in subjects.enumerated() {
            let label = seen.classes[index]
            let share = shares[index, label].item(as: Double.self)
            let name = classNames?[label] ?? "class \(label)"
            try save(
                Explanation.enlarged(subject.picture).heated(by: seen.maps[index]),
                "\(subject.name)-grad-cam-\(seen.layer)",
                "where \(seen.layer) sees \(name), to which the model gives \(percent(share))")
            for map in maps {
                let count = map.value.shape[1]
                try save(
                    Explanation.tiles(ofMaps: map.value[index]), "\(subject.name)-features-\(map.layer)",
                    "what \(map.layer) makes of it, \(shown(count, "channels"))")
            }
        }
        if let filters {
            let count = filters.weight.shape[0] * (filters.isColored ? 1 : filters.weight.shape[1])
            try save(
                Explanation.tiles(ofFilters: filters), "filters-\(filters.layer)",
                "the filters of \(filters.layer), \(shown(count, "of them"))")
            try save(
                Explanation.tiles(ofSpectra: filters), "filters-\(filters.layer)-fourier",
                "their Fourier magnitudes, frequency 0 in the middle")
        }
        let scale = max(1, (Explanation.side + field.map.shape[1] - 1) / field.map.shape[1])
        try save(
            // The square root shows what is far from the middle, too.
            Image(gray: field.map.sqrt(), range: 0...1, scale: scale), "receptive-field-\(field.layer)",
            "what the middle of \(field.layer) depends on: half of it lies within "
                + "\(field.side(holding: 0.5)) pixels, 95 % within \(field.side(holding: 0.95))")
        return files
    }

    private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }

    private func shown(_ count: Int, _ what: String) -> String {
        count > Explanation.mostTiles
            ? "the first \(Explanation.mostTiles) of \(count)" : "all \(count) \(what)"
    }
}
