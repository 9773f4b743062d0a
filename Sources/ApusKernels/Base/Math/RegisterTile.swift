import CProcessor

// Sums of products in registers: the piece of a matrix product that a kernel is made of. `Twice<Thrice<RowSum<…>>>` is
// six rows.

/// Whether there are thirty-two registers of sixteen floats; else there are sixteen of eight.
@inlinable @inline(__always) package var hasWideVectors: Bool { APUS_VECTOR_BYTES == 64 }

/// Neighboring columns of one row, in registers.
@usableFromInline package protocol ColumnVector {
    associatedtype Element: BinaryFloatingPoint & SIMDScalar
    static var columns: Int { get }
    static var zeros: Self { get }
    init(at start: UnsafePointer<Element>)
    func store(at start: UnsafeMutablePointer<Element>)
    mutating func addProduct(_ factor: SIMD16<Element>, _ other: Self)
}

extension SIMD16: ColumnVector where Scalar: BinaryFloatingPoint {
    @inlinable @inline(__always) package static var columns: Int { 16 }
    @inlinable @inline(__always) package static var zeros: Self { Self(repeating: 0) }

    @inlinable @inline(__always)
    package mutating func addProduct(_ factor: SIMD16<Scalar>, _ other: Self) {
        self = addingProduct(factor, other)
    }
}

// For fewer columns, such as those of a small group of channels.
extension SIMD8: ColumnVector where Scalar: BinaryFloatingPoint {
    @inlinable @inline(__always) package static var columns: Int { 8 }
    @inlinable @inline(__always) package static var zeros: Self { Self(repeating: 0) }

    @inlinable @inline(__always)
    package mutating func addProduct(_ factor: SIMD16<Scalar>, _ other: Self) {
        self = addingProduct(factor.lowHalf, other)
    }
}

extension SIMD4: ColumnVector where Scalar: BinaryFloatingPoint {
    @inlinable @inline(__always) package static var columns: Int { 4 }
    @inlinable @inline(__always) package static var zeros: Self { Self(repeating: 0) }

    @inlinable @inline(__always)
    package mutating func addProduct(_ factor: SIMD16<Scalar>, _ other: Self) {
        self = addingProduct(factor.lowHalf.lowHalf, other)
    }
}

@usableFromInline package struct Pair<V: ColumnVector>: ColumnVector {
    @usableFromInline var low: V
    @usableFromInline var high: V

    @inlinable @inline(__always) package static var columns: Int { 2 * V.columns }
    @inlinable @inline(__always) package static var zeros: Self { Self(V.zeros, V.zeros) }

    @inlinable @inline(__always)
    init(_ low: V, _ high: V) { (self.low, self.high) = (low, high) }

    @inlinable @inline(__always)
    package init(at start: UnsafePointer<V.Element>) {
        (low, high) = (V(at: start), V(at: start + V.columns))
    }

    @inlinable @inline(__always)
    package func store(at start: UnsafeMutablePointer<V.Element>) {
        low.store(at: start)
        high.store(at: start + V.columns)
    }

    @inlinable @inline(__always)
    package mutating func addProduct(_ factor: SIMD16<V.Element>, _ other: Self) {
        low.addProduct(factor, other.low)
        high.addProduct(factor, other.high)
    }
}

/// The left factors of a product's step, one a row.
@usableFromInline package protocol RowFactors<Element> {
    associatedtype Element: BinaryFloatingPoint & SIMDScalar
    subscript(row: Int) -> Element { get }
}

/// Rows that lie at equal distances.
@usableFromInline package struct StridedFactors<Element: BinaryFloatingPoint & SIMDScalar>: RowFactors {
    @usableFromInline let start: UnsafePointer<Element>
    @usableFromInline let stride: Int

    @inlinable @inline(__always)
    package init(_ start: UnsafePointer<Element>, _ stride: Int) {
        (self.start, self.stride) = (start, stride)
    }

    @inlinable @inline(__always) package subscript(row: Int) -> Element { start[row &* stride] }
}

