import Apus
import Testing

@testable import ApusTraining

/// Values worked out by hand.
@Suite struct MetricTests {
    /// Six samples of three classes, in two batches.
    static let scores: [[Double]] = [
        [2, 1, 0], [0, 1, 3], [1, 2, 0], [0, 3, 1], [1, 0, 2], [3, 0, 1],
    ]
    static let labels = [0, 2, 0, 1, 1, 0]

    private func measure(_ metric: some Metric) -> Double {
        var metric = metric
        for round in 0..<2 {
            metric.reset()
            for part in [0..<4, 4..<6] {
                let scores = Self.scores[part].flatMap(\.self)
                metric.update(
                    BatchResult(
                        loss: Tensor(1.5), predictions: Tensor(scores, shape: [part.count, 3]),
                        targets: Tensor(Array(Self.labels[part]))), samples: part.count)
            }
            if round == 1 { return metric.value }
        }
        return .nan
    }

    @Test func classes() {
        // Said: 0, 2, 1, 1, 2, 0. Right: 0, 2, 0, 1, 1, 0.
        #expect(measure(Accuracy()) == 4.0 / 6)
        #expect(measure(Accuracy(top: 2)) == 5.0 / 6)
        #expect(measure(ConfusionMatrix()) == 4.0 / 6)
        #expect(abs(measure(Precision()) - (1 + 0.5 + 0.5) / 3) < 1e-12)
        #expect(abs(measure(Recall()) - (2.0 / 3 + 0.5 + 1) / 3) < 1e-12)
        #expect(abs(measure(F1()) - (0.8 + 0.5 + 2.0 / 3) / 3) < 1e-12)
        #expect(abs(measure(F1(.weighted)) - (0.8 * 3 + 0.5 * 2 + 2.0 / 3) / 6) < 1e-12)
        #expect(abs(measure(F1(.micro)) - 4.0 / 6) < 1e-12)
        #expect(measure(Recall(.ofClass(1))) == 0.5)
        #expect(measure(Perplexity()) == 4.4816890703380645)
    }

    @Test func area() {
        // Each class against the rest, by counting pairs.
        #expect(abs(measure(AreaUnderCurve()) - 0.8564814814814815) < 1e-12)
        func binary(_ scores: [Double], _ labels: [Double]) -> Double {
            var metric = AreaUnderCurve()
            metric.update(
                BatchResult(loss: Tensor(0), predictions: Tensor(scores), targets: Tensor(labels)),
                samples: scores.count)
            return metric.value
        }
        #expect(binary([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]) == 0.75)
        #expect(binary([1, 1, 1], [0, 1, 0]) == 0.5)
        #expect(binary([1, 2], [1, 1]).isNaN)
    }

    @Test func numbers() {
        func value(_ metric: some Metric) -> Double {
            var metric = metric
            metric.update(
                BatchResult(
                    loss: Tensor(0), predictions: Tensor([1.0, 2, 5]), targets: Tensor([1.0, 4, 1])),
                samples: 3)
            return metric.value
        }
        #expect(value(MeanSquaredError()) == 20.0 / 3)
        #expect(value(MeanAbsoluteError()) == 2)
        #expect(abs(value(PeakSignalToNoiseRatio(peak: 5)) - 5.740312677277188) < 1e-12)
    }

    @Test func nothingIsNaN() {
        for metric in [
            Accuracy(), Precision(), F1(), AreaUnderCurve(), MeanSquaredError(), Perplexity(),
            PeakSignalToNoiseRatio(),
        ]
            as [any Metric]
        {
            #expect(metric.value.isNaN, "\(metric.name)")
        }
    }

    private static func update(_ metric: some Metric) {
        var metric = metric
        metric.update(
            BatchResult(loss: Tensor(0), predictions: Tensor([1.0, 2]), targets: Tensor([1, 0, 2])),
            samples: 2)
    }

    @Test func whatDoesNotFitStopsTheProgram() async {
        await #expect(processExitsWith: .failure) { MetricTests.update(Accuracy()) }
        await #expect(processExitsWith: .failure) { MetricTests.update(MeanSquaredError()) }
        await #expect(processExitsWith: .failure) { MetricTests.update(AreaUnderCurve()) }
    }

    @Test func measurementsAreReadable() {
        let values: Measurements = ["train_loss": 0.31, "test_accuracy": 1, "test_mse": 3e-9, "rate": .nan]
        let text = "train_loss 0.3100, test_accuracy 1.0000, test_mse 3.0e-09, rate nan"
        #expect("\(values)" == text)
        let record = MetricsRecord(epoch: 3, step: 471, values: values, seconds: 1)
        #expect("\(record)" == "epoch 3, step 471: \(text)")
    }
}
