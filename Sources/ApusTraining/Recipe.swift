import Apus
import ApusData
import ApusModels
import ApusNN
import ApusOptim

/// A model together with how it is trained: what `apus train NAME` runs.
public struct Recipe: Sendable {
    /// What `apus train` takes, such as `mnist-mlp`.
    public let name: String
    /// One line for the help text.
    public let summary: String
    /// What a run has where nothing else is asked for.
    public let defaults: Defaults
    /// Makes the model with weights drawn from the default generator.
    public let makeModel: @Sendable () -> any Layer
    /// Makes what changes these parameters, with this learning rate.
    public var makeOptimizer: @Sendable (_ parameters: [Parameter], _ learningRate: Double) -> Optimizer =
        {
            Adam($0, learningRate: $1)
        }
    /// What it is trained on.
    public internal(set) var source = DataSource.digits

    /// The settings of a run that depend on the recipe.
    public struct Defaults: Sendable {
        /// How often training goes through all samples.
        public var epochs = 20
        /// Samples of a step.
        public var batchSize = 128
        /// What the optimizer is made with.
        public var learningRate = 1e-3
    }

    /// 784-400-100-10 with ReLU, softmax cross-entropy and Adam.
    public static let mnistMLP = Recipe(
        name: "mnist-mlp", summary: "a multi-layer perceptron, 784-400-100-10, on 28×28 digits",
        defaults: Defaults(), makeModel: { MLP(.mnist) })

    /// 3×3 convolutions with 8 and 16 channels, ReLU and max pooling.
    public static let mnistConv = Recipe(
        name: "mnist-conv", summary: "two 3×3 convolutions, 8 and 16 channels, on 28×28 digits",
        defaults: Defaults(epochs: 5), makeModel: { ConvNet(.mnist) })

    /// The same with depthwise separable convolutions.
    public static let mnistSeparable = Recipe(
        name: "mnist-separable", summary: "the same with depthwise separable convolutions",
        defaults: Defaults(epochs: 5), makeModel: { ConvNet(.mnistSeparable) })

    /// Complex convolutions with 10 and 20 channels, whitening batch normalisation, stochastic gradient descent.
    public static let mnistComplex = Recipe(
        name: "mnist-complex", summary: "complex convolutions, 10 and 20 channels, on 28×28 digits",
        defaults: Defaults(epochs: 4, batchSize: 64, learningRate: 5e-3), makeModel: { ComplexNet(.mnist) },
        makeOptimizer: { SGD($0, learningRate: $1, momentum: 0.9) })

    /// The recipes that have names; a new one is a line here.
    public static let all = [mnistMLP, mnistConv, mnistSeparable, mnistComplex, audioComplex, audioReal]

    /// The recipe of this name.
    /// - Throws: `TrainingError.unknownRecipe`, which lists those there are.
    public static func named(_ name: String) throws -> Recipe {
        guard let recipe = all.first(where: { $0.name == name }) else {
            throw TrainingError.unknownRecipe(name)
        }
        return recipe
    }
}
