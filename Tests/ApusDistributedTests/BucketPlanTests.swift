import Apus
import Testing

@testable import ApusDistributed

/// Which gradients are summed together.
@Suite struct BucketPlanTests {
    @Test func bucketsAreFullInOrder() {
        let forms: [(count: Int, dtype: DType)] = [
            (3, .float32), (2, .float64), (0, .float32), (6, .float32), (1, .float64),
        ]
        let plan = BucketPlan(of: forms, in: [4, 3, 2, 1, 0], .even(16))
        // The first float64 bucket is full with parameter 1, after the first of float32.
        #expect(plan.buckets.map(\.dtype) == [.float32, .float64, .float64, .float32, .float32])
        #expect(plan.buckets.map(\.count) == [4, 2, 1, 4, 1])
        #expect(
            plan.buckets[3].pieces == [
                .init(parameter: 3, elements: 4..<6, start: 0),
                .init(parameter: 0, elements: 0..<2, start: 2),
            ])
        #expect(BucketPlan(of: [], in: [], .even(16)).buckets.isEmpty)
        // No element fits: one is taken all the same.
        #expect(BucketPlan(of: [(2, .complex128)], in: [0], .even(3)).buckets.map(\.count) == [1, 1])
    }

    /// What is there last is little.
    @Test func bucketsTaper() {
        let plan = BucketPlan(
            of: [(100 << 18, .float32)], in: [0], .tapering(least: 1 << 20, most: 25 << 20))
        let sizes = plan.buckets.map { Double($0.byteCount) / Double(1 << 20) }
        #expect(Array(sizes.prefix(3)) == [1.0, 25.0, 25.0])
        #expect(sizes.last! <= 1)
        #expect(sizes.reduce(0, +) == 100)
        let rest = Array(sizes.dropFirst(2))
        #expect(rest == rest.sorted(by: >))
        #expect(sizes.count == 10)
    }

    @Test func elementsComeBack() {
        let plan = BucketPlan(of: [(5, .float32), (4, .float32)], in: [1, 0], .even(12))
        let gradients: [Tensor?] = [Tensor([1.0, 2, 3, 4, 5]), nil]
        var copies: [Tensor?] = [.zeros([5]), .zeros([4])]
        for bucket in plan.buckets {
            withUnsafeTemporaryAllocation(byteCount: bucket.byteCount, alignment: 64) { memory in
                memory.initializeMemory(as: UInt8.self, repeating: 1)
                for piece in bucket.pieces {
                    bucket.fill(memory.baseAddress!, piece, from: gradients[piece.parameter])
                }
                for range in [0..<1, 1..<bucket.count] {
                    bucket.copy(range, of: memory.baseAddress!, to: &copies)
                }
            }
        }
        #expect(copies[0]!.array(of: Float.self) == [1, 2, 3, 4, 5])
        #expect(copies[1]!.array(of: Float.self) == [0, 0, 0, 0])
    }
}
