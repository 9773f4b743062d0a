import Apus
import Foundation
import Testing
import _ApusTestSupport

/// What samples cannot show of rotary embeddings: distances, offsets, precision, turning back.
@Suite struct RotaryEmbeddingTests {
    private static func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
        Tensor.normal(shape, using: RandomGenerator(seed: seed)).to(.float64)
    }

    @Test(arguments: [RotaryPairs.interleaved, .halves])
    func theyEqualALoop(_ pairs: RotaryPairs) {
        let (x, base) = (Self.random([3, 5, 8], 1), 50.0)
        let found = x.rotaryEmbedding(pairs: pairs, base: base, features: 6, offset: -2)
        var wanted = x.array(of: Double.self)
        for row in 0..<15 {
            for pair in 0..<3 {
                let angle = Double(row % 5 - 2) * pow(base, -Double(pair) / 3)
                let (a, b) = pairs == .halves ? (pair, pair + 3) : (2 * pair, 2 * pair + 1)
                let (p, q) = (wanted[row * 8 + a], wanted[row * 8 + b])
                wanted[row * 8 + a] = p * cos(angle) - q * sin(angle)
                wanted[row * 8 + b] = q * cos(angle) + p * sin(angle)
            }
        }
        #expect(zip(found.array(of: Double.self), wanted).allSatisfy { abs($0 - $1) <= 1e-14 })
    }

    /// Products of queries and keys depend on distances alone, and lengths stay.
    @Test(arguments: [RotaryPairs.interleaved, .halves])
    func productsDependOnDistances(_ pairs: RotaryPairs) {
        let (q, k) = (Self.random([6, 8], 1), Self.random([6, 8], 2))
        let products = [0, 1000].map { offset in
            q.rotaryEmbedding(pairs: pairs, offset: offset)
                .matmul(k.rotaryEmbedding(pairs: pairs, offset: offset).transpose())
        }
        #expect(difference(products[0], products[1], relative: 1e-11, absolute: 1e-11) == nil)
        let lengths = [q, q.rotaryEmbedding(pairs: pairs)].map { $0.norm(axis: -1) }
        #expect(difference(lengths[0], lengths[1], relative: 1e-14, absolute: 1e-14) == nil)
    }

    @Test(arguments: [RotaryPairs.interleaved, .halves])
    func theGradientTurnsBack(_ pairs: RotaryPairs) {
        let x = Self.random([2, 7, 6], 1).requiringGradient()
        let y = x.rotaryEmbedding(pairs: pairs, features: 4)
        y.backward(y.detach())
        #expect(difference(x.grad!, x.detach(), relative: 1e-14, absolute: 1e-14) == nil)
    }

    @Test func positionsAreThoseThatFollowFromAnOffset() {
        let x = Self.random([2, 3, 5, 8], 1)
        let whole = x.rotaryEmbedding(offset: 3)
        let positions = Tensor.arange(3, 8)
        #expect(
            x.rotaryEmbedding(positions: positions).array(of: Double.self) == whole.array(of: Double.self))
        let each = Tensor.stack([positions, positions + 4]).reshape([2, 1, 5])
        let second = x.rotaryEmbedding(positions: each).narrow(axis: 0, start: 1, count: 1)
        let later = x.narrow(axis: 0, start: 1, count: 1).rotaryEmbedding(offset: 7)
        #expect(second.array(of: Double.self) == later.array(of: Double.self))
        let parts = [(0, 2), (2, 3)].map { start, count in
            x.narrow(axis: 2, start: start, count: count).rotaryEmbedding(offset: 3 + start)
        }
        #expect(Tensor.cat(parts, axis: 2).array(of: Double.self) == whole.array(of: Double.self))
    }

    /// Angles of a million radians, of which float32 would keep nothing behind the point.
    @Test func farPositionsAreAsPrecise() {
        let x = Self.random([4, 6], 1)
        let found = x.to(.float32).rotaryEmbedding(offset: 10_000_000).to(.float64)
        let wanted = x.rotaryEmbedding(offset: 10_000_000)
        #expect((found - wanted).abs().max().item(as: Double.self) <= 1e-6)
    }

    @Test func nothingTurnsNothing() {
        #expect(Self.random([2, 0, 4], 1).rotaryEmbedding().shape == [2, 0, 4])
        let x = Self.random([2, 3, 4], 1)
        for pairs in [RotaryPairs.interleaved, .halves] {
            let same = x.rotaryEmbedding(pairs: pairs, features: 0)
            #expect(same.array(of: Double.self) == x.array(of: Double.self))
        }
    }
}
