import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// Positional encodings and biases against their formulas.
@Suite struct PositionTests {
    @Test func wavesAreThePapers() {
        let positions = SinusoidalPositions(5)
        let table = positions.encoding(4, from: 2, dtype: .float64)
        for (row, position) in [2.0, 3, 4, 5].enumerated() {
            let angles = [position, position, position / 39.810717055349734, position / 39.810717055349734]
            let wanted = [0, 1, 0, 1].enumerated().map { index, isCosine in
                let x = Tensor(angles[index], dtype: .float64)
                return (isCosine == 1 ? x.cos() : x.sin()).item(as: Double.self)
            }
            let found = table[row].array(of: Double.self)
            #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-12 })
        }
        let x = Tensor.normal([2, 7, 5], using: RandomGenerator(seed: 1))
        expectClose(positions(x), x + positions.encoding(7), "sum", relative: 1e-6)
    }

    @Test func learnedOnesAreAdded() {
        let positions = LearnedPositions(6, 3)
        let x = Tensor.zeros([2, 4, 3])
        let y = positions(x)
        #expect(y[1].array(of: Float.self) == Array(positions.weight.value.array(of: Float.self).prefix(12)))
        y.sum().backward()
        #expect(
            positions.weight.grad!.array(of: Float.self) == [Float](repeating: 2, count: 12) + [
                0, 0, 0, 0, 0, 0,
            ])
    }

    @Test func slopesAreTheAuthors() {
        #expect(LinearBiases(heads: 8).slopes == (1...8).map { 1 / Double(1 << $0) })
        let twelve = LinearBiases(heads: 12).slopes
        #expect(twelve.count == 12 && twelve[7] == 1.0 / 256)
        #expect(abs(twelve[8] - 0.7071067811865476) < 1e-12 && abs(twelve[11] - 0.08838834764831845) < 1e-12)
        let bias = LinearBiases(heads: 1).bias(queries: 2, keys: 4, from: 2)
        #expect(bias.shape == [1, 2, 4])
        let slope = Float(LinearBiases(heads: 1).slopes[0])
        #expect(bias.array(of: Float.self) == [2, 1, 0, 1, 3, 2, 1, 0].map { -$0 * slope })
    }

    /// The buckets of T5's reference code, 32 for distances up to 128.
    @Test func bucketsAreT5s() {
        let both = RelativePositionBias(heads: 2)
        let differences = [
            -200, -128, -100, -64, -20, -16, -11, -8, -7, -1, 0, 1, 7, 8, 9, 15, 31, 90, 127, 500,
        ]
        #expect(
            differences.map(both.bucket) == [
                15, 15, 15, 14, 10, 10, 8, 8, 7, 1, 0, 17, 23, 24, 24, 25, 27, 30, 31, 31,
            ])
        let before = RelativePositionBias(heads: 2, bidirectional: false)
        #expect(
            [3, 0, -1, -15, -16, -20, -60, -128, -300].map(before.bucket) == [
                0, 0, 1, 15, 16, 17, 26, 31, 31,
            ])
        let bias = both(queries: 3, keys: 5, from: 1)
        #expect(bias.shape == [2, 3, 5])
        let row = both.table.weight.value[both.bucket(of: 4 - 2)].array(of: Float.self)
        #expect(bias[1][1][4].item(as: Float.self) == row[1])
        bias.sum().backward()
        #expect(both.table.weight.grad!.sum().item(as: Float.self) == 30)
    }
}