/// The sums of some rows and the columns of a vector, in registers.
@usableFromInline package protocol RegisterTile {
    associatedtype Vector: ColumnVector
    static var rows: Int { get }
    /// Zeros.
    init()
    init(_ c: UnsafePointer<Vector.Element>, _ stride: Int)
    /// Adds the products of the factors of its rows, from `row` on, and of a row of the right matrix.
    mutating func add(_ a: some RowFactors<Vector.Element>, _ row: Int, _ b: Vector)
    func store(_ c: UnsafeMutablePointer<Vector.Element>, _ stride: Int)
}

@usableFromInline package struct RowSum<V: ColumnVector>: RegisterTile {
    @usableFromInline var sum: V

    @inlinable @inline(__always) package static var rows: Int { 1 }

    @inlinable @inline(__always)
    package init() { sum = .zeros }

    @inlinable @inline(__always)
    package init(_ c: UnsafePointer<V.Element>, _ stride: Int) { sum = V(at: c) }

    @inlinable @inline(__always)
    package mutating func add(_ a: some RowFactors<V.Element>, _ first: Int, _ b: V) {
        sum.addProduct(SIMD16(repeating: a[first]), b)
    }

    @inlinable @inline(__always)
    package func store(_ c: UnsafeMutablePointer<V.Element>, _ stride: Int) { sum.store(at: c) }
}

@usableFromInline package struct Twice<S: RegisterTile>: RegisterTile {
    @usableFromInline var first: S
    @usableFromInline var second: S

    @inlinable @inline(__always) package static var rows: Int { 2 * S.rows }

    @inlinable @inline(__always)
    package init() { (first, second) = (S(), S()) }

    @inlinable @inline(__always)
    package init(_ c: UnsafePointer<S.Vector.Element>, _ stride: Int) {
        (first, second) = (S(c, stride), S(c + S.rows &* stride, stride))
    }

    @inlinable @inline(__always)
    package mutating func add(_ a: some RowFactors<S.Vector.Element>, _ row: Int, _ b: S.Vector) {
        first.add(a, row, b)
        second.add(a, row + S.rows, b)
    }

    @inlinable @inline(__always)
    package func store(_ c: UnsafeMutablePointer<S.Vector.Element>, _ stride: Int) {
        first.store(c, stride)
        second.store(c + S.rows &* stride, stride)
    }
}

@usableFromInline package struct Thrice<S: RegisterTile>: RegisterTile {
    @usableFromInline var both: Twice<S>
    @usableFromInline var third: S

    @inlinable @inline(__always) package static var rows: Int { 3 * S.rows }

    @inlinable @inline(__always)
    package init() { (both, third) = (Twice(), S()) }

    @inlinable @inline(__always)
    package init(_ c: UnsafePointer<S.Vector.Element>, _ stride: Int) {
        (both, third) = (Twice(c, stride), S(c + 2 * S.rows &* stride, stride))
    }

    @inlinable @inline(__always)
    package mutating func add(_ a: some RowFactors<S.Vector.Element>, _ row: Int, _ b: S.Vector) {
        both.add(a, row, b)
        third.add(a, row + 2 * S.rows, b)
    }

    @inlinable @inline(__always)
    package func store(_ c: UnsafeMutablePointer<S.Vector.Element>, _ stride: Int) {
        both.store(c, stride)
        third.store(c + 2 * S.rows &* stride, stride)
    }
}

extension RegisterTile {
    /// C = these sums + A·B, with as many rows as this has.
    ///
    /// The order of loads and products is kept: with its loads moved up, the compiler would keep sums in memory. For the same
    /// reason a kernel calls this in a function of its own.
    ///
    /// - Parameters:
    ///   - a: `rowStride` from row to row, `depthStride` along the depth.
    ///   - b: depth × columns, without gaps.
    ///   - c: `stride` from row to row.
    @inlinable @inline(__always)
    package func storeSum(
        withProductOf a: UnsafePointer<Vector.Element>, _ rowStride: Int, _ depthStride: Int,
        _ b: UnsafePointer<Vector.Element>, depth: Int, into c: UnsafeMutablePointer<Vector.Element>,
        _ stride: Int
    ) {
        var sums = self
        var (a, b) = (a, b)
        for _ in 0..<depth {
            sums.add(StridedFactors(a, rowStride), 0, Vector(at: b))
            apus_keep_order()
            a += depthStride
            b += Vector.columns
        }
        sums.store(c, stride)
    }
}
