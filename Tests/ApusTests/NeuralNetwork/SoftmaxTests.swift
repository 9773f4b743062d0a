import Foundation
import Testing
import _ApusTestSupport

@testable import Apus

/// Softmax and its kin at the edges: huge logits, masks, impossible classes.
@Suite struct SoftmaxTests {
    @Test func hugeLogitsNeitherOverflowNorLoseTheirDifference() {
        let x = Tensor([1e4, 1e4 + 1, -1e4] as [Float], shape: [1, 3])
        let p = x.softmax().array(of: Float.self)
        #expect(abs(p[1] - 0.73105858) < 1e-6 && p[2] == 0)
        let log = x.logSoftmax().array(of: Float.self)
        #expect(abs(log[0] + 1.3132617) < 1e-5 && abs(log[2] + 20001.314) < 1e-2)
        #expect(abs(x.softmaxCrossEntropy(Tensor([1], shape: [1])).item(as: Float.self) - 0.3132617) < 1e-5)
        #expect(abs(x.logSumExp(axis: 1).item(as: Float.self) - 10001.3132617) < 1e-2)
    }

    @Test(arguments: [3, 31, 32, 100])
    func maskedElementsGetNothing(_ n: Int) {
        var values = [Float](repeating: 0, count: n)
        values[1] = -.infinity
        let p = Tensor(values, shape: [1, n]).softmax().array(of: Float.self)
        #expect(p[1] == 0)
        #expect(abs(p[0] * Float(n - 1) - 1) < 1e-5)
        let all = Tensor.full([2, n], -Float.infinity)
        #expect(all.softmax().array(of: Float.self).allSatisfy { $0.isNaN })
        #expect(all.logSumExp(axis: 1).array(of: Float.self) == [-.infinity, -.infinity])
        values[1] = .nan
        #expect(Tensor(values, shape: [1, n]).softmax().array(of: Float.self).allSatisfy { $0.isNaN })
    }

    /// Short rows, long rows and columns take three ways to the same values.
    @Test(arguments: [1, 2, 15, 16, 17, 31, 32, 33, 100, 1000])
    func allWaysAgree(_ length: Int) {
        for rows in [1, 5, 16, 37, 130] {
            let x = Tensor(
                (0..<(rows * length)).map { sin(Double($0)) * 5 }, shape: [rows, length], dtype: .float64)
            let columns = x.transpose().contiguous()
            for dtype in [DType.float64, .float32] {
                let tolerance = dtype.tolerance
                func same(_ a: Tensor, _ b: Tensor) {
                    let problem = difference(
                        a, b, relative: tolerance.relative, absolute: tolerance.absolute)
                    #expect(problem == nil, "\(rows) × \(length) \(dtype): \(problem ?? "")")
                }
                let (a, b) = (x.to(dtype), columns.to(dtype))
                same(a.softmax(), b.softmax(axis: 0).transpose())
                same(a.logSoftmax(), b.logSoftmax(axis: 0).transpose())
                same(a.logSumExp(axis: 1), b.logSumExp(axis: 0))
                same(a.softmax().sum(axis: 1), .ones([rows], dtype: dtype))
                let (u, v) = (a.requiringGradient(), b.requiringGradient())
                (u.softmax() * a).sum().backward()
                (v.softmax(axis: 0) * b).sum().backward()
                same(u.grad!, v.grad!.transpose())
                let targets = Tensor((0..<rows).map { $0 % length }, shape: [rows])
                let direct = gradient(at: a) { $0.softmaxCrossEntropy(targets, labelSmoothing: 0.1) }
                let probabilities = Tensor(
                    (0..<(rows * length)).map { ($0 % length == $0 / length % length) ? 1.0 : 0.0 },
                    shape: [rows, length], dtype: dtype)
                same(
                    direct, gradient(at: a) { $0.softmaxCrossEntropy(probabilities, labelSmoothing: 0.1) })
            }
        }
    }

    @Test func ignoredRowsTakeNoPart() {
        let x = Tensor([1.0, 2, 3, 4, 5, 6], shape: [3, 2], dtype: .float64).requiringGradient()
        let targets = Tensor([0, -100, 1], shape: [3])
        let loss = x.softmaxCrossEntropy(targets)
        let low = log(1 + exp(1.0))
        let high = log(1 + exp(-1.0))
        #expect(abs(loss.item(as: Double.self) - (low + high) / 2) < 1e-12)
        loss.backward()
        let grad = x.grad!.array(of: Double.self)
        #expect(grad[2] == 0 && grad[3] == 0 && abs(grad[0] + grad[1]) < 1e-12 && grad[0] < 0)
        let none = x.softmaxCrossEntropy(Tensor([-100, -100, -100], shape: [3]))
        #expect(none.item(as: Double.self).isNaN)
    }

