/// Reverses the bytes of each number, in place: from big-endian to little-endian and back.
func swapBytes(_ pointer: UnsafeMutableRawPointer, count: Int, width: Int) {
    func swap<Element: FixedWidthInteger>(_: Element.Type) {
        let elements = pointer.assumingMemoryBound(to: Element.self)
        for i in 0..<count { elements[i] = elements[i].byteSwapped }
    }
    switch width {
    case 2: swap(UInt16.self)
    case 4: swap(UInt32.self)
    case 8: swap(UInt64.self)
    default: break
    }
}
