import Apus
import ApusNN
import Foundation
import Testing
import _ApusTestSupport

/// A module gives what its function gives with the same settings.
@Suite struct LossTests {
    private let x = Tensor.uniform(
        [6, 4], low: 0.1, high: 0.9, dtype: .float64, using: RandomGenerator(seed: 1))
    private let y = Tensor.uniform(
        [6, 4], low: 0.1, high: 0.9, dtype: .float64, using: RandomGenerator(seed: 2))
    private let z = Tensor.uniform(
        [6, 4], low: 0.1, high: 0.9, dtype: .float64, using: RandomGenerator(seed: 3))
    private let classes = Tensor([0, 3, 2, 1, 2, 0], shape: [6])
    private let weights = Tensor([0.5, 2, 1, 0.3], dtype: .float64)

    private func same(_ found: Tensor, _ expected: Tensor, sourceLocation: SourceLocation = #_sourceLocation)
    {
        #expect(found.shape == expected.shape, sourceLocation: sourceLocation)
        #expect(
            found.array(of: Double.self) == expected.array(of: Double.self), sourceLocation: sourceLocation)
    }

    @Test func lossesOfPredictionsAndTargets() {
        let signs = (classes .> 1).to(.float64) * 2 - 1
        let all = Tensor([
            [1, 2, -1, 0], [0, -1, 3, 3], [3, 2, 1, 0], [-1, 0, 0, 0], [2, -1, 0, 0], [1, 3, 0, -1],
        ])
        let pairs: [(any Loss, Tensor, Tensor, Tensor)] = [
            (MSELoss(reduction: .sum), x, y, x.mseLoss(y, reduction: .sum)), (L1Loss(), x, y, x.l1Loss(y)),
            (SmoothL1Loss(beta: 0.2), x, y, x.smoothL1Loss(y, beta: 0.2)),
            (HuberLoss(delta: 0.2, reduction: .none), x, y, x.huberLoss(y, delta: 0.2, reduction: .none)),
            (
                CrossEntropyLoss(classWeights: weights, labelSmoothing: 0.1, ignoreIndex: 2), x, classes,
                x.softmaxCrossEntropy(classes, classWeights: weights, labelSmoothing: 0.1, ignoreIndex: 2)
            ),
            (
                CrossEntropyLoss(axis: 0, reduction: .sum), x.transpose(), classes,
                x.softmaxCrossEntropy(classes, reduction: .sum)
            ),
            (
                NLLLoss(classWeights: weights, ignoreIndex: 2), x, classes,
                x.nllLoss(classes, classWeights: weights, ignoreIndex: 2)
            ),
            (BCELoss(weight: weights), x, y, x.binaryCrossEntropy(y, weight: weights)),
            (
                BCEWithLogitsLoss(weight: weights, positiveWeight: weights), x, y,
                x.binaryCrossEntropyWithLogits(y, weight: weights, positiveWeight: weights)
            ),
            (
                SigmoidFocalLoss(alpha: 0.4, gamma: 1.5), x, y, x.sigmoidFocalLoss(y, alpha: 0.4, gamma: 1.5)
            ),
            (HingeLoss(squared: true), x[.all, 0], signs, x[.all, 0].hingeLoss(signs, squared: true)),
            (
                HingeEmbeddingLoss(margin: 2), x[.all, 0], signs,
                x[.all, 0].hingeEmbeddingLoss(signs, margin: 2)
            ),
            (
                SoftMarginLoss(reduction: .none), x[.all, 0], signs,
                x[.all, 0].softMarginLoss(signs, reduction: .none)
            ),
            (
                MultiMarginLoss(p: 2, margin: 0.5, classWeights: weights), x, classes,
                x.multiMarginLoss(classes, p: 2, margin: 0.5, classWeights: weights)
            ),
            (MultiLabelMarginLoss(), x, all, x.multiLabelMarginLoss(all)),
            (
                MultiLabelSoftMarginLoss(classWeights: weights), x, y,
                x.multiLabelSoftMarginLoss(y, classWeights: weights)
            ),
            (
                PoissonNLLLoss(logInput: false, full: true), x, y,
                x.poissonNLLLoss(y, logInput: false, full: true)
            ),
            (KLDivLoss(reduction: .batchMean), x.log(), y, x.log().klDivLoss(y, reduction: .batchMean)),
            (DiceLoss(smoothing: 0.1, squared: false), x, y, x.diceLoss(y, smoothing: 0.1, squared: false)),
        ]
        for (loss, predictions, targets, expected) in pairs { same(loss(predictions, targets), expected) }
    }

    @Test func lossesOfMoreInputs() {
        let signs = (classes .> 1).to(.int64) * 2 - 1
        same(
            CosineEmbeddingLoss(margin: 0.9)(x, y, signs),
            x.cosineEmbeddingLoss(y, target: signs, margin: 0.9))
        same(
            MarginRankingLoss(margin: 0.9)(x[.all, 0], y[.all, 0], signs),
            x[.all, 0].marginRankingLoss(y[.all, 0], target: signs, margin: 0.9))
        same(TripletMarginLoss(p: 1, swap: true)(x, y, z), x.tripletMarginLoss(y, z, p: 1, swap: true))
        let cosine = TripletMarginLoss(margin: 0.1) { 1 - $0.cosineSimilarity($1) }
        same(cosine(x, y, z), x.tripletMarginLoss(y, z, margin: 0.1) { 1 - $0.cosineSimilarity($1) })
        same(GaussianNLLLoss(full: true)(x, y, z), x.gaussianNLLLoss(y, variance: z, full: true))
        same(NegativeSamplingLoss()(x[.all, 0], noise: y), x[.all, 0].negativeSamplingLoss(noise: y))
        same(
            NoiseContrastiveLoss(reduction: .sum)(
                x[.all, 0], noise: y, logProbabilities: z[.all, 0], noiseLogProbabilities: z),
            x[.all, 0].noiseContrastiveLoss(
                noise: y, logProbabilities: z[.all, 0], noiseLogProbabilities: z, reduction: .sum))
        let (logits, labels) = (x.unsqueeze(1).logSoftmax(axis: 2), Tensor([[0, 2]]))
        same(
            CTCLoss(blank: 3, reduction: .sum)(logits, labels),
            logits.ctcLoss(labels, blank: 3, reduction: .sum))
        same(CosineSimilarity(epsilon: 1)(x, y), x.cosineSimilarity(y, epsilon: 1))
        same(PairwiseDistance(p: 1, keepDims: true)(x, y), x.pairwiseDistance(y, p: 1, keepDims: true))
    }

    /// Weights are saved under PyTorch's names, and are no parameters.
    @Test func weightsAreBuffers() {
        let loss = BCEWithLogitsLoss(weight: weights, positiveWeight: weights)
        #expect(Set(loss.stateDictionary().keys) == ["weight", "pos_weight"] && loss.parameters().isEmpty)
        #expect(CrossEntropyLoss(classWeights: weights).stateDictionary().keys.sorted() == ["weight"])
    }

    @Test func aMistakeNamesTheLoss() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = MSELoss()(.ones([2, 1]), .ones([2]))
        }
        #expect(
            message(result).contains(
                "mseLoss in MSELoss: a target of shape [2] for predictions of shape [2, 1]"))
    }

    /// Every module under Losses is used here.
    @Test func noneIsForgotten() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/ApusNN/Losses")
        let tests = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
        var count = 0
        for path in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            for name in text.matches(of: /public final class (\w+)/).map({ String($0.1) }) {
                #expect(tests.contains("\(name)("), "\(name)")
                count += 1
            }
        }
        #expect(count > 20)
    }
}
