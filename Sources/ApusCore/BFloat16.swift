/// A 16-bit number with float32's exponent and 7 bits of fraction: `bfloat16` as processors store it.
public struct BFloat16: Sendable, Hashable {
    /// Sign, 8 bits of exponent and 7 of fraction: the upper half of a float32.
    public var bitPattern: UInt16

    /// The number with these bits.
    @inlinable @inline(__always)
    public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

    /// The nearest bfloat16, ties to even; NaN stays NaN.
    @inlinable @inline(__always)
    public init(_ value: Float) {
        let bits = value.bitPattern
        let rounded = bits &+ 0x7FFF &+ ((bits >> 16) & 1)
        let isNaN = (bits & 0x7FFF_FFFF) > 0x7F80_0000
        bitPattern = UInt16(truncatingIfNeeded: (isNaN ? bits | 0x40_0000 : rounded) >> 16)
    }
}

extension Float {
    /// The same value: every bfloat16 is a float32.
    @inlinable @inline(__always)
    public init(_ value: BFloat16) { self.init(bitPattern: UInt32(value.bitPattern) << 16) }
}
