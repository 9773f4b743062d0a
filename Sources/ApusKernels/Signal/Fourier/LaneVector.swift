import ApusKernelBase
import CProcessor

// A transform handles as many sequences at a time as a vector has lanes, one in each lane. Its arithmetic is written
// once, as if for one sequence with vectors for numbers, and needs no shuffles, whatever the factors of the length.

/// A vector whose lanes belong to different sequences.
protocol LaneVector: SIMD, Sendable where Scalar: LaneScalar {
    static func sum(_ a: Self, _ b: Self) -> Self
    static func difference(_ a: Self, _ b: Self) -> Self
    static func product(_ a: Self, _ b: Self) -> Self
    static func negative(_ a: Self) -> Self
    static func all(_ a: Scalar) -> Self
    static func reversed(_ a: Self) -> Self
    /// `c + a * b` with one rounding.
    static func fma(_ c: Self, _ a: Self, _ b: Self) -> Self
    /// The real and the imaginary parts of the complex numbers that `a` and `b` hold interleaved.
    static func parts(_ a: Self, _ b: Self) -> (re: Self, im: Self)
    /// The inverse of `parts`.
    static func joined(_ re: Self, _ im: Self) -> (Self, Self)
    /// Transposes a square tile of as many vectors as there are lanes: lane i of vector j becomes lane j of
    /// vector i.
    static func transpose(load: (Int) -> Self, store: (Int, Self) -> Void)
}

/// The numbers in a lane.
protocol LaneScalar: BinaryFloatingPoint, SIMDScalar, BitwiseCopyable, Codable, Sendable {}
extension Float: LaneScalar {}
extension Double: LaneScalar {}

extension SIMD16: LaneVector where Scalar == Float {
    @inline(__always) static func sum(_ a: Self, _ b: Self) -> Self { apus_add_f16(a, b) }
    @inline(__always) static func difference(_ a: Self, _ b: Self) -> Self { apus_subtract_f16(a, b) }
    @inline(__always) static func product(_ a: Self, _ b: Self) -> Self { apus_multiply_f16(a, b) }
    @inline(__always) static func negative(_ a: Self) -> Self { apus_negate_f16(a) }
    @inline(__always) static func fma(_ c: Self, _ a: Self, _ b: Self) -> Self { apus_fma_f16(c, a, b) }
    @inline(__always) static func all(_ a: Float) -> Self { apus_repeat_f16(a) }
    @inline(__always) static func reversed(_ a: Self) -> Self { apus_reverse_f16(a) }
    @inline(__always) static func parts(_ a: Self, _ b: Self) -> (re: Self, im: Self) {
        (apus_even_f16(a, b), apus_odd_f16(a, b))
    }
    @inline(__always) static func joined(_ re: Self, _ im: Self) -> (Self, Self) {
        (apus_low_f16(re, im), apus_high_f16(re, im))
    }
    @inline(__always) static func transpose(load: (Int) -> Self, store: (Int, Self) -> Void) {
        var low = Octet(load(0), load(1), load(2), load(3), load(4), load(5), load(6), load(7))
        var high = Octet(load(8), load(9), load(10), load(11), load(12), load(13), load(14), load(15))
        for _ in 0..<4 { (low, high) = Octet.takenApart(low, high) }
        low.store(0, store)
        high.store(8, store)
    }
}

extension SIMD8: LaneVector where Scalar == Double {
    @inline(__always) static func sum(_ a: Self, _ b: Self) -> Self { apus_add_d8(a, b) }
    @inline(__always) static func difference(_ a: Self, _ b: Self) -> Self { apus_subtract_d8(a, b) }
    @inline(__always) static func product(_ a: Self, _ b: Self) -> Self { apus_multiply_d8(a, b) }
    @inline(__always) static func negative(_ a: Self) -> Self { apus_negate_d8(a) }
    @inline(__always) static func fma(_ c: Self, _ a: Self, _ b: Self) -> Self { apus_fma_d8(c, a, b) }
    @inline(__always) static func all(_ a: Double) -> Self { apus_repeat_d8(a) }
    @inline(__always) static func reversed(_ a: Self) -> Self { apus_reverse_d8(a) }
    @inline(__always) static func parts(_ a: Self, _ b: Self) -> (re: Self, im: Self) {
        (apus_even_d8(a, b), apus_odd_d8(a, b))
    }
    @inline(__always) static func joined(_ re: Self, _ im: Self) -> (Self, Self) {
        (apus_low_d8(re, im), apus_high_d8(re, im))
    }
    @inline(__always) static func transpose(load: (Int) -> Self, store: (Int, Self) -> Void) {
        var rows = Octet(load(0), load(1), load(2), load(3), load(4), load(5), load(6), load(7))
        for _ in 0..<3 { rows = rows.takenApart }
        rows.store(0, store)
    }
}

