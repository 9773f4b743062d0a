import ApusCore

/// The types whose elements have an order. Booleans are compared as bytes.
@usableFromInline package protocol OrderedElement: KernelElement, Comparable {
    static var zero: Self { get }
    static var lowest: Self { get }
    static var highest: Self { get }
    var isNotANumber: Bool { get }
    /// A number whose order as an unsigned integer is the order of the elements, NaN last.
    associatedtype Key: FixedWidthInteger & UnsignedInteger & Sendable
    var key: Key { get }
    /// The same bits as an unsigned integer, for choices without a branch.
    var bits: Key { get }
    init(bits: Key)
}

extension OrderedElement {
    /// `a` where the mask is all ones, `b` where it is zero: `?:` would keep a loop from vectorising.
    @inlinable @inline(__always)
    package static func select(_ mask: Key, _ a: Self, _ b: Self) -> Self {
        Self(bits: (a.bits & mask) | (b.bits & ~mask))
    }

    @inlinable @inline(__always)
    package static func mask(_ condition: Bool) -> Key { condition ? .max : 0 }

    /// All ones where `a` comes before `b` as the largest, or smallest, element: NaN before numbers.
    @inlinable @inline(__always)
    package static func beats(_ a: Self, _ b: Self, largest: Bool) -> Key {
        let better = mask(largest ? a > b : a < b)
        return better | (mask(a.isNotANumber) & ~mask(b.isNotANumber))
    }

    /// The larger or smaller of two elements; the first of equal ones; NaN wins.
    @inlinable @inline(__always)
    package static func extreme(_ a: Self, _ b: Self, largest: Bool) -> Self {
        let better = mask(largest ? b > a : b < a)
        return select(better | mask(b.isNotANumber), b, a)
    }
}

extension UInt8: OrderedElement {
    @inlinable package static var lowest: UInt8 { .min }
    @inlinable package static var highest: UInt8 { .max }
    @inlinable @inline(__always) package var isNotANumber: Bool { false }
    @inlinable @inline(__always) package var key: UInt8 { self }
    @inlinable @inline(__always) package var bits: UInt8 { self }
    @inlinable @inline(__always) package init(bits: UInt8) { self = bits }
}

extension Int32: OrderedElement {
    @inlinable package static var lowest: Int32 { .min }
    @inlinable package static var highest: Int32 { .max }
    @inlinable @inline(__always) package var isNotANumber: Bool { false }
    @inlinable @inline(__always) package var key: UInt32 { UInt32(bitPattern: self) ^ 0x8000_0000 }
    @inlinable @inline(__always) package var bits: UInt32 { UInt32(bitPattern: self) }
    @inlinable @inline(__always) package init(bits: UInt32) { self.init(bitPattern: bits) }
}

extension Int64: OrderedElement {
    @inlinable package static var lowest: Int64 { .min }
    @inlinable package static var highest: Int64 { .max }
    @inlinable @inline(__always) package var isNotANumber: Bool { false }
    @inlinable @inline(__always) package var key: UInt64 { UInt64(bitPattern: self) ^ 0x8000_0000_0000_0000 }
    @inlinable @inline(__always) package var bits: UInt64 { UInt64(bitPattern: self) }
    @inlinable @inline(__always) package init(bits: UInt64) { self.init(bitPattern: bits) }
}

extension Float: OrderedElement {
    @inlinable package static var lowest: Float { -.infinity }
    @inlinable package static var highest: Float { .infinity }
    @inlinable @inline(__always) package var isNotANumber: Bool { self != self }
    // Negative numbers run backwards; both zeros are one.
    @inlinable @inline(__always) package var key: UInt32 {
        let bits = bitPattern & ~Self.mask(self == 0)
        let sign = UInt32(bitPattern: Int32(bitPattern: bits) >> 31)
        return (bits ^ (sign | 0x8000_0000)) | Self.mask(self != self)
    }
    @inlinable @inline(__always) package var bits: UInt32 { bitPattern }
    @inlinable @inline(__always) package init(bits: UInt32) { self.init(bitPattern: bits) }
}

extension Double: OrderedElement {
    @inlinable package static var lowest: Double { -.infinity }
    @inlinable package static var highest: Double { .infinity }
    @inlinable @inline(__always) package var isNotANumber: Bool { self != self }
    @inlinable @inline(__always) package var key: UInt64 {
        let bits = bitPattern & ~Self.mask(self == 0)
        let sign = UInt64(bitPattern: Int64(bitPattern: bits) >> 63)
        return (bits ^ (sign | 0x8000_0000_0000_0000)) | Self.mask(self != self)
    }
    @inlinable @inline(__always) package var bits: UInt64 { bitPattern }
    @inlinable @inline(__always) package init(bits: UInt64) { self.init(bitPattern: bits) }
}
