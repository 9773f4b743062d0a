import Foundation
import Testing
import _ApusTestSupport

@testable import Apus

/// A scalar counts as one element along an axis 0, which is also -1, in each operation that takes an axis and gives
/// a scalar back for one: values and gradients are those of the vector of this one element.
@Suite struct ScalarAxisTests {
    struct Call: Sendable, CustomTestStringConvertible {
        let name: String
        let body: @Sendable (Tensor, Int) -> Tensor
        var testDescription: String { name }

        init(_ name: String, _ body: @escaping @Sendable (Tensor, Int) -> Tensor) {
            self.name = name
            self.body = body
        }
    }

    private static let one = Tensor.zeros([1], dtype: .int64)

    /// Results are scalars for a scalar.
    static let calls: [Call] = [
        Call("sum") { $0.sum(axis: $1) }, Call("sum keepDims") { $0.sum(axis: $1, keepDims: true) },
        Call("mean") { $0.mean(axis: $1) }, Call("prod") { $0.prod(axis: $1) },
        Call("max") { $0.max(axis: $1).values }, Call("max axes") { $0.max(axes: [$1]) },
        Call("min") { $0.min(axis: $1).values }, Call("min axes") { $0.min(axes: [$1]) },
        Call("max indices") { $0.max(axis: $1).indices }, Call("argmax") { $0.argmax(axis: $1) },
        Call("argmin") { $0.argmin(axis: $1) }, Call("all") { $0.all(axis: $1) },
        Call("any") { $0.any(axis: $1) }, Call("countNonzero") { $0.countNonzero(axis: $1) },
        Call("median") { $0.median(axis: $1).values }, Call("logSumExp") { $0.logSumExp(axis: $1) },
        Call("norm") { $0.norm(axis: $1) }, Call("norm 1") { $0.norm(1, axis: $1) },
        Call("norm 3") { $0.norm(3, axis: $1) }, Call("norm 0") { $0.norm(0, axis: $1) },
        Call("norm inf") { $0.norm(.infinity, axis: $1) },
        Call("norm -inf") { $0.norm(-.infinity, axis: $1) },
        Call("variance") { $0.variance(axis: $1, correction: 0.5) },
        Call("variance 1") { $0.variance(axis: $1) },
        Call("standardDeviation") { $0.standardDeviation(axis: $1, correction: 0) },
        Call("cumulativeSum") { $0.cumulativeSum(axis: $1) },
        Call("cumulativeProduct") { $0.cumulativeProduct(axis: $1) },
        Call("cumulativeProduct 0") { ($0 * 0).cumulativeProduct(axis: $1) },
        Call("cumulativeMax") { $0.cumulativeMax(axis: $1).values },
        Call("cumulativeMin") { $0.cumulativeMin(axis: $1).indices },
        Call("softmax") { $0.softmax(axis: $1) },
        Call("softmax mask") { $0.softmax(axis: $1, mask: Tensor(true)) },
        Call("logSoftmax") { $0.logSoftmax(axis: $1) },
        Call("softmin") { $0.softmin(axis: $1) }, Call("sort") { $0.sort(axis: $1).values },
        Call("argsort") { $0.argsort(axis: $1) }, Call("topK") { $0.topK(1, axis: $1).values },
        Call("flip") { $0.flip(axis: $1) }, Call("flip axes") { $0.flip(axes: [$1]) },
        Call("squeeze") { $0.squeeze(axis: $1) }, Call("transpose") { $0.transpose($1, 0) },
        Call("moveAxis") { $0.moveAxis(from: $1, to: -1) },
        Call("gather") { $0.gather(axis: $1, index: one.reshape($0.shape)) },
        Call("scatter") { $0.scatter(axis: $1, index: one.reshape($0.shape), source: $0 * 2) },
        Call("scatter number") { $0.scatter(axis: $1, index: one.reshape($0.shape), value: 7) },
        Call("scatterAdd") { $0.scatterAdd(axis: $1, index: one.reshape($0.shape), source: $0 * 2) },
        Call("indexSelect") { $0.indexSelect(axis: $1, index: one) },
        Call("indexAdd") { $0.indexAdd(axis: $1, index: one, source: $0 * 2) },
    ]

    @Test(arguments: calls, [0, -1])
    func aScalarHasOneElementAlongAnAxis(_ call: Call, _ axis: Int) {
        for value in [1.5, 0] {
            let scalar = Tensor(value, dtype: .float64).requiringGradient()
            let vector = Tensor([value], dtype: .float64).requiringGradient()
            let (found, expected) = (call.body(scalar, axis), call.body(vector, axis))
            #expect(found.shape == [], "\(call.name)")
            same(found.reshape([1]), expected.reshape([1]))
            #expect(found.requiresGradient == expected.requiresGradient, "\(call.name)")
            if !found.requiresGradient { continue }
            let first = gradient(of: found, at: scalar, createGraph: true)
            let ofVector = gradient(of: expected.sum(), at: vector, createGraph: true)
            #expect(first.shape == [], "\(call.name)")
            same(first.reshape([1]), ofVector)
            if first.requiresGradient && ofVector.requiresGradient {
                same(
                    gradient(of: first, at: scalar).reshape([1]), gradient(of: ofVector.sum(), at: vector))
            }
        }
    }