// To join neighboring rows of a tile in pairs and to separate the even elements from the odd ones rotates the bits of
// an element's index (row, column) by one. After as many passes as the index of a row has bits, row and column are
// swapped.

/// Eight registers by name: an array would live in memory.
private struct Octet<V: LaneVector> {
    let a, b, c, d, e, f, g, h: V

    @inline(__always)
    init(_ a: V, _ b: V, _ c: V, _ d: V, _ e: V, _ f: V, _ g: V, _ h: V) {
        (self.a, self.b, self.c, self.d) = (a, b, c, d)
        (self.e, self.f, self.g, self.h) = (e, f, g, h)
    }

    @inline(__always)
    func store(_ first: Int, _ store: (Int, V) -> Void) {
        store(first, a)
        store(first + 1, b)
        store(first + 2, c)
        store(first + 3, d)
        store(first + 4, e)
        store(first + 5, f)
        store(first + 6, g)
        store(first + 7, h)
    }

    @inline(__always)
    var takenApart: Octet {
        let (p, q, r, s) = (V.parts(a, b), V.parts(c, d), V.parts(e, f), V.parts(g, h))
        return Octet(p.re, q.re, r.re, s.re, p.im, q.im, r.im, s.im)
    }

    @inline(__always)
    static func takenApart(_ low: Octet, _ high: Octet) -> (Octet, Octet) {
        let (p, q, r, s) = (
            V.parts(low.a, low.b), V.parts(low.c, low.d), V.parts(low.e, low.f), V.parts(low.g, low.h)
        )
        let (t, u, v, w) = (
            V.parts(high.a, high.b), V.parts(high.c, high.d), V.parts(high.e, high.f),
            V.parts(high.g, high.h)
        )
        return (
            Octet(p.re, q.re, r.re, s.re, t.re, u.re, v.re, w.re),
            Octet(p.im, q.im, r.im, s.im, t.im, u.im, v.im, w.im)
        )
    }
}

/// A complex number for each lane.
struct LaneComplex<V: LaneVector> {
    var re: V
    var im: V

    @inline(__always)
    init(_ re: V, _ im: V) {
        self.re = re
        self.im = im
    }

    /// The number at `address`: the real parts, then the imaginary parts.
    @inline(__always)
    init(_ address: UnsafePointer<V>) {
        re = address[0]
        im = address[1]
    }

    @inline(__always)
    func store(_ address: UnsafeMutablePointer<V>) {
        address[0] = re
        address[1] = im
    }

    @inline(__always) static func + (a: Self, b: Self) -> Self {
        Self(V.sum(a.re, b.re), V.sum(a.im, b.im))
    }
    @inline(__always) static func - (a: Self, b: Self) -> Self {
        Self(V.difference(a.re, b.re), V.difference(a.im, b.im))
    }
    /// `a - i·b`
    @inline(__always) static func minusI(_ a: Self, _ b: Self) -> Self {
        Self(V.sum(a.re, b.im), V.difference(a.im, b.re))
    }
    /// `a + i·b`
    @inline(__always) static func plusI(_ a: Self, _ b: Self) -> Self {
        Self(V.difference(a.re, b.im), V.sum(a.im, b.re))
    }
    /// `self + a·factor`, a real factor.
    @inline(__always) func adding(_ a: Self, times factor: V) -> Self {
        Self(V.fma(re, a.re, factor), V.fma(im, a.im, factor))
    }
    @inline(__always) func times(_ factor: V) -> Self {
        Self(V.product(re, factor), V.product(im, factor))
    }
    /// The product with the number at `w`: real part, imaginary part.
    @inline(__always) func times(_ w: UnsafePointer<V.Scalar>) -> Self {
        let (c, s) = (V.all(w[0]), V.all(w[1]))
        return Self(
            V.fma(V.product(re, c), V.negative(im), s), V.fma(V.product(im, c), re, s))
    }
}
