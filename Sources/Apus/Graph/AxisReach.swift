/// Which positions of an input's axis each position of a result's axis is made of: a pattern that repeats.
/// Position i + period sees what position i sees, `advance` further on.
///
/// Axes are taken as endless: positions in the padding count, and so do those that a dilation skips.
public struct AxisReach: Sendable, Equatable {
    /// How far the seen positions move on in one period.
    public let advance: Int
    /// What the positions of one period see; nil where it is nothing.
    public let ranges: [ClosedRange<Int>?]

    /// After how many positions of the result the pattern repeats.
    public var period: Int { ranges.count }

    /// Each position sees the input's position of the same index, as in elementwise operations.
    public static let identity = AxisReach(advance: 1, ranges: [0...0])

    /// Windows of `span` positions, the first of which begins `before` positions ahead of the input.
    public static func window(span: Int, stride: Int, before: Int) -> AxisReach {
        AxisReach(advance: stride, ranges: [-before...(span - 1 - before)])
    }

    /// Transposed windows: position o sees the positions i for which o = i·s + d·t − p with a t below the kernel.
    public static func transposed(kernel: Int, stride: Int, dilation: Int, before: Int) -> AxisReach {
        let ranges = (0..<stride).map { position -> ClosedRange<Int>? in
            let seen = (0..<kernel).map { position + before - dilation * $0 }.filter { $0 % stride == 0 }
            guard let last = seen.first, let first = seen.last else { return nil }
            return (first / stride)...(last / stride)
        }
        return AxisReach(advance: 1, ranges: ranges)
    }

    /// The parts of an adaptive pooling: part j of o reaches from ⌊j·i/o⌋ up to ⌈(j + 1)·i/o⌉.
    public static func parts(inputs: Int, outputs: Int) -> AxisReach {
        sampled(inputs: inputs, outputs: outputs) { j, i, o in (j * i / o)...(((j + 1) * i + o - 1) / o - 1) }
    }

    /// A pattern that depends on the ratio of two extents alone.
    static func sampled(
        inputs: Int, outputs: Int, _ range: (_ position: Int, _ i: Int, _ o: Int) -> ClosedRange<Int>
    ) -> AxisReach {
        let divisor = greatestCommonDivisor(inputs, outputs)
        let (i, o) = (inputs / divisor, outputs / divisor)
        return AxisReach(advance: i, ranges: (0..<o).map { range($0, i, o) })
    }

    /// What a position sees.
    public subscript(position: Int) -> ClosedRange<Int>? {
        let (periods, phase) = floorDivision(position, period)
        return ranges[phase].map { ($0.lowerBound + periods * advance)...($0.upperBound + periods * advance) }
    }

    /// What the result of a second operation sees of this one's input.
    public func followed(by next: AxisReach) -> AxisReach {
        let repeats = period / greatestCommonDivisor(period, next.advance)
        let ranges = (0..<next.period * repeats).map { position in next[position].flatMap(seen) }
        return AxisReach(advance: next.advance * repeats / period * advance, ranges: ranges)
    }

    /// What all of these positions see. Later ones see nothing earlier, one period apart.
    private func seen(_ positions: ClosedRange<Int>) -> ClosedRange<Int>? {
        let firsts = positions.clamped(to: positions.lowerBound...(positions.lowerBound + period - 1))
        let lasts = positions.clamped(to: (positions.upperBound - period + 1)...positions.upperBound)
        let seen = firsts.compactMap { self[$0] } + lasts.compactMap { self[$0] }
        guard let first = seen.map(\.lowerBound).min(), let last = seen.map(\.upperBound).max() else {
            return nil
        }
        return first...last
    }

    /// What either sees; nil where the two do not advance equally, and so come to see everything.
    public func joined(with other: AxisReach) -> AxisReach? {
        if advance * other.period != other.advance * period { return nil }
        let count = period / greatestCommonDivisor(period, other.period) * other.period
        let ranges = (0..<count).map { position -> ClosedRange<Int>? in
            guard let a = self[position], let b = other[position] else {
                return self[position] ?? other[position]
            }
            return min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
        }
        return AxisReach(advance: advance * (count / period), ranges: ranges)
    }

    /// The most positions that one sees, from the first to the last.
    public var size: Int { ranges.lazy.compactMap { $0?.count }.max() ?? 0 }

    /// How far apart in the input neighbouring positions are, on average.
    public var jump: Double { Double(advance) / Double(period) }

    /// The middle of what the first position sees (of those that see anything).
    public var center: Double {
        guard let range = ranges.lazy.compactMap({ $0 }).first else { return 0 }
        return Double(range.lowerBound + range.upperBound) / 2
    }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }

/// The quotient, rounded down, and what is left.
func floorDivision(_ a: Int, _ b: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
    return remainder < 0 ? (quotient - 1, remainder + b) : (quotient, remainder)
}
