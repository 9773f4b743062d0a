/// A reference-counted stretch of memory that tensors share.
///
/// Tensors have value semantics: whoever writes first asks `isKnownUniquelyReferenced` of the
/// storage and copies it when somebody else looks. So a shared storage never changes.
public final class Storage: @unchecked Sendable {
    /// The first byte; never written through where `isWritable` is false.
    package let pointer: UnsafeMutableRawPointer
    /// How many bytes may be read from `pointer` on.
    public let byteCount: Int
    /// Whose memory it is. That of another device than `cpu` is read and written by its kernels alone.
    public let device: Device
    private let release: Release

    private enum Release {
        case toAllocator(capacity: Int)
        case with(@Sendable () -> Void)
        case toDevice(@Sendable () -> Void)
        case toPlan(PlannedMemory, Int)
        case toRecorder(MemoryRecorder, Int, capacity: Int)
    }

    /// Uninitialised memory, aligned to 64 bytes, from the caching allocator.
    package init(byteCount: Int) {
        let block = Memory.allocator.allocate(byteCount)
        pointer = block.pointer
        self.byteCount = byteCount
        device = .cpu
        release = .toAllocator(capacity: block.capacity)
    }

    /// Uninitialised memory for a tensor's elements: from the plan of the computation around, or the allocator.
    package static func forElements(byteCount: Int) -> Storage {
        if !MemorySource.isAny { return Storage(byteCount: byteCount) }
        switch MemorySource.current {
        case nil: return Storage(byteCount: byteCount)
        case .planned(let memory):
            guard let (pointer, index) = memory.take(byteCount) else { return Storage(byteCount: byteCount) }
            return Storage(pointer, byteCount, .toPlan(memory, index))
        case .recorded(let recorder):
            let block = Memory.allocator.allocate(byteCount)
            return Storage(
                block.pointer, byteCount,
                .toRecorder(recorder, recorder.begin(byteCount), capacity: block.capacity))
        }
    }

    private init(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int, _ release: Release) {
        self.pointer = pointer
        self.byteCount = byteCount
        device = .cpu
        self.release = release
    }

    /// Memory of a device, which its only owner may write; given back by `release`.
    package init(
        _ pointer: UnsafeMutableRawPointer, byteCount: Int, on device: Device,
        release: @escaping @Sendable () -> Void
    ) {
        self.pointer = pointer
        self.byteCount = byteCount
        self.device = device
        self.release = .toDevice(release)
    }

    /// Memory owned by somebody else (a mapped file), given back by `release`. It is never written:
    /// a write through a tensor copies it first.
    public init(borrowing pointer: UnsafeRawPointer, byteCount: Int, release: @escaping @Sendable () -> Void)
    {
        self.pointer = UnsafeMutableRawPointer(mutating: pointer)
        self.byteCount = byteCount
        device = .cpu
        self.release = .with(release)
    }

    /// Whether this memory is Apus's own and may be written by its only owner.
    package var isWritable: Bool {
        if case .with = release { return false }
        return true
    }

    /// This memory, or a copy where it does not begin at a multiple of `alignment` bytes.
    package func aligned(to alignment: Int) -> Storage {
        if Int(bitPattern: pointer) % alignment == 0 { return self }
        let copy = Storage(byteCount: byteCount)
        copy.pointer.copyMemory(from: pointer, byteCount: byteCount)
        return copy
    }

    deinit {
        switch release {
        case .toAllocator(let capacity): Memory.allocator.free(pointer, capacity: capacity)
        case .with(let action), .toDevice(let action): action()
        case .toPlan(let memory, let index): memory.giveBack(index)
        case .toRecorder(let recorder, let index, let capacity):
            recorder.end(index)
            Memory.allocator.free(pointer, capacity: capacity)
        }
    }
}
