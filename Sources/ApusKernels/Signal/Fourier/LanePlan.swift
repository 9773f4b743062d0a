import ApusKernelBase
import Glibc
import Synchronization

/// exp(-2πi·k/n), correctly rounded but for the last bit: the angle is brought into the first octant exactly.
func unitRoot(_ k: Int, _ n: Int) -> (re: Double, im: Double) {
    let quarter = 4 * k / n
    var rest = 4 * k - quarter * n
    let isMirrored = 2 * rest > n
    if isMirrored { rest = n - rest }
    let angle = Double.pi / 2 * Double(rest) / Double(n)
    var (c, s) = (cos(angle), sin(angle))
    if isMirrored { (c, s) = (s, c) }
    switch quarter & 3 {
    case 0: return (c, -s)
    case 1: return (-s, -c)
    case 2: return (-c, s)
    default: return (s, c)
    }
}

/// How to transform one length: its factors and the numbers that each pass multiplies by.
///
/// Lengths whose prime factors are small take a pass a factor (Stockham's order, which needs no bit
/// reversal); others become a circular convolution of a longer, smooth length (Bluestein).
///
/// A plain value without references, so that the loops which use it count none; a `LanePlan` owns the memory.
struct LaneSteps<V: LaneVector> {
    typealias Scalar = V.Scalar

    /// One pass: butterflies of `radix` points over sequences cut into `radix * count`.
    struct Pass {
        let radix: Int
        let count: Int
        /// Of the butterflies 1..<count, `radix - 1` complex factors each.
        let twiddles: UnsafeMutablePointer<Scalar>
        /// exp(-2πi·k/radix) for butterflies of other lengths than the written ones.
        let roots: UnsafeMutablePointer<Scalar>?
    }

    /// The convolution's parts.
    struct Chirp {
        let padded: LaneSteps<V>
        /// exp(-πi·k²/n)
        let chirp: UnsafeMutablePointer<Scalar>
        /// The transform of the conjugate chirp, divided by the padded length.
        let spectrum: UnsafeMutablePointer<Scalar>
    }

    let length: Int
    let passes: UnsafeMutablePointer<Pass>
    let passCount: Int
    let chirp: UnsafeMutablePointer<Chirp>?
    /// exp(-πi·k/n) for k in 0...n/2: what a real transform of twice the length needs.
    let roots: UnsafeMutablePointer<Scalar>
}

final class LanePlan<V: LaneVector>: @unchecked Sendable {
    typealias Scalar = V.Scalar

    let steps: LaneSteps<V>
    /// Keeps the steps of a convolution alive.
    private let padded: LanePlan<V>?

    init(_ n: Int) {
        let roots = UnsafeMutablePointer<Scalar>.allocate(capacity: 2 * (n / 2 + 1))
        for k in 0...(n / 2) { putRoot(unitRoot(k, 2 * n), roots, k) }
        if isSmooth(n) {
            padded = nil
            let radices = radices(n)
            let passes = UnsafeMutablePointer<LaneSteps<V>.Pass>.allocate(capacity: max(1, radices.count))
            var left = n
            for (index, radix) in radices.enumerated() {
                (passes + index).initialize(to: LanePlan.pass(radix, of: left))
                left /= radix
            }
            steps = LaneSteps(
                length: n, passes: passes, passCount: radices.count, chirp: nil, roots: roots)
        } else {
            let m = convolutionLength(n)
            let plan = LanePlan.of(m)
            padded = plan
            let chirp = UnsafeMutablePointer<LaneSteps<V>.Chirp>.allocate(capacity: 1)
            let (own, spectrum): (UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>) = chirps(n, m)
            chirp.initialize(to: LaneSteps.Chirp(padded: plan.steps, chirp: own, spectrum: spectrum))
            steps = LaneSteps(
                length: n, passes: .allocate(capacity: 1), passCount: 0, chirp: chirp, roots: roots)
        }
    }

    deinit {
        steps.roots.deallocate()
        for index in 0..<steps.passCount {
            steps.passes[index].twiddles.deallocate()
            steps.passes[index].roots?.deallocate()
        }
        steps.passes.deallocate()
        if let chirp = steps.chirp {
            chirp.pointee.chirp.deallocate()
            chirp.pointee.spectrum.deallocate()
            chirp.deallocate()
        }
    }

    private static func pass(_ radix: Int, of whole: Int) -> LaneSteps<V>.Pass {
        let count = whole / radix
        let twiddles = UnsafeMutablePointer<Scalar>.allocate(capacity: max(1, (count - 1) * (radix - 1) * 2))
        for q in 1..<max(count, 1) {
            for j in 1..<radix {
                putRoot(unitRoot(q * j, whole), twiddles, (q - 1) * (radix - 1) + j - 1)
            }
        }
        var roots: UnsafeMutablePointer<Scalar>?
        if ![2, 3, 4, 5, 7, 8].contains(radix) {
            roots = .allocate(capacity: 2 * radix)
            for k in 0..<radix { putRoot(unitRoot(k, radix), roots!, k) }
        }
        return LaneSteps.Pass(radix: radix, count: count, twiddles: twiddles, roots: roots)
    }
}

/// Prime factors up to this one are transformed directly.
private let largestRadix = 47

/// Whether a length is a product of short butterflies.
func isSmooth(_ n: Int) -> Bool { radices(n).allSatisfy { $0 <= largestRadix } }

/// The butterflies of a length, the longest first: eights and fours, and the odd prime factors.
private func radices(_ n: Int) -> [Int] {
    var (rest, result, twos) = (n, [Int](), 0)
    while rest % 2 == 0 {
        rest /= 2
        twos += 1
    }
    // Fours for what eights leave: a pass of two points moves as much memory.
    while twos > 4 || twos == 3 {
        result.append(8)
        twos -= 3
    }
    while twos >= 2 {
        result.append(4)
        twos -= 2
    }
    if twos == 1 { result.append(2) }
    var p = 3
    while p * p <= rest {
        while rest % p == 0 {
            result.append(p)
            rest /= p
        }
        p += 2
    }
    if rest > 1 { result.append(rest) }
    return result.sorted(by: >)
}

func putRoot<T: LaneScalar>(
    _ value: (re: Double, im: Double), _ table: UnsafeMutablePointer<T>, _ index: Int
) {
    table[2 * index] = T(value.re)
    table[2 * index + 1] = T(value.im)
}

/// The plans made so far, by type and length.
private let plans = Mutex<[PlanKey: any Sendable]>([:])

private struct PlanKey: Hashable {
    let type: ObjectIdentifier
    let length: Int
}

/// The plan for a length, made the first time.
func plan<Plan: Sendable>(_ n: Int, _ make: () -> Plan) -> Plan {
    let key = PlanKey(type: ObjectIdentifier(Plan.self), length: n)
    if let known = plans.locked({ $0[key] }) { return known as! Plan }
    let plan = make()
    plans.locked {
        // Programs use few lengths; one that goes through thousands must not keep them all.
        if $0.count >= 128 { $0.removeAll() }
        $0[key] = plan
    }
    return plan
}

extension LanePlan {
    static func of(_ n: Int) -> LanePlan { plan(n) { LanePlan(n) } }
}
