import ApusCore
import ApusKernelBase

/// Elements of two contiguous arrays in turn: what joins tensors along a last axis of two.
///
/// - Parameter size: bytes of an element, whatever it means.
package func interleave(
    _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, into target: UnsafeMutableRawPointer, count: Int, size: Int
) {
    switch size {
    case 1: interleave(a, b, target, count, UInt8.self)
    case 2: interleave(a, b, target, count, UInt16.self)
    case 4: interleave(a, b, target, count, UInt32.self)
    case 8: interleave(a, b, target, count, UInt64.self)
    default: interleave(a, b, target, count, WideElement.self)
    }
}

@inline(__always)
private func interleave<E: BitwiseCopyable>(
    _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int, _: E.Type
) {
    let (a, b) = (a.assumingMemoryBound(to: E.self), b.assumingMemoryBound(to: E.self))
    let target = target.assumingMemoryBound(to: E.self)
    Parallel.ranges(count, grain: 8192) { range in
        for i in range {
            target[2 &* i] = a[i]
            target[2 &* i &+ 1] = b[i]
        }
    }
}
