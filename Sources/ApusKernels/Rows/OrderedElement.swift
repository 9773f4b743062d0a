import ApusCore

/// The types whose elements have an order. Booleans are compared as bytes.
protocol OrderedElement: KernelElement, Comparable {
    static var zero: Self { get }
    static var lowest: Self { get }
    static var highest: Self { get }
    var isNotANumber: Bool { get }
    /// A number whose order as an unsigned integer is the order of the elements, NaN last.
    associatedtype Key: FixedWidthInteger & UnsignedInteger & Sendable
    var key: Key { get }
}

extension UInt8: OrderedElement {
    static var lowest: UInt8 { .min }
    static var highest: UInt8 { .max }
    @inline(__always) var isNotANumber: Bool { false }
    @inline(__always) var key: UInt8 { self }
}

extension Int32: OrderedElement {
    static var lowest: Int32 { .min }
    static var highest: Int32 { .max }
    @inline(__always) var isNotANumber: Bool { false }
    @inline(__always) var key: UInt32 { UInt32(bitPattern: self) ^ 0x8000_0000 }
}

extension Int64: OrderedElement {
    static var lowest: Int64 { .min }
    static var highest: Int64 { .max }
    @inline(__always) var isNotANumber: Bool { false }
    @inline(__always) var key: UInt64 { UInt64(bitPattern: self) ^ 0x8000_0000_0000_0000 }
}

extension Float: OrderedElement {
    static var lowest: Float { -.infinity }
    static var highest: Float { .infinity }
    @inline(__always) var isNotANumber: Bool { self != self }
    // Negative numbers run backwards; both zeros are one.
    @inline(__always) var key: UInt32 {
        if self != self { return .max }
        let bits = self == 0 ? 0 : bitPattern
        return bits ^ (bits >> 31 != 0 ? 0xFFFF_FFFF : 0x8000_0000)
    }
}

extension Double: OrderedElement {
    static var lowest: Double { -.infinity }
    static var highest: Double { .infinity }
    @inline(__always) var isNotANumber: Bool { self != self }
    @inline(__always) var key: UInt64 {
        if self != self { return .max }
        let bits = self == 0 ? 0 : bitPattern
        return bits ^ (bits >> 63 != 0 ? 0xFFFF_FFFF_FFFF_FFFF : 0x8000_0000_0000_0000)
    }
}
