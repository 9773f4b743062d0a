/// What a device's memory holds, read and written as bytes. Only the device itself may look into it.
package protocol MemoryCalls: DeviceCalls {
    /// Copies bytes of the device to the program's memory.
    func copyToHost(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int)

    /// Copies bytes of the program's memory to the device.
    func copyFromHost(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int)

    /// Writes one element, `size` bytes of the program's memory, so many times.
    func fill(_ target: UnsafeMutableRawPointer, with element: UnsafeRawPointer, size: Int, _ count: Int)

    /// Sets bytes to 0.
    func clear(_ target: UnsafeMutableRawPointer, byteCount: Int)

    /// Makes every byte 0 or 1: to kernels another would be neither true nor false.
    func makeTruths(_ target: UnsafeMutableRawPointer, _ count: Int)

    /// Calls `body` with bytes of the device in the program's memory, for reading.
    func withHostBytes<R>(
        of source: UnsafeRawPointer, byteCount: Int, _ body: (UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R

    /// Calls `body` with bytes of the device in the program's memory, and gives the device what they are afterwards.
    func withHostBytes<R>(
        changing target: UnsafeMutableRawPointer, byteCount: Int,
        _ body: (UnsafeMutableRawBufferPointer) throws -> R
    ) rethrows -> R
}

extension MemoryCalls {
    package func copyToHost(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int)
    { lacks() }

    package func copyFromHost(
        _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int
    ) { lacks() }

    package func fill(
        _ target: UnsafeMutableRawPointer, with element: UnsafeRawPointer, size: Int, _ count: Int
    ) { lacks() }

    package func clear(_ target: UnsafeMutableRawPointer, byteCount: Int) { lacks() }

    package func makeTruths(_ target: UnsafeMutableRawPointer, _ count: Int) { lacks() }

    /// Through a copy, for devices whose memory the program cannot read.
    package func withHostBytes<R>(
        of source: UnsafeRawPointer, byteCount: Int, _ body: (UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        defer { copy.deallocate() }
        if byteCount > 0 { copyToHost(from: source, to: copy.baseAddress!, byteCount: byteCount) }
        return try body(UnsafeRawBufferPointer(copy))
    }

    /// Through a copy; what `body` wrote before it threw counts.
    package func withHostBytes<R>(
        changing target: UnsafeMutableRawPointer, byteCount: Int,
        _ body: (UnsafeMutableRawBufferPointer) throws -> R
    ) rethrows -> R {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        if byteCount > 0 { copyToHost(from: target, to: copy.baseAddress!, byteCount: byteCount) }
        defer {
            if byteCount > 0 { copyFromHost(copy.baseAddress!, to: target, byteCount: byteCount) }
            copy.deallocate()
        }
        return try body(copy)
    }
}
