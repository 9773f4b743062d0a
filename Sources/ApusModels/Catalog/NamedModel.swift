import Apus
import ApusNN

/// A model with a configuration that has a name: what `apus summary` shows.
public struct NamedModel: Sendable {
    /// What `apus summary` takes, such as `mnist-conv`.
    public let name: String
    /// One line for the help text.
    public let about: String
    /// The shape of one input, with a batch of one.
    public let input: Shape
    /// The type of the input's elements.
    public let dtype: DType
    /// Authors, year and where it can be read; nil for models that are Apus's own.
    public let source: String?
    /// What was published of its size; nil where nothing is compared.
    public let published: Published?
    /// What pictures go through before it; nil for models that do not classify pictures.
    public let preprocessing: ImagePreprocessing?
    /// The names of the layers that give the classes, by which weights of other classes are told.
    let heads: [String]
    /// What `make` gives.
    let kind: any Layer.Type
    private let makeForClasses: @Sendable (Int) -> any Layer
    /// Which extents of `input` other inputs may change; the batch's always.
    private let freeAxes: Set<Int>
    /// The least height and width of images, where these are free.
    let smallest: Int

    init<Model: Layer>(
        _ name: String, _ about: String, input: Shape, dtype: DType = .float32, freeAxes: Set<Int> = [],
        smallest: Int = 1, source: String? = nil, make: @escaping @Sendable () -> Model
    ) {
        self.name = name
        self.about = about
        self.input = input
        self.dtype = dtype
        self.freeAxes = freeAxes.union([0])
        self.source = source
        published = nil
        preprocessing = nil
        heads = []
        kind = Model.self
        self.smallest = smallest
        makeForClasses = { _ in make() }
    }

    /// The model with weights drawn from the default generator.
    ///
    /// - Parameter classes: how many it is to tell apart; of interest to models that have `preprocessing`.
    public func make(classes: Int = 1000) -> any Layer { makeForClasses(classes) }

    /// What a paper or a reference implementation says of a model.
    public struct Published: Sendable {
        /// Numbers that are trained.
        public let parameters: Int
        /// Multiplications with an addition, for one image of the model's size.
        public let multiplyAdds: Double
    }

    /// A model for color images, with a thousand classes.
    ///
    /// - Parameters:
    ///   - size: height and width that it was made for.
    ///   - takesAnySize: whether other heights and widths will do.
    ///   - smallest: the least of them.
    ///   - preprocessing: of the published weights; by default the shorter side is scaled to 256 pixels for 224.
    init<Model: Layer>(
        _ name: String, _ about: String, size: Int = 224, takesAnySize: Bool = true, smallest: Int = 1,
        parameters: Int, multiplyAdds: Double, source: String, heads: [String] = ["fc"],
        preprocessing: ImagePreprocessing? = nil, make: @escaping @Sendable (_ classes: Int) -> Model
    ) {
        self.name = name
        self.about = about
        input = [1, 3, size, size]
        dtype = .float32
        freeAxes = takesAnySize ? [0, 2, 3] : [0]
        published = Published(parameters: parameters, multiplyAdds: multiplyAdds)
        self.source = source
        self.heads = heads
        self.preprocessing = preprocessing ?? ImagePreprocessing(resize: size * 256 / 224, crop: size)
        kind = Model.self
        self.smallest = smallest
        makeForClasses = make
    }

    /// The models that have names; a new one is a line here.
    public static let all = small + imageNet

    /// Those of the recipes.
    package static let small = [
        NamedModel("mnist-mlp", "multi-layer perceptron, 784-400-100-10", input: [1, 1, 28, 28]) {
            MLP(.mnist)
        },
        NamedModel("mnist-conv", "two 3×3 convolutions, 8 and 16 channels", input: [1, 1, 28, 28]) {
            ConvNet(.mnist)
        },
        NamedModel("mnist-separable", "the same, depthwise separable", input: [1, 1, 28, 28]) {
            ConvNet(.mnistSeparable)
        },
        NamedModel("mnist-complex", "complex convolutions, 10 and 20 channels", input: [1, 1, 28, 28]) {
            ComplexNet(.mnist)
        },
        NamedModel("mnist-lstm", "an LSTM of 128 units that reads row by row", input: [1, 1, 28, 28]) {
            RowLSTM(.mnist)
        },
        NamedModel(
            "mnist-pixels", "a state space that reads 196 means of 2×2 pixels", input: [1, 1, 28, 28]
        ) {
            PixelReader(.mnist())
        },
        NamedModel(
            "audio-complex", "complex convolutions on the spectra of waveforms", input: [1, 2048]
        ) {
            AudioNet(.notesComplex)
        },
        NamedModel("audio-real", "the same with real numbers, as many parameters", input: [1, 2048]) {
            AudioNet(.notesReal)
        },
        NamedModel("paint", "from the coordinates of points to their colors", input: [1, 2]) {
            CoordinateNet(.picture)
        },
        NamedModel("autoencoder", "linear, 784-256-64-256-784", input: [1, 1, 28, 28]) {
            Autoencoder(.mnist)
        },
        NamedModel("dcgan", "draws 28×28 digits from 64 numbers of noise", input: [1, 64]) {
            DCGANGenerator()
        },
        NamedModel(
            "dcgan-discriminator", "tells real digits from drawn ones", input: [1, 1, 28, 28]
        ) {
            DCGANDiscriminator()
        },
        NamedModel("dqn-cartpole", "the worth of a cart's two actions, 4-128-128-2", input: [1, 4]) {
            MLP(.init(widths: [4, 128, 128, 2]))
        },
        NamedModel("word2vec", "vectors of 64 numbers for 1,000 words", input: [1], dtype: .int64) {
            SkipGram(vocabulary: 1000, features: 64)
        },
        NamedModel("distill", "the student, 784-16-10", input: [1, 1, 28, 28]) {
            MLP(.init(widths: [784, 16, 10]))
        },
        NamedModel(
            "digits-hornet", "recursive gated convolutions in two stages", input: [1, 1, 28, 28]
        ) {
            DigitNetwork(HorNet(.digits))
        },
        NamedModel(
            "digits-efficientnet", "mobile inverted residuals in three stages", input: [1, 1, 28, 28]
        ) {
            DigitNetwork(EfficientNet(.digits))
        },
    ]

