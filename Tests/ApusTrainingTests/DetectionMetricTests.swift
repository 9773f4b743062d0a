import Apus
import Testing

@testable import ApusTraining

/// Values worked out by hand.
@Suite struct DetectionMetricTests {
    /// Two pictures in two batches. Class 0 has three objects, of which two are found, and one find is wrong:
    ///
    /// | score | | precision | recall |
    /// |---|---|---|---|
    /// | 0.9 | right, IoU 1 | 1 | 1/3 |
    /// | 0.8 | wrong: found already | 1/2 | 1/3 |
    /// | 0.7 | right, IoU 0.6 | 2/3 | 2/3 |
    ///
    /// Class 1 has one object, which is found in the wrong picture. Class 2 is found, but is nowhere.
    private func measure(_ metric: MeanAveragePrecision) -> Double {
        var metric = metric
        let found: [[[Double]]] = [
            [[0, 0, 0, 0, 10, 10, 0.9], [0, 0, 1, 0, 11, 10, 0.8], [0, 2, 0, 0, 9, 9, 0.95]],
            [[0, 0, 0, 0, 6, 10, 0.7], [0, 1, 20, 20, 30, 30, 0.5]],
        ]
        let there: [[[Double]]] = [
            [[0, 0, 0, 0, 10, 10], [0, 0, 50, 50, 60, 60], [0, 1, 20, 20, 30, 30]],
            [[0, 0, 0, 0, 10, 10]],
        ]
        for (found, there) in zip(found, there) {
            metric.update(
                BatchResult(
                    loss: Tensor(0.0), predictions: Tensor(found), targets: Tensor(there)), samples: 1)
        }
        return metric.value
    }

    @Test func averagePrecision() {
        // Recalls 0 … 0.33 have a precision of 1, 0.34 … 0.66 of 2/3.
        let half = (34 + 33 * 2.0 / 3) / 101
        #expect(abs(measure(MeanAveragePrecision(at: [0.5])) - half / 2) < 1e-12)
        // At 0.7 only the first is right.
        #expect(abs(measure(MeanAveragePrecision(at: [0.7])) - 34.0 / 101 / 2) < 1e-12)
        // The overlap of 0.6 is enough at 0.5, 0.55 and 0.6.
        let all = (3 * half + 7 * 34.0 / 101) / 10
        #expect(abs(measure(MeanAveragePrecision()) - all / 2) < 1e-6)
        #expect(MeanAveragePrecision(at: [0.5]).name == "map50" && MeanAveragePrecision().name == "map")
    }

    @Test func nothingFoundOrNothingThere() {
        func value(_ found: Shape, _ there: Tensor) -> Double {
            var metric = MeanAveragePrecision(at: [0.5])
            metric.update(
                BatchResult(loss: Tensor(0.0), predictions: .zeros(found), targets: there), samples: 1)
            return metric.value
        }
        #expect(value([0, 7], Tensor([[0, 1, 2, 2, 5, 5]] as [[Double]])) == 0)
        #expect(value([0, 7], .zeros([0, 6])).isNaN)
        #expect(value([3, 7], .zeros([0, 6])).isNaN)
        #expect(MeanAveragePrecision().value.isNaN)
    }

    @Test func resetForgets() {
        var metric = MeanAveragePrecision(at: [0.5])
        let there = Tensor([[0, 0, 0, 0, 10, 10]] as [[Double]])
        metric.update(
            BatchResult(loss: Tensor(0.0), predictions: .zeros([0, 7]), targets: there), samples: 1)
        metric.reset()
        let found = Tensor([[0, 0, 0, 0, 10, 10, 0.3]] as [[Double]])
        metric.update(BatchResult(loss: Tensor(0.0), predictions: found, targets: there), samples: 1)
        #expect(metric.value == 1)
    }

    /// Said 0, 0, 1, 1, 3 where 0, 1, 1, 1, 0 is right: 1/3, 2/3 and 0 of 1; class 2 is nowhere.
    @Test func intersectionOverUnion() {
        var metric = MeanIoU()
        #expect(metric.value.isNaN)
        let scores = Tensor.eye(4)[[0, 0, 1, 1, 3]].transpose().reshape([1, 4, 5, 1])
        let labels = Tensor([0, 1, 1, 1, 0], shape: [1, 5, 1])
        metric.update(BatchResult(loss: Tensor(0.0), predictions: scores, targets: labels), samples: 1)
        #expect(abs(metric.value - (1.0 / 3 + 2.0 / 3 + 0) / 3) < 1e-12)
        metric.reset()
        #expect(metric.value.isNaN && metric.name == "miou" && metric.isHigherBetter)
    }

    @Test func overlapsThatCannotBeStop() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = MeanAveragePrecision(at: [1.5])
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("overlaps [1.5]"))
    }
}
