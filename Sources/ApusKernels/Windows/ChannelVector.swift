import ApusKernelBase

// Runs of channels are handled a vector at a time, so that sums and maxima stay in registers. The last vector of a run
// overlaps the one before, so runs at least one vector long need no scalar remainder.

/// One element as a vector, for runs shorter than other vectors.
struct SIMD1<Scalar: SIMDScalar>: SIMD {
    typealias MaskStorage = SIMD1<Scalar.SIMDMaskScalar>
    private var value: Scalar

    @inline(__always) init() { value = SIMD2<Scalar>()[0] }
    @inline(__always) var scalarCount: Int { 1 }
    @inline(__always) subscript(index: Int) -> Scalar {
        get { value }
        set { value = newValue }
    }
}

/// Elements whose maximum pooling can take.
///
/// Comparisons of vectors are instructions only where the type of the vector is known, hence one function
/// for each.
protocol PoolElement: OrderedElement, SIMDScalar, Hashable, Codable {
    static func exceeds(_ a: SIMD16<Self>, _ b: SIMD16<Self>) -> SIMDMask<SIMD16<SIMDMaskScalar>>
    static func exceeds(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMDMask<SIMD8<SIMDMaskScalar>>
    static func areEqual(_ a: SIMD16<SIMDMaskScalar>, _ b: SIMD16<SIMDMaskScalar>)
        -> SIMDMask<SIMD16<SIMDMaskScalar>>
    static func areEqual(_ a: SIMD8<SIMDMaskScalar>, _ b: SIMD8<SIMDMaskScalar>)
        -> SIMDMask<SIMD8<SIMDMaskScalar>>
}

extension PoolElement {
    static func exceeds(_ a: SIMD16<Self>, _ b: SIMD16<Self>) -> SIMDMask<SIMD16<SIMDMaskScalar>> { a .> b }
    static func exceeds(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMDMask<SIMD8<SIMDMaskScalar>> { a .> b }
    static func areEqual(_ a: SIMD16<SIMDMaskScalar>, _ b: SIMD16<SIMDMaskScalar>)
        -> SIMDMask<SIMD16<SIMDMaskScalar>>
    { a .== b }
    static func areEqual(_ a: SIMD8<SIMDMaskScalar>, _ b: SIMD8<SIMDMaskScalar>)
        -> SIMDMask<SIMD8<SIMDMaskScalar>>
    { a .== b }
}

extension Int32: PoolElement {}
extension Int64: PoolElement {}

extension Float: PoolElement {
    @inline(__always)
    static func exceeds(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMDMask<SIMD16<Int32>> {
        (a .> b) .| (a .!= a)
    }
    @inline(__always)
    static func exceeds(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMDMask<SIMD8<Int32>> {
        (a .> b) .| (a .!= a)
    }
    @inline(__always)
    static func areEqual(_ a: SIMD16<Int32>, _ b: SIMD16<Int32>) -> SIMDMask<SIMD16<Int32>> { a .== b }
    @inline(__always)
    static func areEqual(_ a: SIMD8<Int32>, _ b: SIMD8<Int32>) -> SIMDMask<SIMD8<Int32>> { a .== b }
}

extension Double: PoolElement {
    @inline(__always)
    static func exceeds(_ a: SIMD16<Double>, _ b: SIMD16<Double>) -> SIMDMask<SIMD16<Int64>> {
        (a .> b) .| (a .!= a)
    }
    @inline(__always)
    static func exceeds(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMDMask<SIMD8<Int64>> {
        (a .> b) .| (a .!= a)
    }
    @inline(__always)
    static func areEqual(_ a: SIMD16<Int64>, _ b: SIMD16<Int64>) -> SIMDMask<SIMD16<Int64>> { a .== b }
    @inline(__always)
    static func areEqual(_ a: SIMD8<Int64>, _ b: SIMD8<Int64>) -> SIMDMask<SIMD8<Int64>> { a .== b }
}

/// A vector of such elements; its mask's integers are as wide, and hold indices.
protocol PoolVector: SIMD where Scalar: PoolElement, MaskStorage.MaskStorage == MaskStorage {
    /// Where `a` is larger than `b`, or NaN.
    static func exceeds(_ a: Self, _ b: Self) -> SIMDMask<MaskStorage>
    static func areEqual(_ a: MaskStorage, _ b: MaskStorage) -> SIMDMask<MaskStorage>
}

extension SIMD16: PoolVector where Scalar: PoolElement {
    @inline(__always)
    static func exceeds(_ a: Self, _ b: Self) -> SIMDMask<MaskStorage> { Scalar.exceeds(a, b) }
    @inline(__always)
    static func areEqual(_ a: MaskStorage, _ b: MaskStorage) -> SIMDMask<MaskStorage> {
        Scalar.areEqual(a, b)
    }
}

extension SIMD8: PoolVector where Scalar: PoolElement {
    @inline(__always)
    static func exceeds(_ a: Self, _ b: Self) -> SIMDMask<MaskStorage> { Scalar.exceeds(a, b) }
    @inline(__always)
    static func areEqual(_ a: MaskStorage, _ b: MaskStorage) -> SIMDMask<MaskStorage> {
        Scalar.areEqual(a, b)
    }
}

extension SIMD1: PoolVector where Scalar: PoolElement {
    @inline(__always)
    static func exceeds(_ a: Self, _ b: Self) -> SIMDMask<MaskStorage> { (a .> b) .| (a .!= a) }
    @inline(__always)
    static func areEqual(_ a: MaskStorage, _ b: MaskStorage) -> SIMDMask<MaskStorage> { a .== b }
}
