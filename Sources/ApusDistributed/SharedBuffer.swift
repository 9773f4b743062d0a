import Apus

/// A rank's memory for what is summed, made by all ranks together and seen by those of its node: sums happen in place, without
/// a copy into memory that can be shared or into messages.
///
/// Fresh buffers are zero. The memory lasts as long as the buffer; what a program has written is there until a sum, a broadcast or
/// the like writes it.
public final class SharedBuffer: @unchecked Sendable {
    /// The size of each rank's part, the same for all.
    public let byteCount: Int
    /// The buffers of the node's ranks, in order.
    let pointers: [UnsafeMutableRawPointer]
    private let localRank: Int
    private let release: @Sendable () -> Void

    init(
        byteCount: Int, pointers: [UnsafeMutableRawPointer], localRank: Int,
        release: @escaping @Sendable () -> Void
    ) {
        self.byteCount = byteCount
        self.pointers = pointers
        self.localRank = localRank
        self.release = release
    }

    deinit { release() }

    /// This rank's memory, aligned to 64 bytes; written by others only during calls that this rank makes too.
    public var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: pointers[localRank], count: byteCount)
    }

    /// This rank's memory.
    var own: UnsafeMutableRawPointer { pointers[localRank] }

    /// A tensor whose elements are this rank's, from a byte on: what is summed in the buffer changes it.
    ///
    /// - Parameter offset: a multiple of the type's size.
    package func tensor(_ shape: Shape, _ dtype: DType, at offset: Int = 0) -> Tensor {
        let size = shape.elementCount * dtype.size
        if offset < 0 || offset % dtype.size != 0 || offset + size > byteCount {
            fail(
                "SharedBuffer.tensor",
                "\(dtype) elements of shape \(shape) at byte \(offset) are not within \(byteCount) bytes")
        }
        let storage = Storage(own + offset, byteCount: size, on: .cpu) { [self] in
            withExtendedLifetime(self) {}
        }
        return Tensor(storage: storage, layout: Layout(contiguous: shape), dtype: dtype)
    }
}
