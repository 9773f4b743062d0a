import ApusKernelBase
import ApusMatrixKernels

// The transforms of F(m×m, r×r), m + r = 7: Winograd's minimal filtering with the points 0, ±3/4, ±3/2 and ∞ (Lavin & Gray 2016).
//
// An output tile of m × m positions needs 36 products in place of m²r²: 144 for kernels of 3 × 3 and tiles of 4 × 4. With Y the
// tile, d the 6 × 6 positions that it reads and g the kernel, Y = Aᵀ[(G·g·Gᵀ) ⊙ (Bᵀ·d·B)]A. These points keep the error at some
// 10⁻⁶ of the largest result: the usual 0, ±1, ±2 have three times as much. All functions here are one-dimensional, on
// registers of channels. Kernels and tiles have two to five positions along an axis; B is the same for all.

typealias Lanes = SIMD16<Float>

enum Winograd {
    /// The positions of the input along an axis that a tile reads.
    static let inputs = 6
    static let products = inputs * inputs

    // The points ±a and ±b, and their squares.
    private static let a: Float = 0.75
    private static let b: Float = 1.5
    private static let p: Float = 0.5625
    private static let q: Float = 2.25

    /// Calls `body` with a count of two to five as a constant, which unrolls its loops.
    @inline(__always)
    static func unrolled(_ count: Int, _ body: (Int) -> Void) {
        switch count {
        case 2: body(2)
        case 3: body(3)
        case 4: body(4)
        default: body(5)
        }
    }

    typealias Six = (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes)

    @inline(__always)
    static func times(_ factor: Float, _ x: Lanes, plus y: Lanes) -> Lanes {
        y.addingProduct(Lanes(repeating: factor), x)
    }

    /// Bᵀd: the values at the points of the polynomials that interpolate there.
    @inline(__always)
    static func input(_ d: Six) -> Six {
        let first = times(p * q, d.0, plus: times(-(p + q), d.2, plus: d.4))
        let evenA = times(-q, d.2, plus: d.4)
        let oddA = times(-q, d.1, plus: d.3) * a
        let evenB = times(-p, d.2, plus: d.4)
        let oddB = times(-p, d.1, plus: d.3) * b
        let last = times(p * q, d.1, plus: times(-(p + q), d.3, plus: d.5))
        return (first, evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, last)
    }

    /// Aᵀm: the output's positions from the products at the points.
    @inline(__always)
    static func output(_ m: Six, _ count: Int, _ store: (_ position: Int, Lanes) -> Void) {
        let (evenA, oddA, evenB, oddB) = (m.1 + m.2, m.1 - m.2, m.3 + m.4, m.3 - m.4)
        // The point at infinity belongs to the last position.
        @inline(__always) func last(_ position: Int) -> Lanes { position == count - 1 ? m.5 : .zero }
        store(0, m.0 + evenA + evenB)
        store(1, times(a, oddA, plus: times(b, oddB, plus: last(1))))
        if count > 2 { store(2, times(p, evenA, plus: times(q, evenB, plus: last(2)))) }
        if count > 3 { store(3, times(a * p, oddA, plus: times(b * q, oddB, plus: last(3)))) }
        if count > 4 { store(4, times(p * p, evenA, plus: times(q * q, evenB, plus: last(4)))) }
    }

    /// A·y: how gradients of the output reach the products.
    @inline(__always)
    static func outputGradient(_ count: Int, _ y: (_ position: Int) -> Lanes) -> Six {
        let (even, odd) = polynomials(count, y)
        let last = y(count - 1)
        return (
            y(0), even.a + odd.a * a, even.a - odd.a * a, even.b + odd.b * b, even.b - odd.b * b, last
        )
    }

    /// G·g: the kernel at the points, over the interpolation's denominators.
    @inline(__always)
    static func kernel(_ count: Int, _ g: (_ position: Int) -> Lanes) -> Six {
        let (even, odd) = polynomials(count, g)
        let (evenA, oddA) = (even.a * (0.5 / (p * (p - q))), odd.a * (0.5 * a / (p * (p - q))))
        let (evenB, oddB) = (even.b * (0.5 / (q * (q - p))), odd.b * (0.5 * b / (q * (q - p))))
        let last = g(count - 1)
        return (g(0) * (1 / (p * q)), evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, last)
    }

