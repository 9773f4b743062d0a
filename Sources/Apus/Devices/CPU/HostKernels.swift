/// The processor's kernels in the program's own memory, which is accessible at any time.
package struct HostKernels: CPUKernels {
    package var device: Device { .cpu }

    @inline(__always)
    package func access<R>(_ body: () -> R) -> R { body() }

    /// The device's bytes are the program's: no copy.
    package func withHostBytes<R>(
        of source: UnsafeRawPointer, byteCount: Int, _ body: (UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R {
        try body(UnsafeRawBufferPointer(start: source, count: byteCount))
    }

    package func withHostBytes<R>(
        changing target: UnsafeMutableRawPointer, byteCount: Int,
        _ body: (UnsafeMutableRawBufferPointer) throws -> R
    ) rethrows -> R {
        try body(UnsafeMutableRawBufferPointer(start: target, count: byteCount))
    }
}
