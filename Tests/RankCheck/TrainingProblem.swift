import Apus
import ApusNN
import ApusOptim

/// A small model, data for it, and an optimizer: what ranks train together, and one alone.
package struct TrainingProblem: CustomStringConvertible, Sendable {
    package let description: String
    package let dtype: DType
    /// Samples of a batch.
    let batch: Int
    let shape: Shape
    let makeModel: @Sendable () -> any Layer
    let makeOptimizer: @Sendable ([ParameterGroup]) -> Optimizer
    /// How much the weights after training may differ from those of one rank.
    let tolerance: Double

    static let classes = 3

    /// Batches of no multiple of the number of ranks, some with fewer samples than ranks.
    package static let all: [TrainingProblem] = [
        TrainingProblem("mlp float64, SGD", .float64, 10, [6], 1e-12, mlp, sgd),
        TrainingProblem("mlp float64, Adam", .float64, 9, [6], 1e-12, mlp, adam),
        TrainingProblem("mlp float32, SGD", .float32, 10, [6], 1e-6, mlp, sgd),
        TrainingProblem("mlp of few samples, SGD", .float64, 2, [6], 1e-12, mlp, sgd),
        TrainingProblem("conv float64, Adam", .float64, 5, [1, 6, 6], 1e-12, conv, adam),
        TrainingProblem("conv float32, SGD", .float32, 7, [1, 6, 6], 1e-6, conv, sgd),
        TrainingProblem(
            "conv with norm and dropout float64, Adam", .float64, 5, [1, 6, 6], 1e-12, normed, adam),
        TrainingProblem(
            "conv with norm and dropout float32, SGD", .float32, 7, [1, 6, 6], 1e-6, normed, sgd),
        TrainingProblem("lstm float64, Adam", .float64, 6, [4, 3], 1e-12, { RowsNet($0) }, adam),
        TrainingProblem("lstm float32, SGD", .float32, 6, [4, 3], 1e-6, { RowsNet($0) }, sgd),
        TrainingProblem("complex, Adam", .float64, 7, [5], 1e-12, { PhaseNet($0) }, adam),
        TrainingProblem("complex, SGD", .float32, 7, [5], 1e-6, { PhaseNet($0) }, sgd),
    ]

    private init(
        _ description: String, _ dtype: DType, _ batch: Int, _ shape: Shape, _ tolerance: Double,
        _ makeModel: @escaping @Sendable (DType) -> any Layer,
        _ makeOptimizer: @escaping @Sendable ([ParameterGroup]) -> Optimizer
    ) {
        (self.description, self.dtype, self.batch, self.shape) = (description, dtype, batch, shape)
        (self.tolerance, self.makeOptimizer) = (tolerance, makeOptimizer)
        self.makeModel = { makeModel(dtype) }
    }

    private static func sgd(_ groups: [ParameterGroup]) -> Optimizer {
        SGD(groups, learningRate: 0.02, momentum: 0.9)
    }
    private static func adam(_ groups: [ParameterGroup]) -> Optimizer { Adam(groups, learningRate: 1e-3) }

    private static func mlp(_ dtype: DType) -> any Layer {
        Sequential(Linear(6, 8, activation: .relu, dtype: dtype), Linear(8, classes, dtype: dtype))
    }
    private static func conv(_ dtype: DType) -> any Layer {
        Sequential(
            Conv2d(1, 4, kernel: 3, dtype: dtype), ReLU(), MaxPool2d(2), Flatten(),
            Linear(16, classes, dtype: dtype))
    }

    /// Its norm takes the statistics of all ranks' samples. A bias before it would have gradients of nothing but rounding, which Adam
    /// makes large.
    private static func normed(_ dtype: DType) -> any Layer {
        let model = Sequential(
            Conv2d(1, 4, kernel: 3, bias: false), BatchNorm2d(4), ReLU(), MaxPool2d(2), Flatten(),
            Dropout(0.3), Linear(16, classes))
        for parameter in model.parameters() { parameter.value = parameter.value.to(dtype) }
        for (_, buffer) in model.namedBuffers() where buffer.value.dtype == .float32 {
            buffer.value = buffer.value.to(dtype)
        }
        model.synchronizeBatchNorms()
        return model
    }

    private final class RowsNet: Module, Layer {
        let lstm: LSTM
        let linear: Linear

        init(_ dtype: DType) {
            lstm = LSTM(3, 4, batchFirst: true, dtype: dtype)
            linear = Linear(4, classes, dtype: dtype)
        }

        func forward(_ x: Tensor) -> Tensor { linear(lstm(x).state.hidden.squeeze(axis: 0)) }
    }

    /// Parameters of two types.
    private final class PhaseNet: Module, Layer {
        let first: Linear
        let second: Linear

        init(_ dtype: DType) {
            first = Linear(5, 6, dtype: dtype == .float64 ? .complex128 : .complex64)
            second = Linear(6, classes, dtype: dtype)
        }

        func forward(_ x: Tensor) -> Tensor {
            second(first(x.to(first.weight.value.dtype)).abs())
        }
    }

    /// The samples and labels of a step, the same on all ranks.
    func data(_ step: Int) -> (Tensor, Tensor) {
        let generator = RandomGenerator(seed: UInt64(step) + 1000)
        return withRandomGenerator(generator) {
            let images = Tensor.normal(Shape([batch] + Array(shape)), dtype: dtype)
            let labels = images.reshape(batch, -1).narrow(axis: 1, start: 0, count: Self.classes).argmax(
                axis: 1)
            return (images, labels)
        }
    }

    /// This rank's part of the mean loss; nil without samples.
    func loss(_ model: any Layer, _ step: Int, _ rows: Range<Int>) -> Tensor? {
        if rows.isEmpty { return nil }
        let (images, labels) = data(step)
        let part = BatchPart(start: rows.lowerBound, count: rows.count, total: batch)
        let logits = withRandomGenerator(RandomGenerator(seed: UInt64(step))) {
            withBatchPart(part) {
                model(images.narrow(axis: 0, start: rows.lowerBound, count: rows.count))
            }
        }
        return logits.softmaxCrossEntropy(labels.narrow(axis: 0, start: rows.lowerBound, count: rows.count))
            * (Double(rows.count) / Double(batch))
    }
}
