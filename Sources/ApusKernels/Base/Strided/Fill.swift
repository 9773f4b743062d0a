/// One element, `n` times.
package func fill(
    _ target: UnsafeMutableRawPointer, with number: UnsafeRawPointer, _ n: Int, size: Int
) {
    @inline(__always) func spread<E>(_: E.Type) {
        let target = target.assumingMemoryBound(to: E.self)
        let value = number.loadUnaligned(as: E.self)
        for i in 0..<n { target[i] = value }
    }
    switch size {
    case 1: spread(UInt8.self)
    case 4: spread(UInt32.self)
    case 8: spread(UInt64.self)
    default: spread(WideElement.self)
    }
}
