/// The windows along one spatial axis: which positions of the input each position of the result reads, and with what
/// weights. They are the rows of a sparse matrix.
///
/// A pooling or an interpolation has one such matrix for each spatial axis. A window of several axes reads every
/// combination of the axes' positions; its weights are the products of theirs.
package struct AxisWindows: Sendable {
    /// The extent of the input's axis.
    package let inputs: Int
    /// Window `i` has the entries from `starts[i]` up to `starts[i + 1]` of `positions` and `weights`.
    @usableFromInline package private(set) var starts = [0]
    /// The positions of the input that the windows read, one window after the other.
    @usableFromInline package private(set) var positions: [Int] = []
    /// The weight of each of the `positions`.
    package private(set) var weights: [Double] = []
    /// The number of positions in the longest window.
    @usableFromInline package private(set) var longest = 0
    /// Whether window `i` is position `i` of the input alone, with weight 1, for every `i`.
    package private(set) var isIdentity = false

    /// No windows yet: `add` gives the first one its positions.
    package init(inputs: Int) { self.inputs = inputs }

    /// The windows that leave an axis as it is.
    package init(identity extent: Int) {
        inputs = extent
        starts = Array(0...extent)
        positions = Array(0..<extent)
        weights = [Double](repeating: 1, count: extent)
        longest = 1
        isIdentity = true
    }

    /// The extent of the result's axis: the number of windows.
    @inlinable package var outputs: Int { starts.count - 1 }

    /// Whether window `i` reads the positions 2i and 2i + 1.
    @inlinable package var isInPairs: Bool {
        longest == 2 && positions.count == 2 * outputs && positions.indices.allSatisfy { positions[$0] == $0 }
    }

    /// Adds a position to the unfinished window.
    package mutating func add(_ position: Int, weight: Double = 1) {
        positions.append(position)
        weights.append(weight)
    }

    /// Adds `count` positions to the unfinished window, `step` apart.
    package mutating func add(from first: Int, count: Int, step: Int = 1, weight: Double = 1) {
        for i in 0..<count { add(first + i * step, weight: weight) }
    }

    /// Finishes a window; what is added later belongs to the next.
    package mutating func endWindow() {
        longest = max(longest, positions.count - starts[starts.count - 1])
        starts.append(positions.count)
    }

    /// The transposed matrix, as gradients need it: for each position of the input, the windows that read it, in
    /// ascending order.
    package func transposed() -> AxisWindows {
        if isIdentity { return self }
        var result = AxisWindows(inputs: outputs)
        var counts = [Int](repeating: 0, count: inputs + 1)
        for position in positions { counts[position + 1] += 1 }
        result.longest = counts.max() ?? 0
        for i in 0..<inputs { counts[i + 1] += counts[i] }
        result.starts = counts
        result.positions = [Int](repeating: 0, count: positions.count)
        result.weights = [Double](repeating: 0, count: positions.count)
        for output in 0..<outputs {
            for entry in starts[output]..<starts[output + 1] {
                let target = counts[positions[entry]]
                counts[positions[entry]] += 1
                result.positions[target] = output
                result.weights[target] = weights[entry]
            }
        }
        return result
    }
}
