import Apus
import Glibc

/// A group of one rank: what a program has that was not started as one of several.
public final class SoloGroup: ProcessGroup {
    /// 0.
    public let rank = 0
    /// 1.
    public let size = 1
    /// 0.
    public let localRank = 0
    /// 1.
    public let localSize = 1
    /// What tensors pass through that are in no buffer.
    public let staging: SharedBuffer

    /// A group of this process alone.
    public init() { staging = Self.buffer(stagingBytes) }

    private static func buffer(_ byteCount: Int) -> SharedBuffer {
        let memory = ProcessMemory(byteCount: byteCount)
        return SharedBuffer(byteCount: byteCount, pointers: [memory.pointer], localRank: 0) {
            withExtendedLifetime(memory) {}
        }
    }

    /// Memory of this process.
    public func makeBuffer(byteCount: Int) throws(DistributedError) -> SharedBuffer {
        Self.buffer(byteCount)
    }

    /// Leaves the elements as they are.
    public func sum(_ buffer: SharedBuffer, count: Int, as dtype: DType) throws(DistributedError) {
        _ = SumForm(dtype, "sum")
        check(buffer, byteCount: count * dtype.size, "sum")
    }

    /// Leaves the elements as they are.
    public func reduceScatter(_ buffer: SharedBuffer, count: Int, as dtype: DType) throws(DistributedError) {
        _ = SumForm(dtype, "reduceScatter")
        check(buffer, byteCount: count * dtype.size, "reduceScatter")
    }

    /// Leaves the elements as they are.
    public func allGather(_ buffer: SharedBuffer, count: Int, as dtype: DType) throws(DistributedError) {
        check(buffer, byteCount: count * dtype.size, "allGather")
    }

    /// Leaves the elements as they are.
    public func broadcast(_ buffer: SharedBuffer, byteCount: Int, from root: Int) throws(DistributedError) {
        check(buffer, byteCount: byteCount, "broadcast", root: root)
    }

    /// Returns at once.
    public func barrier() throws(DistributedError) {}

    /// Ends the program with this status.
    public func abort(code: Int32) -> Never { exit(code) }
}
