/// Which positions of an input's axis each position of a result's axis is made of, and with what weights:
/// the rows of a sparse matrix.
///
/// A pooling or an interpolation is one such matrix for each spatial axis. A window of several axes takes
/// the products of their taps.
package struct AxisTaps: Sendable {
    /// The extent of the input's axis.
    package let inputs: Int
    /// The taps of result `i` are those from `starts[i]` up to `starts[i + 1]`.
    @usableFromInline package private(set) var starts = [0]
    @usableFromInline package private(set) var positions: [Int] = []
    package private(set) var weights: [Double] = []
    /// The most taps that one result has.
    @usableFromInline package private(set) var longest = 0
    /// Whether each result is the input of the same number.
    package private(set) var isIdentity = false

    /// No results yet: `add` gives the first one its taps.
    package init(inputs: Int) { self.inputs = inputs }

    /// An axis that stays as it is.
    package init(identity extent: Int) {
        inputs = extent
        starts = Array(0...extent)
        positions = Array(0..<extent)
        weights = [Double](repeating: 1, count: extent)
        longest = 1
        isIdentity = true
    }

    /// The extent of the result's axis.
    @inlinable package var outputs: Int { starts.count - 1 }

    /// Whether result `i` has the inputs 2i and 2i + 1.
    @inlinable package var isInPairs: Bool {
        longest == 2 && positions.count == 2 * outputs && positions.indices.allSatisfy { positions[$0] == $0 }
    }

    /// Adds a tap to the result after the finished ones.
    package mutating func add(_ position: Int, weight: Double = 1) {
        positions.append(position)
        weights.append(weight)
    }

    /// Adds `count` taps, `step` positions apart.
    package mutating func add(from first: Int, count: Int, step: Int = 1, weight: Double = 1) {
        for i in 0..<count { add(first + i * step, weight: weight) }
    }

    /// Finishes a result.
    package mutating func endResult() {
        longest = max(longest, positions.count - starts[starts.count - 1])
        starts.append(positions.count)
    }

    /// Each input's results instead of each result's inputs, in ascending order.
    package func transposed() -> AxisTaps {
        if isIdentity { return self }
        var result = AxisTaps(inputs: outputs)
        var counts = [Int](repeating: 0, count: inputs + 1)
        for position in positions { counts[position + 1] += 1 }
        result.longest = counts.max() ?? 0
        for i in 0..<inputs { counts[i + 1] += counts[i] }
        result.starts = counts
        result.positions = [Int](repeating: 0, count: positions.count)
        result.weights = [Double](repeating: 0, count: positions.count)
        for output in 0..<outputs {
            for tap in starts[output]..<starts[output + 1] {
                let target = counts[positions[tap]]
                counts[positions[tap]] += 1
                result.positions[target] = output
                result.weights[target] = weights[tap]
            }
        }
        return result
    }
}
