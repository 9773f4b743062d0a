import Apus
import ApusNN
import Testing

/// Dropout of whole channels and samples.
@Suite struct DropoutLayerTests {
    /// Whether all elements of each of the first `axes` axes' positions are equal, and 0 or `scale`.
    private func expectWhole(_ y: Tensor, axes: Int, scale: Float) -> Int {
        let outer = Array(y.shape[..<axes]).elementCount
        let rows = y.reshape([outer, y.count / outer])
        var dropped = 0
        for row in 0..<outer {
            let values = Set(rows[row].array(of: Float.self))
            #expect(values.count == 1 && (values == [0] || values == [scale]))
            if values == [0] { dropped += 1 }
        }
        return dropped
    }

    @Test func channelsAreDroppedWhole() {
        seedRandom(5)
        let cases: [(any Layer, Shape, Int)] = [
            (Dropout1d(0.25), [40, 30, 4], 2), (Dropout1d(0.25), [1200, 4], 1),
            (Dropout2d(0.25), [40, 30, 3, 2], 2), (Dropout2d(0.25), [40, 30, 3], 2),
            (Dropout3d(0.25), [40, 30, 3, 2, 2], 2), (Dropout3d(0.25), [1200, 3, 2, 2], 1),
        ]
        for (layer, shape, axes) in cases {
            let dropped = expectWhole(layer(.ones(shape)), axes: axes, scale: 4 / 3)
            #expect(abs(dropped - 300) < 60, "\(type(of: layer)) \(shape)")
            layer.evaluate()
            #expect(layer(.ones(shape)).array(of: Float.self).allSatisfy { $0 == 1 })
        }
    }

    @Test func stochasticDepthDropsSamplesOrBatches() {
        seedRandom(6)
        let rows = StochasticDepth(0.5)
        let dropped = expectWhole(rows(.ones([1000, 2, 2])), axes: 1, scale: 2)
        #expect(abs(dropped - 500) < 80)
        let batch = StochasticDepth(0.5, mode: .batch)
        let kept = (0..<200).count { _ in expectWhole(batch(.ones([1, 3, 2])), axes: 1, scale: 2) == 0 }
        #expect(kept > 60 && kept < 140)
        batch.evaluate()
        #expect(batch(.ones([3])).array(of: Float.self) == [1, 1, 1])
    }

    @Test func theGradientMeetsTheSameChannels() {
        let x = Tensor.ones([20, 10, 3]).requiringGradient()
        let y = x.channelDropout(0.5, using: RandomGenerator(seed: 2))
        y.backward(.ones([20, 10, 3]))
        #expect(x.grad!.array(of: Float.self) == y.array(of: Float.self))
    }
}
