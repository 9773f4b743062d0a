/// One element, `n` times.
package func fill(
    _ target: UnsafeMutableRawPointer, with number: UnsafeRawPointer, _ n: Int, size: Int
) {
    @inline(__always) func store<E>(_: E.Type) {
        let target = target.assumingMemoryBound(to: E.self)
        let value = number.loadUnaligned(as: E.self)
        for i in 0..<n { target[i] = value }
    }
    switch size {
    case 1: store(UInt8.self)
    case 4: store(UInt32.self)
    case 8: store(UInt64.self)
    default: store(WideElement.self)
    }
}
