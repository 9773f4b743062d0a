import Foundation
import Testing
import _ApusTestSupport

@testable import Apus

/// Losses of infinite, huge, missing and 16-bit numbers.
@Suite struct LossLimitTests {
    /// A loss of a prediction and a target for each element.
    struct ElementLoss: Sendable, CustomTestStringConvertible {
        let name: String
        let call: @Sendable (Tensor, Tensor, LossReduction) -> Tensor
        var testDescription: String { name }
        /// Whether targets are 1 and -1.
        var isSigned: Bool { name.contains("hinge") || name.contains("margin") }

        init(_ name: String, _ call: @escaping @Sendable (Tensor, Tensor, LossReduction) -> Tensor) {
            self.name = name
            self.call = call
        }
    }

    static let elementLosses = [
        ElementLoss("mse") { $0.mseLoss($1, reduction: $2) },
        ElementLoss("l1") { $0.l1Loss($1, reduction: $2) },
        ElementLoss("huber") { $0.huberLoss($1, delta: 0.7, reduction: $2) },
        ElementLoss("smoothL1") { $0.smoothL1Loss($1, beta: 0.7, reduction: $2) },
        ElementLoss("binaryCrossEntropy") { $0.binaryCrossEntropy($1, reduction: $2) },
        ElementLoss("withLogits") { $0.binaryCrossEntropyWithLogits($1, reduction: $2) },
        ElementLoss("withLogits weighted") {
            $0.binaryCrossEntropyWithLogits(
                $1, weight: .full([], 2), positiveWeight: .full([], 3), reduction: $2)
        },
        ElementLoss("focal") { $0.sigmoidFocalLoss($1, reduction: $2) },
        ElementLoss("focal, a root") { $0.sigmoidFocalLoss($1, gamma: 0.5, reduction: $2) },
        ElementLoss("hinge") { $0.hingeLoss($1, reduction: $2) },
        ElementLoss("squared hinge") { $0.hingeLoss($1, squared: true, reduction: $2) },
        ElementLoss("soft margin") { $0.softMarginLoss($1, reduction: $2) },
        ElementLoss("hinge embedding") { $0.hingeEmbeddingLoss($1, reduction: $2) },
        ElementLoss("margin ranking") { $0.marginRankingLoss(.zeros(like: $0), target: $1, reduction: $2) },
        ElementLoss("poisson") { $0.poissonNLLLoss($1, reduction: $2) },
        ElementLoss("poisson of rates") { $0.poissonNLLLoss($1, logInput: false, full: true, reduction: $2) },
        ElementLoss("gaussian") { $0.gaussianNLLLoss($1, variance: .ones(like: $0), reduction: $2) },
        ElementLoss("kl") { x, y, reduction in
            x.klDivLoss(y, reduction: [.none: .none, .mean: .mean, .sum: .sum][reduction]!)
        },
    ]

    /// The loss and its gradient in the prediction.
    private func slope(_ loss: ElementLoss, _ x: Double, _ y: Double, _ dtype: DType) -> (Double, Double) {
        let x = Tensor([x], dtype: dtype).requiringGradient()
        let losses = loss.call(x, Tensor([y], dtype: dtype), .none)
        let first = gradient(of: losses.sum(), at: x)
        #expect(losses.dtype == dtype && first.dtype == dtype)
        return (losses.item(as: Double.self), first.item(as: Double.self))
    }

    /// Predictions for which each loss has a limit, whatever the target.
    @Test(arguments: elementLosses, DType.realFloating)
    func limitsAreNoNaN(_ loss: ElementLoss, _ dtype: DType) {
        let isProbability = loss.name == "binaryCrossEntropy"
        let isRate = loss.name == "poisson of rates"
        let huge = dtype == .float16 ? 6e4 : dtype == .float64 ? 1e300 : 1e38
        var predictions = [0, 1, huge, -huge, .infinity, -.infinity]
        if isProbability { predictions = [0, 1] }
        if isRate { predictions = [0, 1, huge] }
        for x in predictions {
            for y in [loss.isSigned ? -1 : 0, 1.0] {
                let (value, first) = slope(loss, x, y, dtype)
                #expect(!value.isNaN && !first.isNaN, "\(loss.name) of \(x) and \(y): \(value), \(first)")
            }
        }
        for (x, y) in [(Double.nan, 1.0), (0.5, .nan)] {
            let isMask = loss.name.hasPrefix("hinge embedding") && y.isNaN
            #expect(slope(loss, x, y, dtype).0.isNaN || isMask, "\(loss.name) of \(x) and \(y)")
        }
    }