    /// Those for pictures of the thousand classes of ImageNet.
    static let imageNet = classics + light + efficientNets + horNets + transformers

    /// The model of this name.
    /// - Throws: `NamedModelError.unknown`, which says the nearest.
    public static func named(_ name: String) throws(NamedModelError) -> NamedModel {
        guard let model = all.first(where: { $0.name == name }) else { throw .unknown(name) }
        return model
    }

    /// Its parameters, cost and receptive field.
    public var facts: ModelFacts {
        guard let facts = ModelFacts.all[name] else {
            fail("NamedModel", "no facts of \(name): `make catalog`")
        }
        return facts
    }

    /// The shapes it takes, with letters for extents that are free, such as N×3×H×W.
    public var takes: String {
        let letters = ["N", "C", "H", "W"]
        return input.indices.map { freeAxes.contains($0) ? letters[$0] : "\(input[$0])" }
            .joined(separator: "×")
    }

    /// What the model does to an input of this shape, its own by default; see `Summary`.
    /// - Throws: `NamedModelError` where the model does not take the shape.
    public func summary(input shape: Shape? = nil) throws(NamedModelError) -> Summary {
        let shape = shape ?? input
        try check(input: shape)
        return make().summary(input: shape, dtype: dtype)
    }

    /// - Throws: `NamedModelError` where the model does not take the shape.
    public func check(input shape: Shape) throws(NamedModelError) {
        let fits =
            shape.count == input.count
            && shape.indices.allSatisfy { shape[$0] > 0 && (freeAxes.contains($0) || shape[$0] == input[$0]) }
        let isLarge = !freeAxes.contains(2) || shape.suffix(2).allSatisfy { $0 >= smallest }
        if !fits || !isLarge {
            let from = smallest > 1 ? " from \(smallest)×\(smallest) on" : ""
            throw .input(model: name, shape, takes: takes + from)
        }
        // The model is run: an input beyond this would take gigabytes and minutes.
        guard let count = shape.checkedElementCount, count <= NamedModel.largestInput else {
            throw .tooLarge(shape)
        }
    }

    static let largestInput = 1 << 21
}

/// Why there is no summary: one line.
public enum NamedModelError: Error, Equatable, CustomStringConvertible {
    /// No model has this name.
    case unknown(String)
    /// The model does not take this shape.
    case input(model: String, Shape, takes: String)
    /// The input has more numbers than a summary runs on.
    case tooLarge(Shape)
    /// The model does not say what pictures show.
    case noImageClassifier(String)

    /// One line: what was asked for, and what there is.
    public var description: String {
        switch self {
        case .unknown(let name):
            "there is no model '\(name)'; " + NamedModelError.suggestion(for: name)
        case .input(let model, let shape, let takes):
            "\(model) takes \(takes), not an input of \(NamedModelError.text(shape))"
        case .tooLarge(let shape):
            "an input of \(NamedModelError.text(shape)) has more than the \(NamedModel.largestInput) numbers that a "
                + "summary runs on"
        case .noImageClassifier(let name):
            "\(name) does not classify pictures; `apus models` lists those that do"
        }
    }

    private static func suggestion(for name: String) -> String {
        let near = nearest(to: name, in: NamedModel.all.map(\.name), count: 3)
        if near.isEmpty { return "`apus models` lists those there are" }
        let (last, others) = ("'\(near.last!)'", near.dropLast().map { "'\($0)'" })
        let names = others.isEmpty ? last : others.joined(separator: ", ") + " or " + last
        return "did you mean \(names)?"
    }

    private static func text(_ shape: Shape) -> String { shape.map { "\($0)" }.joined(separator: "×") }
}
