import ApusKernelBase
import ApusMatrixKernels

// The transforms of F(4×4, 3×3): Winograd's minimal filtering with the points 0, ±3/4, ±3/2 and ∞ (Lavin & Gray 2016).
//
// An output tile of 4 × 4 positions needs 36 products in place of 144. With Y the tile, d the 6 × 6 positions that it
// reads and g the kernel, Y = Aᵀ[(G·g·Gᵀ) ⊙ (Bᵀ·d·B)]A. These points keep the error at some 10⁻⁶ of the largest result:
// the usual 0, ±1, ±2 have three times as much. All functions here are one-dimensional, on registers of channels.

typealias Lanes = SIMD16<Float>

enum Winograd {
    /// The positions along an axis of a tile of the output, and of the input that it reads.
    static let outputs = 4
    static let inputs = 6
    static let products = inputs * inputs

    // The points ±a and ±b, and their squares.
    private static let a: Float = 0.75
    private static let b: Float = 1.5
    private static let p: Float = 0.5625
    private static let q: Float = 2.25

    typealias Four = (Lanes, Lanes, Lanes, Lanes)
    typealias Six = (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes)
    typealias Three = (Lanes, Lanes, Lanes)

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
    static func output(_ m: Six) -> Four {
        let (evenA, oddA, evenB, oddB) = (m.1 + m.2, m.1 - m.2, m.3 + m.4, m.3 - m.4)
        return (
            m.0 + evenA + evenB,
            times(a, oddA, plus: oddB * b),
            times(p, evenA, plus: evenB * q),
            times(a * p, oddA, plus: times(b * q, oddB, plus: m.5))
        )
    }

    /// A·y: how gradients of the output reach the products.
    @inline(__always)
    static func outputGradient(_ y: Four) -> Six {
        let (evenA, oddA) = (times(p, y.2, plus: y.0), times(p, y.3, plus: y.1) * a)
        let (evenB, oddB) = (times(q, y.2, plus: y.0), times(q, y.3, plus: y.1) * b)
        return (y.0, evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, y.3)
    }

    /// G·g: the kernel at the points, over the interpolation's denominators.
    @inline(__always)
    static func kernel(_ g: Three) -> Six {
        let (evenA, oddA) = (
            times(p, g.2, plus: g.0) * (0.5 / (p * (p - q))), g.1 * (0.5 * a / (p * (p - q)))
        )
        let (evenB, oddB) = (
            times(q, g.2, plus: g.0) * (0.5 / (q * (q - p))), g.1 * (0.5 * b / (q * (q - p)))
        )
        return (g.0 * (1 / (p * q)), evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, g.2)
    }

    /// Gᵀm: how gradients of the products reach the kernel.
    @inline(__always)
    static func kernelGradient(_ m: Six) -> Three {
        let (evenA, oddA) = ((m.1 + m.2) * (0.5 / (p * (p - q))), (m.1 - m.2) * (0.5 * a / (p * (p - q))))
        let (evenB, oddB) = ((m.3 + m.4) * (0.5 / (q * (q - p))), (m.3 - m.4) * (0.5 * b / (q * (q - p))))
        return (
            times(1 / (p * q), m.0, plus: evenA + evenB),
            oddA + oddB,
            times(p, evenA, plus: times(q, evenB, plus: m.5))
        )
    }
}

extension Winograd {
    /// Gᵀ·M·G: the gradient of nine weights from that of the 36 products, both in registers one after the other.
    ///
    /// - Parameter half: 18 registers.
    @inline(__always)
    static func kernelGradient(of sums: LaneRows, _ half: LaneRows, into weights: LaneRows) {
        for j in 0..<6 {
            let three = kernelGradient(sums.six(j, 6))
            half[j] = three.0
            half[6 + j] = three.1
            half[12 + j] = three.2
        }
        for i in 0..<3 {
            let three = kernelGradient(half.six(i * 6, 1))
            weights[i * 3] = three.0
            weights[i * 3 + 1] = three.1
            weights[i * 3 + 2] = three.2
        }
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
