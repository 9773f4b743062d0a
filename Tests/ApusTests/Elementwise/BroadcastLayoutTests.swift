import Apus
import Testing

/// Broadcasting gives the same numbers in whatever order the operands lie in memory.
struct BroadcastLayoutTests {
    static let orders = [[0, 1, 2, 3], [0, 2, 3, 1], [3, 2, 1, 0], [1, 0, 3, 2]]

    /// `tensor` with its axes in another order of memory.
    private func lying(_ tensor: Tensor, in order: [Int]) -> Tensor {
        let axes = order.suffix(tensor.rank).filter { $0 < tensor.rank }
        guard axes.count == tensor.rank else { return tensor }
        let inverse = axes.indices.map { axis in axes.firstIndex(of: axis)! }
        return tensor.permute(axes).contiguous().permute(inverse)
    }

    @Test(arguments: orders, orders)
    func isTheSameInAnyOrderOfMemory(_ order: [Int], _ other: [Int]) {
        let shape = [3, 20, 4, 17]
        let a = Tensor.uniform(shape, using: RandomGenerator(seed: 1))
        for repeated in 0..<16 {
            let extents = shape.indices.map { repeated >> $0 & 1 == 1 ? 1 : shape[$0] }
            let b = Tensor.uniform(extents, using: RandomGenerator(seed: 2))
            let expected = (a - b.broadcast(to: shape).contiguous()).array(of: Float.self)
            let negated = expected.map { -$0 }
            let (left, small) = (lying(a, in: order), lying(b, in: other))
            for right in [small, small.broadcast(to: shape)] {
                #expect((left - right).array(of: Float.self) == expected, "\(extents)")
                #expect((right - left).array(of: Float.self) == negated, "\(extents)")
                #expect((left - right).layout.strides == left.layout.strides, "\(extents)")
                var updated = left
                updated -= right
                #expect(updated.array(of: Float.self) == expected, "\(extents)")
            }
        }
    }

    @Test func refusesNothingThatBroadcasts() {
        let column = Tensor.uniform([4, 1], using: RandomGenerator(seed: 1))
        let row = Tensor.uniform([1, 40], using: RandomGenerator(seed: 2))
        #expect((column + row).shape == [4, 40])
        #expect((Tensor.zeros([1, 1]) + Tensor.zeros([3])).shape == [1, 3])
        #expect((Tensor.zeros([1]) + Tensor.zeros([3, 1])).shape == [3, 1])
        #expect((Tensor.zeros([0, 4]) + Tensor.zeros([1, 4])).shape == [0, 4])
        #expect((Tensor.zeros([0, 1]) + Tensor.zeros([4])).shape == [0, 4])
    }
}