    @Test func whatTheLimitsAre() {
        let infinity = Double.infinity
        func found(_ name: String, _ x: Double, _ y: Double) -> [Double] {
            let loss = Self.elementLosses.first { $0.name == name }!
            let (value, first) = slope(loss, x, y, .float64)
            return [value, first]
        }
        for name in ["withLogits", "withLogits weighted", "focal"] {
            #expect(found(name, infinity, 1) == [0, 0], "\(name)")
            #expect(found(name, -infinity, 0) == [0, 0], "\(name)")
            #expect(found(name, -infinity, 1)[0] == infinity && found(name, infinity, 0)[0] == infinity)
        }
        #expect(found("withLogits", infinity, 0)[1] == 1 && found("withLogits", -infinity, 1)[1] == -1)
        #expect(found("focal, a root", 1000, 1) == [0, 0] && found("focal, a root", -1000, 0) == [0, 0])
        #expect(found("huber", infinity, 1) == [infinity, 0.7] && found("smoothL1", -infinity, 1)[1] == -1)
        #expect(found("l1", -infinity, 1) == [infinity, -1] && found("l1", 2, 2) == [0, 0])
        #expect(found("soft margin", infinity, 1) == [0, 0])
        #expect(found("soft margin", -infinity, 1) == [infinity, -1])
        #expect(found("kl", -infinity, 0) == [0, 0] && found("kl", -infinity, 1) == [infinity, -1])
        #expect(found("poisson", -infinity, 0) == [0, 0])
        #expect(found("binaryCrossEntropy", 0, 0) == [0, 0] && found("binaryCrossEntropy", 0, 1)[0] == 100)
        // A small loss is not lost to rounding.
        let small = Tensor([Float(30)]).requiringGradient()
        let loss = small.binaryCrossEntropyWithLogits(Tensor([Float(1)]))
        #expect((loss.item(as: Double.self) / 9.357622968840175e-14 - 1).magnitude < 1e-5)
        #expect(
            (gradient(of: loss, at: small).item(as: Double.self) / -9.357622968839299e-14 - 1).magnitude
                < 1e-5)
    }

    @Test func infiniteLogitsOfManyClasses() {
        let infinity = Double.infinity
        // Long and short rows take different ways.
        for length in [3, 40, 300] {
            var values = [Double](repeating: 0, count: length)
            func both(_ target: Int, _ smoothing: Double = 0) -> (Double, [Double]) {
                let x = Tensor(values, shape: [1, length], dtype: .float64).requiringGradient()
                let loss = x.softmaxCrossEntropy(Tensor([target], shape: [1]), labelSmoothing: smoothing)
                return (loss.item(as: Double.self), gradient(of: loss, at: x).array(of: Double.self))
            }
            func soft(_ target: Int) -> (Double, [Double]) {
                let x = Tensor(values, shape: [1, length], dtype: .float64).requiringGradient()
                let loss = x.softmaxCrossEntropy(
                    Tensor([target], shape: [1]).oneHot(classes: length).to(.float64))
                return (loss.item(as: Double.self), gradient(of: loss, at: x).array(of: Double.self))
            }
            values[1] = infinity
            for call in [{ both($0) }, soft] {
                #expect(call(1).0 == 0 && call(1).1.allSatisfy { $0 == 0 })
                #expect(call(0).0 == infinity)
                #expect(call(0).1.prefix(3) == [-1, 1, 0])
            }
            values[2] = infinity
            #expect(abs(both(2).0 - log(2)) < 1e-15 && both(2).1.prefix(3) == [0, 0.5, -0.5])
            #expect(abs(soft(2).0 - log(2)) < 1e-15 && soft(2).1.prefix(3) == [0, 0.5, -0.5])
            #expect(both(2, 0.1).0 == infinity)
            values = [Double](repeating: 0, count: length)
            values[1] = -infinity
            for call in [{ both($0) }, soft] {
                #expect(call(1).0 == infinity && abs(call(1).1[1] + 1) < 1e-15 && call(1).1[0] > 0)
                #expect(abs(call(0).0 - log(Double(length - 1))) < 1e-12 && call(0).1[1] == 0)
            }
            values[0] = .nan
            #expect(both(1).0.isNaN && soft(1).0.isNaN)
            values[1] = infinity
            #expect(both(1).0.isNaN && soft(1).0.isNaN)
            // A class of weight 0 has no loss, though it be impossible.
            values[0] = 0
            values[1] = -infinity
            var weights = [Double](repeating: 1, count: length)
            weights[1] = 0
            let x = Tensor(values, shape: [1, length], dtype: .float64)
            let none = x.softmaxCrossEntropy(
                Tensor([1], shape: [1]), classWeights: Tensor(weights, dtype: .float64), reduction: .sum)
            #expect(none.item(as: Double.self) == 0)
        }
    }

    @Test func infinitePositiveElementsShareASoftmax() {
        for length in [3, 40] {
            var values = [Float](repeating: 0, count: length)
            values[1] = .infinity
            values[2] = .infinity
            let x = Tensor(values, shape: [1, length])
            #expect(x.softmax().array(of: Float.self).prefix(4).prefix(3) == [0, 0.5, 0.5])
            #expect(x.transpose().softmax(axis: 0).array(of: Float.self).prefix(3) == [0, 0.5, 0.5])
            #expect(x.logSoftmax().array(of: Float.self).prefix(2) == [-.infinity, -log(Float(2))])
            values[0] = .nan
            #expect(
                Tensor(values, shape: [1, length]).softmax().array(of: Float.self).allSatisfy { $0.isNaN })
        }
    }

    @Test(arguments: elementLosses)
    func emptyAndZeroDimensional(_ loss: ElementLoss) {
        for dtype in DType.realFloating {
            let (x, y) = (
                Tensor.full([0, 3], 0.5, dtype: dtype).requiringGradient(), Tensor.ones([0, 3], dtype: dtype)
            )
            #expect(loss.call(x, y, .none).shape == [0, 3])
            #expect(loss.call(x, y, .mean).item(as: Double.self).isNaN)
            let sum = loss.call(x, y, .sum)
            #expect(sum.item(as: Double.self) == 0 && sum.dtype == dtype)
            #expect(gradient(of: sum, at: x).shape == [0, 3])
            let scalar = Tensor(0.5, dtype: dtype).requiringGradient()
            let results = [LossReduction.none, .mean, .sum].map {
                loss.call(scalar, Tensor(1.0, dtype: dtype), $0)
            }
            #expect(results.allSatisfy { $0.shape == [] })
            #expect(Set(results.map { $0.item(as: Double.self) }).count == 1)
            #expect(gradient(of: results[1], at: scalar).shape == [])
        }
    }

    /// 16 bits are rounded once: the loss is that of the rounded inputs, and a share of many does not vanish.
    @Test(arguments: elementLosses, [DType.float16, .bfloat16])
    func sixteenBits(_ loss: ElementLoss, _ dtype: DType) {
        let generator = RandomGenerator(seed: 4)
        let x = Tensor.uniform([4000], low: 0.05, high: 0.95, dtype: dtype, using: generator)
        let y = Tensor.bernoulli([4000], dtype: dtype, using: generator)
        for reduction in [LossReduction.mean, .none] {
            let found = loss.call(x, y, reduction)
            let expected = loss.call(x.to(.float64), y.to(.float64), reduction)
            let step = dtype == .float16 ? 1.0 / 512 : 1.0 / 64
            #expect(found.dtype == dtype)
            let problem = difference(found, expected, relative: step * 2, absolute: step * 2)
            #expect(problem == nil, "\(problem ?? "")")
        }
    }

    /// Lengths around those of vectors, pieces and threads, and results that are streamed.
    @Test(arguments: [1, 15, 63, 64, 65, 1000, 16_383, 16_385, 100_003, 4_200_000])
    func onePassEqualsTheComposition(_ count: Int) {
        let generator = RandomGenerator(seed: 4)
        let x = Tensor.uniform([count], low: -2, high: 2, using: generator).requiringGradient()
        let y = Tensor.uniform([count], low: 0, high: 1, using: generator)
        let compositions: [(String, (Tensor) -> Tensor)] = [
            ("mse", { ($0 - y).square() }), ("l1", { ($0 - y).abs() }),
            (
                "huber",
                {
                    let d = ($0 - y).abs()
                    return Tensor.where(d .< 0.7, 0.5 * d.square(), 0.7 * (d - 0.35))
                }
            ),
            ("withLogits", { $0.relu() - $0 * y + (-$0.abs()).exp().log1p() }),
        ]
        for (name, composition) in compositions {
            let loss = Self.elementLosses.first { $0.name == name }!
            for reduction in [LossReduction.mean, .sum] {
                let found = loss.call(x, y, reduction)
                let expected = composition(x.to(.float64))
                let total = reduction == .sum ? expected.sum() : expected.mean()
                let ratio = (found.to(.float64) / total).item(as: Double.self)
                #expect(abs(ratio - 1) < 2e-6, "\(name) of \(count): \(ratio)")
                let first = gradient(of: found * 3, at: x)
                let wanted = gradient(of: total * 3, at: x)
                let size = wanted.abs().max().item(as: Double.self)
                let largest = (first - wanted).abs().max().item(as: Double.self)
                #expect(largest <= 2e-6 * size, "\(name) of \(count), \(reduction): \(largest) of \(size)")
            }
        }
    }

    @Test func noResultDependsOnThreads() {
        let generator = RandomGenerator(seed: 4)
        let x = Tensor.normal([300_001], using: generator).requiringGradient()
        let y = Tensor.normal([300_001], using: generator)
        let before = Apus.threads
        defer { Apus.threads = before }
        let results = [1, 2].map { threads in
            Apus.threads = threads
            let loss = x.huberLoss(y)
            return (loss.item(as: Float.self), gradient(of: loss, at: x).array(of: Float.self))
        }
        #expect(results[0].0 == results[1].0 && results[0].1 == results[1].1)
    }

    /// What lies channels last stays so, and meets other orders.
    @Test func ordersOfMemory() {
        let x = Tensor.normal([2, 3, 4, 5], using: RandomGenerator(seed: 1)).inChannelsLast()
        let y = Tensor.normal([2, 3, 4, 5], using: RandomGenerator(seed: 2))
        let expected = (x - y).square()
        for (a, b) in [(x, y), (x, y.inChannelsLast()), (x.contiguous(), y.inChannelsLast())] {
            let a = a.requiringGradient()
            let losses = a.mseLoss(b, reduction: .none)
            #expect(difference(losses, expected, relative: 1e-6, absolute: 1e-6) == nil)
            let first = gradient(of: losses, at: a, upstream: expected)
            #expect(difference(first, 2 * (x - y) * expected, relative: 1e-5, absolute: 1e-5) == nil)
        }
        let aligned = x.mseLoss(y.inChannelsLast(), reduction: .none)
        #expect(aligned.layout.isChannelsLast)
    }

    @Test func shortVectors() throws {
        let (zeros, ones) = (Tensor.zeros([2, 3], dtype: .float64), Tensor.ones([2, 3], dtype: .float64))
        let x = zeros.requiringGradient()
        let cosine = x.cosineSimilarity(ones, epsilon: 0.5)
        #expect(cosine.array(of: Double.self) == [0, 0])
        #expect(
            abs(gradient(of: cosine.sum(), at: x).sum().item(as: Double.self) - 12 / 3.0.squareRoot()) < 1e-12
        )
        let small = ones * 0.1
        let expected = 0.1 * 3 / (0.5 * 3.0.squareRoot())
        #expect(abs(small.cosineSimilarity(ones, epsilon: 0.5)[0].item(as: Double.self) - expected) < 1e-12)
        try checkGradients(at: [small]) { $0[0].cosineSimilarity(ones, epsilon: 0.5) }
        let huge = (ones.to(.float32) * 1e30).cosineSimilarity(ones.to(.float32) * 1e25)
        #expect(huge.array(of: Float.self).allSatisfy { abs($0 - 1) < 1e-6 })
    }

    @Test func mistakesSayWhatIsWrong() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let x = Tensor.full([3, 4], 0.5)
            let calls: [() -> Void] = [
                { _ = x.mseLoss(x[0]) }, { _ = x.huberLoss(x, delta: 0) },
                { _ = x.smoothL1Loss(x, beta: -1) },
                { _ = x.binaryCrossEntropy(x, weight: .ones([3])) },
                { _ = x.nllLoss(Tensor([0, 1, 4], shape: [3])) },
                { _ = x.gaussianNLLLoss(x, variance: -x) },
                { _ = x.multiMarginLoss(Tensor([0, 1, 4], shape: [3])) },
                { _ = x.multiMarginLoss(Tensor([0, 1, 2], shape: [3]), p: 3) },
                { _ = x.multiLabelMarginLoss(Tensor.full([3, 4], 7, dtype: .int64)) },
                { _ = x.sigmoidFocalLoss(x, alpha: 2) }, { _ = x.sigmoidFocalLoss(x, gamma: -1) },
                { _ = x.negativeSamplingLoss(noise: x) }, { _ = Tensor(1.0).diceLoss(Tensor(1.0)) },
                { _ = x.klDivLoss(x[0]) }, { _ = x.cosineEmbeddingLoss(x, target: .ones([4])) },
            ]
            for outcome in Trials.run(calls.count, { calls[$0]() }) {
                if case .stopped(_, let message) = outcome { print(message) } else { print("\(outcome)") }
            }
        }
        let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        for words in [
            "mseLoss: a target of shape [4] for predictions of shape [3, 4]", "huberLoss: a delta of 0.0",
            "smoothL1Loss: a beta of -1.0",
            "binaryCrossEntropy: a weight of shape [3] does not fit losses of shape [3, 4]",
            "nllLoss: target 2 is class 4, and there are 4 (ignoreIndex: -100)",
            "gaussianNLLLoss: a variance is negative",
            "multiMarginLoss: target 2 is class 4, and there are 4",
            "multiMarginLoss: a p of 3", "multiLabelMarginLoss: target 0 is class 7",
            "sigmoidFocalLoss: alpha 2.0", "sigmoidFocalLoss: a gamma of -1.0",
            "negativeSamplingLoss: scores of shape [3, 4]", "diceLoss: masks need an axis",
            "klDivLoss: a target of shape [4]", "cosineEmbeddingLoss: a target of shape [4]",
        ] {
            #expect(text.contains(words), "\(words) is missing in\n\(text)")
        }
    }
}