    /// The even part of the polynomial with these coefficients at a and b, and the odd part over a and b.
    @inline(__always)
    private static func polynomials(
        _ count: Int, _ y: (_ position: Int) -> Lanes
    ) -> (even: (a: Lanes, b: Lanes), odd: (a: Lanes, b: Lanes)) {
        @inline(__always) func even(_ square: Float) -> Lanes {
            if count < 3 { return y(0) }
            return times(square, count > 4 ? times(square, y(4), plus: y(2)) : y(2), plus: y(0))
        }
        @inline(__always) func odd(_ square: Float) -> Lanes {
            count > 3 ? times(square, y(3), plus: y(1)) : y(1)
        }
        return ((even(p), even(q)), (odd(p), odd(q)))
    }

    /// Gᵀm: how gradients of the products reach the kernel.
    @inline(__always)
    static func kernelGradient(_ m: Six, _ count: Int, _ store: (_ position: Int, Lanes) -> Void) {
        let (evenA, oddA) = ((m.1 + m.2) * (0.5 / (p * (p - q))), (m.1 - m.2) * (0.5 * a / (p * (p - q))))
        let (evenB, oddB) = ((m.3 + m.4) * (0.5 / (q * (q - p))), (m.3 - m.4) * (0.5 * b / (q * (q - p))))
        @inline(__always) func last(_ position: Int) -> Lanes { position == count - 1 ? m.5 : .zero }
        store(0, times(1 / (p * q), m.0, plus: evenA + evenB))
        store(1, oddA + oddB + last(1))
        if count > 2 { store(2, times(p, evenA, plus: times(q, evenB, plus: last(2)))) }
        if count > 3 { store(3, times(p, oddA, plus: times(q, oddB, plus: last(3)))) }
        if count > 4 { store(4, times(p * p, evenA, plus: times(q * q, evenB, plus: last(4)))) }
    }
}

extension Winograd {
    /// Gᵀ·M·G: the gradient of the kernel from that of the 36 products, both in registers one after the other.
    ///
    /// - Parameter half: six registers for each of `count`.
    @inline(__always)
    static func kernelGradient(of sums: LaneRows, _ count: Int, _ half: LaneRows, into weights: LaneRows) {
        for j in 0..<6 { kernelGradient(sums.six(j, 6), count) { half[$0 * 6 + j] = $1 } }
        for i in 0..<count {
            kernelGradient(half.six(i * 6, 1), count) { weights[i * count + $0] = $1 }
        }
    }

    /// G·g·Gᵀ: the 36 products' factors from a kernel in registers one after the other.
    @inline(__always)
    static func kernel(of weights: LaneRows, _ count: Int, _ half: LaneRows, _ store: (Int, Six) -> Void) {
        for j in 0..<count {
            half.set(j, count, kernel(count) { weights[$0 * count + j] })
        }
        for i in 0..<6 { store(i * 6, kernel(count) { half[i * count + $0] }) }
    }
}

/// Registers in memory, one after the other or at equal distances.
struct LaneRows {
    let start: UnsafeMutablePointer<Float>
    let step: Int

    @inline(__always)
    subscript(index: Int) -> Lanes {
        get { UnsafeRawPointer(start + index * step).loadUnaligned(as: Lanes.self) }
        nonmutating set {
            UnsafeMutableRawPointer(start + index * step).storeBytes(of: newValue, as: Lanes.self)
        }
    }

    @inline(__always)
    func six(_ first: Int, _ stride: Int) -> Winograd.Six {
        (
            self[first], self[first + stride], self[first + 2 * stride], self[first + 3 * stride],
            self[first + 4 * stride], self[first + 5 * stride]
        )
    }

    @inline(__always)
    func set(_ first: Int, _ stride: Int, _ x: Winograd.Six) {
        self[first] = x.0
        self[first + stride] = x.1
        self[first + 2 * stride] = x.2
        self[first + 3 * stride] = x.3
        self[first + 4 * stride] = x.4
        self[first + 5 * stride] = x.5
    }
}
