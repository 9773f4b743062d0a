import Apus
import ApusData
import ApusFormats
import ApusModels
import ApusNN

/// A model of the catalogue with its weights, which says what pictures show.
///
/// ```swift
/// let classifier = try ImageClassifier("resnet50", weights: "resnet50.pth", labels: labels)
/// print(try classifier([Image.read("cat.jpg")])[0])
/// ```
public struct ImageClassifier: Sendable {
    /// A class and its probability.
    public struct Guess: Sendable, Equatable {
        /// Which class, counted from 0.
        public let index: Int
        /// Its name; nil where there are no labels.
        public let label: String?
        /// In 0...1; those of all classes add up to 1.
        public let probability: Double
    }

    /// How many classes there are.
    public let classes: Int
    /// The names of the classes; nil where none were given.
    public let labels: [String]?
    /// What pictures go through before the model.
    public let preprocessing: ImagePreprocessing
    /// How many pictures are computed together.
    private let batch: Int
    private let model: FrozenModel

    /// - Parameters:
    ///   - name: of a model for pictures, as `NamedModel.all` has it.
    ///   - weights: a file of its weights: safetensors, PyTorch's or NumPy's. It also says how many classes there are.
    ///   - labels: a name for each class.
    ///   - preprocessing: what pictures go through; by default what those went through that the model's first published
    ///     weights were trained on.
    ///   - batch: how many pictures are computed together; fewer take as long.
    /// - Throws: `NamedModelError` for a name that is none or another kind of model's, `FileError` and `StateMismatch`
    ///   for the file, `ImageClassifierError` for labels that are not as many as classes.
    public init(
        _ name: String, weights: String, labels: [String]? = nil, preprocessing: ImagePreprocessing? = nil,
        batch: Int = 1
    ) throws {
        if batch < 1 { fail("ImageClassifier", "batches of \(batch) pictures: at least one is wanted") }
        let named = try NamedModel.named(name)
        guard let published = named.preprocessing else { throw NamedModelError.noImageClassifier(name) }
        let preprocessing = preprocessing ?? published
        try named.check(input: [1, 3, preprocessing.crop, preprocessing.crop])
        let model = try named.model(weights: weights)
        let input = [batch, 3, preprocessing.crop, preprocessing.crop]
        self.batch = batch
        self.preprocessing = preprocessing
        self.labels = labels
        self.model = model.frozen(input: input)
        classes = try self.model(.zeros(input)).shape[1]
        if let labels, labels.count != classes {
            throw ImageClassifierError.labels(labels.count, classes: classes)
        }
    }

    /// The most likely classes of each picture, the most likely first.
    ///
    /// - Parameter count: how many of them.
    /// - Throws: `ImageClassifierError` where the model computes no numbers that could be compared.
    public func callAsFunction(_ images: [Image], count: Int = 5) throws -> [[Guess]] {
        try stride(from: 0, to: images.count, by: batch).flatMap {
            try guesses(images[$0..<min($0 + batch, images.count)], count: count)
        }
    }

    /// Of a batch, or of the rest that makes none.
    private func guesses(_ images: ArraySlice<Image>, count: Int) throws -> [[Guess]] {
        let inputs = images.map { preprocessing.tensor($0) }
        let filled = inputs + Array(repeating: inputs[0], count: batch - inputs.count)
        let probabilities = try model(Tensor.stack(filled))[0..<inputs.count].softmax(axis: 1)
        if !probabilities.isFinite().all().item(as: Bool.self) { throw ImageClassifierError.notFinite }
        let best = probabilities.topK(min(max(count, 1), classes), axis: 1)
        let (shares, indices) = (
            best.values.array(of: Float.self), best.indices.array(of: Int64.self)
        )
        let width = best.values.shape[1]
        return inputs.indices.map { image in
            (image * width..<(image + 1) * width).map {
                let index = Int(indices[$0])
                return Guess(index: index, label: labels?[index], probability: Double(shares[$0]))
            }
        }
    }

    /// The lines of a text file, a class each; empty lines at the end do not count.
    ///
    /// - Throws: `FileError`.
    public static func labels(in path: String) throws -> [String] {
        var lines = try TextFile.read(path, limit: 1 << 24).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map(String.init)
    }
}

/// Why pictures cannot be classified: one line.
public enum ImageClassifierError: Error, Equatable, CustomStringConvertible {
    /// There are not as many labels as classes.
    case labels(Int, classes: Int)
    /// The results are infinite or not numbers.
    case notFinite

    /// One line: what was found, and what was expected.
    public var description: String {
        switch self {
        case .labels(let found, let classes):
            "expected a label for each of the weights' \(classes) classes, found \(found)"
        case .notFinite: "with these weights the model's results are infinite or no numbers"
        }
    }
}
