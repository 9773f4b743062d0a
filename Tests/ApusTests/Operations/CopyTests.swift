import Testing

@testable import Apus

/// Copies between orders of axes against arithmetic with indices.
@Suite struct CopyTests {
    /// Short axes, those of a tile, strides of two and four, and of nothing, as each of the axes.
    static let shapes = [
        [2, 70], [3, 5, 70], [2, 3, 4, 5], [7, 2, 2, 18], [17, 16, 33], [300, 2, 3], [1, 2, 1, 40], [40, 2],
        [40, 2, 2], [], [2, 0, 3],
    ]

    @Test(arguments: shapes, [DType.uint8, .float16, .float32, .float64, .complex128])
    func everyOrderOfAxes(_ shape: [Int], _ dtype: DType) {
        let x = Tensor((0..<shape.elementCount).map { Float($0 % 100) }).reshape(shape).to(dtype)
        for order in permutations(Array(shape.indices)) {
            let found = x.permute(order).contiguous().real.to(.float32).array(of: Float.self)
            #expect(found == Self.permuted(shape, order).map { Float($0 % 100) }, "\(shape) as \(order)")
        }
    }

    /// What is too large for the caches is written past them, but for rows of a few elements.
    @Test func shortRowsBeyondTheCaches() {
        let x = Tensor.arange(0, 2 * 1_100_000, dtype: .float64).reshape([2, 1_100_000])
        let found = x.permute(1, 0).contiguous()
        #expect(found.shape == [1_100_000, 2])
        for (column, half) in [found[0..., 0], found[0..., 1]].enumerated() {
            #expect((half.contiguous() - x[column]).abs().max().item(as: Double.self) == 0)
        }
    }

    /// For each element of the permuted tensor, in its order, the index in the dense one.
    private static func permuted(_ shape: [Int], _ order: [Int]) -> [Int] {
        let strides = shape.contiguousStrides
        return order.reduce([0]) { indices, axis in
            indices.flatMap { index in (0..<shape[axis]).map { index + $0 * strides[axis] } }
        }
    }

    private func permutations(_ axes: [Int]) -> [[Int]] {
        if axes.isEmpty { return [[]] }
        return axes.flatMap { axis in permutations(axes.filter { $0 != axis }).map { [axis] + $0 } }
    }
}