    @Test func equalClassWeightsChangeNoMean() {
        let x = Tensor([1.0, 2, 3, 4, 5, 6], shape: [3, 2], dtype: .float64)
        let (targets, weights) = (Tensor([0, -100, 1], shape: [3]), Tensor.full([2], 2.5, dtype: .float64))
        for smoothing in [0, 0.2] {
            let plain = x.softmaxCrossEntropy(targets, labelSmoothing: smoothing)
            let weighted = x.softmaxCrossEntropy(targets, classWeights: weights, labelSmoothing: smoothing)
            #expect(abs((plain - weighted).item(as: Double.self)) < 1e-14)
            let sum = x.softmaxCrossEntropy(
                targets, classWeights: weights, reduction: .sum, labelSmoothing: smoothing)
            #expect(abs((plain * 5 - sum).item(as: Double.self)) < 1e-14)
        }
        let ignored = Tensor([-100, -100, -100], shape: [3])
        #expect(x.softmaxCrossEntropy(ignored, classWeights: weights).item(as: Double.self).isNaN)
        #expect(
            x.softmaxCrossEntropy(ignored, classWeights: weights, reduction: .sum).item(as: Double.self) == 0)
        // The only row of [C], and sums that a 16-bit number does not hold.
        #expect(x[0].softmaxCrossEntropy(Tensor(1), classWeights: weights).shape == [])
        let many = Tensor.zeros([100_000, 2], dtype: .float16)
        let zeros = Tensor.zeros([100_000], dtype: .int64)
        let mean = many.softmaxCrossEntropy(zeros, classWeights: weights, labelSmoothing: 0.1)
        #expect(mean.dtype == .float16 && abs(mean.item(as: Double.self) - log(2.0)) < 1e-3)
    }

    /// Logits and class weights have gradients, of both orders, whatever goes together.
    @Test func gradientsOfClassWeights() throws {
        let x = Tensor.uniform([3, 4, 2], low: -2, high: 2, dtype: .float64)
        let weights = Tensor([0.5, 2, 1, 0.3], dtype: .float64)
        let classes = Tensor([0, 3, 2, 1, 2, 0], shape: [3, 2])
        for target in [classes, Tensor.uniform([3, 4, 2], dtype: .float64)] {
            for (reduction, smoothing) in [(LossReduction.mean, 0.3), (.mean, 0), (.none, 0.3), (.sum, 0)] {
                func loss(_ inputs: [Tensor]) -> Tensor {
                    inputs[0].softmaxCrossEntropy(
                        target, classWeights: inputs[1], reduction: reduction, labelSmoothing: smoothing,
                        ignoreIndex: 2)
                }
                try checkGradients(at: [x, weights]) { loss($0) }
                try checkGradients(at: [x, weights], tolerance: 1e-4) { inputs in
                    withGradient {
                        let inputs = inputs.map { $0.requiresGradient ? $0 : $0.requiringGradient() }
                        return gradient(of: loss(inputs).square().sum(), at: inputs, createGraph: true)
                            .reduce(Tensor(0.0, dtype: .float64)) { $0 + $1.square().sum() }
                    }
                }
            }
        }
    }

    @Test func impossibleClassesTrapAndSayWhichRow() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([3, 2]).softmaxCrossEntropy(Tensor([0, 1, 2], shape: [3]))
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("target 2 is class 2, and there are 2"))
    }

    @Test func targetsOfTheWrongShapeTrap() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([3, 2]).softmaxCrossEntropy(Tensor([0, 1], shape: [2]))
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("targets of shape [2] for logits of shape [3, 2]"))
    }

    @Test func classWeightsOfTheWrongShapeTrap() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([3, 2]).softmaxCrossEntropy(
                Tensor([0, 1, 1], shape: [3]), classWeights: Tensor.ones([3]))
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("class weights of shape [3] for logits of shape [3, 2]"))
    }

    @Test func layerNormOfAConstantRowIsItsBias() {
        let x = Tensor.full([2, 5], Float(3))
        let bias = Tensor([1, 2, 3, 4, 5] as [Float], shape: [5])
        #expect(x.layerNorm(bias: bias).array(of: Float.self) == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5])
    }
}
