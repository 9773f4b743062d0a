import Apus
import ApusDistributed
import Testing

/// A group of one rank leaves everything as it is.
@Suite struct SoloGroupTests {
    @Test func everythingStaysAsItIs() throws {
        let group = SoloGroup()
        #expect((group.rank, group.size, group.localRank, group.localSize) == (0, 1, 0, 1))
        let x = Tensor([1.5, -2], dtype: .float16)
        #expect(try group.sum(x).array(of: Float.self) == [1.5, -2])
        #expect(try group.broadcast(x).dtype == .float16)
        let buffer = try group.makeBuffer(byteCount: 12)
        #expect(buffer.bytes.allSatisfy { $0 == 0 })
        try group.sum(buffer, count: 3, as: .float32)
        try group.reduceScatter(buffer, count: 3, as: .float32)
        try group.allGather(buffer, count: 3, as: .float32)
        try group.barrier()
        #expect(group.part(of: 3) == 0..<3)
    }
}