    private func same(_ found: Tensor, _ expected: Tensor) {
        let problem = difference(found, expected, relative: 1e-12, absolute: 1e-12)
        #expect(problem == nil, "\(problem ?? "")")
    }

    @Test func whatGivesAnAxisToAScalar() {
        let x = Tensor(1.5, dtype: .float64).requiringGradient()
        for axis in [0, -1] {
            #expect(x.unfold(axis: axis, size: 1).array(of: Double.self) == [1.5])
            #expect(x.unfold(axis: axis, size: 0).shape == [0])
            #expect(x.flatten(from: axis, to: axis).shape == [1])
            #expect(x.unsqueeze(axis).shape == [1])
            #expect(Tensor.stack([x, x], axis: axis).shape == [2])
            let index = Tensor([0, -1, 0], shape: [3])
            #expect(x.gather(axis: axis, index: index).array(of: Double.self) == [1.5, 1.5, 1.5])
            #expect(gradient(of: x.gather(axis: axis, index: index).sum(), at: x).item(as: Double.self) == 3)
            let sum = x.scatterAdd(axis: axis, index: index, source: Tensor([1, 2, 3], dtype: .float64))
            #expect(sum.item(as: Double.self) == 7.5)
        }
        #expect(gradient(of: (x.unfold(axis: 0, size: 1) * 3).sum(), at: x).item(as: Double.self) == 3)
        // And the other way round: a single index gives a scalar, as in PyTorch.
        #expect(Tensor([4.0, 5]).gather(axis: 0, index: Tensor(1)).item(as: Double.self) == 5)
    }

    /// Operations that cut an axis, make it longer or need two.
    static let refusing: [Call] = [
        Call("narrow") { $0.narrow(axis: $1, start: 0, count: 1) },
        Call("chunk") { $0.chunk(1, axis: $1)[0] },
        Call("split") { $0.split(size: 1, axis: $1)[0] },
        Call("tensorSplit") { $0.tensorSplit(1, axis: $1)[0] }, Call("unbind") { $0.unbind(axis: $1)[0] },
        Call("roll") { $0.roll(1, axis: $1) },
        Call("repeatInterleave") { $0.repeatInterleave(2, axis: $1) }, Call("glu") { $0.glu(axis: $1) },
        Call("unflatten") { $0.unflatten(axis: $1, into: [1, 1]) }, Call("cat") { .cat([$0, $0], axis: $1) },
        Call("diagonal") { $0.diagonal(axes: ($1, 0)) }, Call("rot90") { $0.rot90(axes: ($1, 0)) },
        Call("unique") { $0.unique(axis: $1).values }, Call("permute") { $0.permute([$1]) },
        Call("fft") { $0.fft(axis: $1) }, Call("fftShift") { $0.fftShift(axes: [$1]) },
        Call("ifftShift") { $0.ifftShift(axes: [$1]) },
        Call("cosineSimilarity") { $0.cosineSimilarity($0, axis: $1) },
        Call("nllLoss") { $0.nllLoss(Tensor(0), axis: $1) },
        Call("softmaxCrossEntropy") { $0.softmaxCrossEntropy(Tensor(0), axis: $1) },
        Call("linearRecurrence") { $0.linearRecurrence(decay: $0, axis: $1) },
    ]

    @Test(arguments: refusing.indices)
    func whatNeedsAnAxisRefusesScalars(_ index: Int) async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [index = index as Int] in
            _ = ScalarAxisTests.refusing[index].body(Tensor(1.0), -1)
        }
        expect(result, "\(ScalarAxisTests.refusing[index].name): axis -1 is outside a tensor of shape []")
    }

    /// Every function with a parameter for an axis is in one of the lists; the Fourier transforms share one check.
    @Test func nothingIsForgotten() throws {
        let listed = Set((Self.calls + Self.refusing).map { $0.name.prefix { $0 != " " } }.map(String.init))
        let alsoGivesAnAxis: Set = ["unfold", "unsqueeze", "stack", "flatten"]
        var missing: [String] = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: CompletenessTests.operations.path)
        where path.hasSuffix(".swift") && !path.hasPrefix("Fourier/") {
            let text = try String(
                contentsOf: CompletenessTests.operations.appending(path: path), encoding: .utf8)
            for function in text.components(separatedBy: "public ").dropFirst() {
                let signature = function.prefix { $0 != "{" }
                if !signature.contains("func ") { continue }
                if !signature.contains("axis: Int") && !signature.contains("axes: [Int]")
                    && !signature.contains("axes: (Int")
                {
                    continue
                }
                let name = signature.components(separatedBy: "func ")[1].prefix { $0.isLetter || $0.isNumber }
                if !listed.contains(String(name)) && !alsoGivesAnAxis.contains(String(name)) {
                    missing.append(String(name))
                }
            }
        }
        #expect(missing == [])
    }

    @Test func refusals() async {
        let outside = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(1.0).transpose()
        }
        expect(outside, "transpose: axis -2 is outside a tensor of shape []")
        let many = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(1.0).indexSelect(axis: 0, index: Tensor([0, 0], shape: [2]))
        }
        expect(many, "indexSelect: an index of shape [2] for a scalar")
        let twice = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(1.0).sum(axes: [0, -1])
        }
        expect(twice, "name one twice")
    }

    private func expect(_ result: ExitTest.Result?, _ words: String) {
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains(words), "\(message)")
    }
}
