import Apus
import ApusData
import Testing

@Suite struct CollationTests {
    @Test func samplesAreStacked() throws {
        let a = Tensor((0..<6).map { Float($0) }, shape: [2, 3])
        // Of any strides.
        let b = Tensor((0..<6).map { Float(-$0) }, shape: [3, 2]).transpose(0, 1)
        let batch = try Tensor.collate([a, b, a])
        #expect(batch.shape == [3, 2, 3] && batch.dtype == .float32 && batch.sampleCount == 3)
        #expect(batch.array(of: Float.self) == Tensor.stack([a, b, a]).array(of: Float.self))
        #expect(try Tensor.collate([Tensor(3.0), Tensor(4.0)]).shape == [2])
        #expect(try Tensor.collate([Tensor.zeros([0, 4])]).shape == [1, 0, 4])
        #expect(throws: CollationError.self) { try Tensor.collate([a, b, a.transpose(0, 1)]) }
        #expect(throws: CollationError.self) { try Tensor.collate([a, a.to(.float64)]) }
    }

    @Test func numbersBecomeTensorsOfTheirType() throws {
        #expect(Int.collate([3, 4]).dtype == .int64 && Float.collate([1]).dtype == .float32)
        #expect(Double.collate([1]).dtype == .float32 && Bool.collate([true]).dtype == .bool)
        let batch = try Example<Int, [String: Float]>.collate([
            Example(input: 1, target: ["a": 2, "b": 3]), Example(input: 4, target: ["b": 5, "a": 6]),
        ])
        #expect(batch.sampleCount == 2 && batch.inputs.array(of: Int.self) == [1, 4])
        #expect(batch.targets["a"]?.array(of: Float.self) == [2, 6])
        #expect(batch.targets.sampleCount == 2)
        #expect(throws: CollationError.self) { try [String: Int].collate([["a": 1], ["b": 1]]) }
    }

    @Test func unequalLengthsArePadded() throws {
        let sequences = [[1.0, 2, 3], [], [4]].map { Tensor($0, shape: [$0.count]) }
        let right = try PaddedBatch(sequences, value: -1)
        #expect(right.values.array(of: Double.self) == [1, 2, 3, -1, -1, -1, 4, -1, -1])
        #expect(right.lengths.array(of: Int.self) == [3, 0, 1] && right.sampleCount == 3)
        #expect(right.mask.array(of: Int.self) == [1, 1, 1, 0, 0, 0, 1, 0, 0])
        let left = try PaddedBatch(sequences, value: -1, side: .left)
        #expect(left.values.array(of: Double.self) == [1, 2, 3, -1, -1, -1, -1, -1, 4])
        #expect(left.mask.array(of: Int.self) == [1, 1, 1, 0, 0, 0, 0, 0, 1])
        let frames = try PaddedBatch([Tensor.ones([2, 2]), Tensor.ones([1, 2])], value: 7)
        #expect(frames.values.shape == [2, 2, 2])
        #expect(frames.values.array(of: Float.self) == [1, 1, 1, 1, 1, 1, 7, 7])
        #expect(throws: CollationError.self) {
            try PaddedBatch([Tensor.ones([2, 2]), Tensor.ones([2, 3])])
        }
        #expect(throws: CollationError.self) { try PaddedBatch([Tensor(1.0)]) }
    }

    @Test func tokensArePadded() {
        let batch = PaddedBatch([[5, 6], [7]], value: 9, side: .left)
        #expect(batch.values.dtype == .int64 && batch.values.array(of: Int.self) == [5, 6, 9, 7])
        #expect(PaddedBatch([[Int](), []]).values.shape == [2, 0])
    }
}
