/// The element types a tensor can hold.
///
/// Complex elements are two adjacent reals, as in C, NumPy and PyTorch; `bool` is a byte, 0 or 1.
public enum DType: UInt8, CaseIterable, Sendable, Hashable {
    case bool, uint8, int32, int64, float16, bfloat16, float32, float64, complex64, complex128

    /// Bytes that one element takes.
    public var size: Int {
        switch self {
        case .bool, .uint8: 1
        case .float16, .bfloat16: 2
        case .int32, .float32: 4
        case .int64, .float64, .complex64: 8
        case .complex128: 16
        }
    }

    /// complex64 or complex128.
    public var isComplex: Bool { self >= .complex64 }

    /// float16, bfloat16, float32 or float64.
    public var isFloatingPoint: Bool { self >= .float16 && self <= .float64 }
    /// An integer type; `bool` is not one.
    public var isInteger: Bool { self >= .uint8 && self <= .int64 }
    /// Whether gradients can flow through elements of this type: real or complex floating point.
    public var isDifferentiable: Bool { self >= .float16 }
    /// Stored in 16 bits, computed in float32.
    public var isHalf: Bool { self == .float16 || self == .bfloat16 }

    /// The type of the real and imaginary parts; the type itself if it is real.
    public var realType: DType {
        switch self {
        case .complex64: .float32
        case .complex128: .float64
        default: self
        }
    }

    /// The complex type that holds this one: float64 gives complex128, everything else complex64.
    public var complexType: DType {
        switch self {
        case .float64, .complex128: .complex128
        default: .complex64
        }
    }

    /// The type in which kernels compute: float32 for the 16-bit types, else the type itself.
    public var computeType: DType { isHalf ? .float32 : self }
}

extension DType: Comparable {
    /// The order of promotion: bool < integers < real < complex, by size within each.
    public static func < (a: DType, b: DType) -> Bool { a.rawValue < b.rawValue }
}

extension DType: CustomStringConvertible {
    /// The name NumPy and PyTorch use, such as `float32`.
    public var description: String {
        switch self {
        case .bool: "bool"
        case .uint8: "uint8"
        case .int32: "int32"
        case .int64: "int64"
        case .float16: "float16"
        case .bfloat16: "bfloat16"
        case .float32: "float32"
        case .float64: "float64"
        case .complex64: "complex64"
        case .complex128: "complex128"
        }
    }

    /// The type of this name, or nil.
    public init?(name: String) {
        guard let match = DType.allCases.first(where: { $0.description == name }) else { return nil }
        self = match
    }
}

extension DType {
    /// The type that holds values of both, as PyTorch's `promote_types`.
    ///
    /// The higher of bool < integers < floats < complex; float16 with bfloat16 gives float32, and a
    /// complex type grows to hold a float64.
    public static func promote(_ a: DType, _ b: DType) -> DType {
        if a == b { return a }
        let (low, high) = a < b ? (a, b) : (b, a)
        if high == .bfloat16 && low == .float16 { return .float32 }
        if high == .complex64 && low == .float64 { return .complex128 }
        return high
    }
}
