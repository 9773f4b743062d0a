import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// Linear attention against its sum over all pairs in PyTorch, and its forms against each other.
@Suite struct LinearAttentionTests {
    private static let x = Tensor.normal([2, 75, 8], using: RandomGenerator(seed: 1))

    private static func layer(
        _ features: AttentionFeatures = .elu, isCausal: Bool = true, shiftsTokens: Bool = false
    ) -> LinearAttention {
        LinearAttention(
            8, heads: 2, features: features, isCausal: isCausal, shiftsTokens: shiftsTokens,
            using: RandomGenerator(seed: 2))
    }

    @Test func resultAndGradientsArePyTorchs() throws {
        try expectPeer("linearAttention.causal", LinearAttention(6, heads: 2, isCausal: true))
        try expectPeer(
            "linearAttention.shifted",
            LinearAttention(6, heads: 2, features: .relu, isCausal: true, shiftsTokens: true))
        try expectPeer("linearAttention.full", LinearAttention(6, heads: 2)) { $0($1, keyMask: $2) }
        try expectPeer(
            "linearAttention.favor", LinearAttention(6, heads: 2, features: .favor(7), isCausal: true))
    }

    @Test(arguments: [AttentionFeatures.elu, .relu, .favor(6)])
    func formsGiveTheSame(_ features: AttentionFeatures) {
        let layer = Self.layer(features, shiftsTokens: true)
        let chunked = layer(Self.x)
        for form in [SequenceForm.parallel, .recurrent] {
            layer.form = form
            expectClose(layer(Self.x), chunked, "\(form)", relative: 2e-5)
            expectPartsGiveTheWhole(layer, Self.x.narrow(axis: 1, start: 0, count: 9), relative: 2e-5)
        }
        layer.form = .chunked
        expectPartsGiveTheWhole(layer, Self.x, relative: 2e-5)
        expectNothingFromLater(layer, Self.x, from: 30)
    }

    @Test func gradientsAreThoseOfDifferences() throws {
        let x = Tensor.normal([1, 5, 8], dtype: .float64, using: RandomGenerator(seed: 4))
        for isCausal in [true, false] {
            let layer = precise(Self.layer(isCausal: isCausal, shiftsTokens: true))
            try checkGradients(at: [x]) { layer($0[0]) }
        }
        let layer = precise(Self.layer(.favor(6)))
        for form in [SequenceForm.parallel, .recurrent, .chunked] {
            layer.form = form
            try checkGradients(at: [x]) { layer($0[0]) }
        }
    }

    /// What is masked is as if it were not there.
    @Test func paddingCountsForNothing() {
        let layer = Self.layer(isCausal: false)
        let x = Self.x.narrow(axis: 1, start: 0, count: 12)
        let mask = (Tensor.arange(12) .< 7).broadcast(to: [2, 12])
        let short = layer(x.narrow(axis: 1, start: 0, count: 7))
        expectClose(layer(x, keyMask: mask).narrow(axis: 1, start: 0, count: 7), short, relative: 1e-5)
        #expect(layer(x.narrow(axis: 1, start: 0, count: 0)).shape == [2, 0, 8])
    }

    /// Products of random features are on average the exponentials of softmax attention.
    @Test func randomFeaturesAreThoseOfSoftmax() {
        let (many, d) = (4096, 4)
        let layer = LinearAttention(
            d, heads: 1, features: .favor(many), isCausal: false, using: RandomGenerator(seed: 5))
        let x = Tensor.normal([1, 20, d], using: RandomGenerator(seed: 6))
        let wanted = layer.outProjection(
            layer.queryProjection(x).unsqueeze(1).scaledDotProductAttention(
                key: layer.keyProjection(x).unsqueeze(1), value: layer.valueProjection(x).unsqueeze(1)
            ).squeeze(axis: 1))
        let problem = difference(layer(x), wanted, relative: 0, absolute: 0.02)
        #expect(problem == nil, "\(problem ?? "")")
        // Directions of a block are orthogonal.
        let directions = layer.directions!.value.narrow(axis: 0, start: 4, count: 4)
        let products = directions.matmul(directions.transpose(0, 1)).array(of: Float.self)
        for row in 0..<4 {
            for column in 0..<row { #expect(abs(products[4 * row + column]) < 1e-4) }
        }
    }

    /// A sum of weights that is 0 gives zeros and not NaN.
    @Test func noWeightGivesNoValue() {
        let layer = LinearAttention(4, heads: 1, features: .relu, isCausal: true, bias: false)
        layer.keyProjection.weight.value = .zeros([4, 4])
        let x = Tensor.ones([1, 3, 4]).requiringGradient()
        let y = layer(x)
        y.sum().backward()
        #expect(y.array(of: Float.self).allSatisfy { $0 == 0 })
        #expect(x.grad!.array(of: Float.self).allSatisfy { $0.isFinite })
    }

    static let mistakes: [@Sendable () -> Void] = [
        { _ = LinearAttention(6, heads: 4) },
        { _ = LinearAttention(6, heads: 2)(.ones([2, 3, 5])) },
        { _ = LinearAttention(6, heads: 2)(.ones([2, 3, 6]), keyMask: .ones([2, 3])) },
        { _ = LinearAttention(6, heads: 2).initialState(batch: 1) },
        { LinearAttention(6, heads: 2).form = .recurrent },
        { LinearAttention(6, heads: 2, isCausal: true).form = .convolution },
        {
            let layer = LinearAttention(6, heads: 2, isCausal: true)
            var state = layer.initialState(batch: 2)
            _ = layer.advance(.ones([1, 3, 6]), &state)
        },
    ]

    @Test func mistakesAreNamed() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            reportOthers(than: "LinearAttention", LinearAttentionTests.mistakes)
        }
        #expect(message(result).isEmpty, "\(message(result))")
    }
}
