import ApusCore
import ApusKernelBase
import CProcessor

extension ImplicitProduct {
    /// The product with row-major weights, and a bias and ReLU where asked for.
    func multiply(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, bias: UnsafePointer<Float>?, relu: Bool,
        into y: UnsafeMutablePointer<Float>
    ) {
        let panels = ImplicitPanels(outputs)
        let weights = panels.packed(w, self)
        multiply(
            x, weights.pointer.assumingMemoryBound(to: Float.self), panels, bias: bias, relu: relu, into: y)
        withExtendedLifetime(weights) {}
    }

    /// The product, and a bias and ReLU where asked for.
    ///
    /// - Parameter weights: packed in `panels`.
    func multiply(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ panels: ImplicitPanels,
        bias: UnsafePointer<Float>?, relu: Bool, into y: UnsafeMutablePointer<Float>
    ) {
        let tile = RunPointers.tile
        let blockLength = min(8 * tile, (positions + tile - 1) / tile * tile)
        let blocks = (positions + blockLength - 1) / blockLength
        let (perGroup, length, runCount) = (panels.panels.count, length, runs.count)
        // Where positions are few, threads share the columns.
        let columns = groups * perGroup
        let shares = min(columns, max(1, 8 / max(1, blocks)))
        let lengths = runs.map { $0.count * depth }
        let steps = steps(width: panels.panels.first?.width ?? 1)
        lengths.withUnsafeBufferPointer { lengths in
            Parallel.tasks(blocks * shares, cost: 1 << 20) { unit in
                let (block, share) = (unit / shares, unit % shares)
                let range = (block * blockLength)..<min((block + 1) * blockLength, positions)
                let pointers = RunPointers(self, capacity: blockLength, byRun: false)
                pointers.set(x, range)
                let storage = Storage(byteCount: blockLength * 64 * 4)
                let sums = storage.pointer.assumingMemoryBound(to: Float.self)
                for column in (columns * share / shares)..<(columns * (share + 1) / shares) {
                    let (group, panel) = (column / perGroup, panels.panels[column % perGroup])
                    let first = group * outputs + panel.first
                    let result = PanelOfResult(
                        start: y + first, stride: outputChannels, count: panel.count,
                        bias: bias.map { $0 + first }, relu: relu)
                    let w = weights + (group * panels.width + panel.before) * length
                    for step in steps {
                        let isLast = step.runs.upperBound == runCount
                        for window in stride(from: 0, to: range.count, by: tile) {
                            let sum = sums + window * panel.width
                            multiplyTile(
                                pointers.pointers(window: window, run: step.runs.lowerBound), group * depth,
                                lengths.baseAddress! + step.runs.lowerBound, runs: step.runs.count,
                                panel.width, w + step.row * panel.width, sum, isFirst: step.row == 0)
                            if isLast {
                                result.store(
                                    sum, panel.width, pointers.outputs + window,
                                    min(tile, range.count - window))
                            }
                        }
                    }
                }
                withExtendedLifetime(storage) {}
            }
        }
    }

    /// Runs whose rows of a panel stay in the nearest cache while all windows meet them, and the first of these rows.
    private func steps(width: Int) -> [(runs: Range<Int>, row: Int)] {
        let most = 32_768 / (width * 4)
        var (result, first, row) = ([(runs: Range<Int>, row: Int)](), 0, 0)
        repeat {
            var (end, rows) = (first, 0)
            while end < runs.count, end == first || rows + runs[end].count * depth <= most {
                rows += runs[end].count * depth
                end += 1
            }
            result.append((first..<end, row))
            (first, row) = (end, row + rows)
        } while first < runs.count
        return result
    }
}

/// Some channels of the result.
private struct PanelOfResult {
    let start: UnsafeMutablePointer<Float>
    /// From a position to the next.
    let stride: Int
    let count: Int
    let bias: UnsafePointer<Float>?
    let relu: Bool

    /// Stores the sums of some windows at their positions.
    @inline(__always)
    func store(_ sums: UnsafePointer<Float>, _ width: Int, _ positions: UnsafePointer<Int>, _ windows: Int) {
        switch count {
        case 64: store(wholes: 4, sums, width, positions, windows)
        case 32: store(wholes: 2, sums, width, positions, windows)
        case 16: store(wholes: 1, sums, width, positions, windows)
        default:
            let zero = SIMD4<Float>(repeating: 0)
            for window in 0..<windows {
                let (sums, y) = (sums + window * width, start + positions[window] * stride)
                var i = 0
                while i + 4 <= count {
                    // Comparisons of vectors are instructions only where the type of the vector is known.
                    var sum = SIMD4<Float>(at: sums + i)
                    if let bias { sum += SIMD4(at: bias + i) }
                    if relu { sum.replace(with: zero, where: sum .< zero) }  // NaN passes
                    sum.store(at: y + i)
                    i += 4
                }
                while i < count {
                    let sum = sums[i] + (bias?[i] ?? 0)
                    y[i] = relu && sum < 0 ? 0 : sum
                    i += 1
                }
            }
        }
    }

    @inline(__always)
    private func store(
        wholes: Int, _ sums: UnsafePointer<Float>, _ width: Int, _ positions: UnsafePointer<Int>,
        _ windows: Int
    ) {
        for window in 0..<windows {
            let (sums, y) = (sums + window * width, start + positions[window] * stride)
            for whole in 0..<wholes {
                let i = whole * 16
                var sum = Lanes(at: sums + i)
                if let bias { sum += Lanes(at: bias + i) }
                storeChannels(sum, y + i, relu: relu, streams: false)
            }
        }
    }
}

/// The channels of a run for some windows, to which pointers lead.
private protocol RunFactors: RowFactors<Float> {
    init(_ rows: UnsafePointer<UnsafePointer<Float>>, _ offset: Int)
    /// The channel that is read.
    var index: Int { get set }
}

private struct SixFactors: RunFactors {
    let a, b, c, d, e, f: UnsafePointer<Float>
    var index = 0

    @inline(__always)
    init(_ rows: UnsafePointer<UnsafePointer<Float>>, _ offset: Int) {
        (a, b, c) = (rows[0] + offset, rows[1] + offset, rows[2] + offset)
        (d, e, f) = (rows[3] + offset, rows[4] + offset, rows[5] + offset)
    }

    @inline(__always)
    subscript(row: Int) -> Float {
        switch row {
        case 0: a[index]
        case 1: b[index]
        case 2: c[index]
        case 3: d[index]
        case 4: e[index]
        default: f[index]
        }
    }
}

private struct TwelveFactors: RunFactors {
    var low, high: SixFactors

    @inline(__always)
    init(_ rows: UnsafePointer<UnsafePointer<Float>>, _ offset: Int) {
        (low, high) = (SixFactors(rows, offset), SixFactors(rows + 6, offset))
    }

    @inline(__always)
    var index: Int {
        get { low.index }
        set { (low.index, high.index) = (newValue, newValue) }
    }

    @inline(__always)
    subscript(row: Int) -> Float { row < 6 ? low[row] : high[row - 6] }
}

/// Twelve windows' sums for some runs: C = A·B or C += A·B.
///
/// - Parameters:
///   - rows: of each run twelve pointers.
///   - lengths: of the runs, in rows of B.
@inline(never)
private func multiplyTile(
    _ rows: UnsafePointer<UnsafePointer<Float>>, _ offset: Int, _ lengths: UnsafePointer<Int>, runs: Int,
    _ width: Int, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, isFirst: Bool
) {
    @inline(__always)
    func add<S: RegisterTile, Factors: RunFactors>(_: S.Type, _: Factors.Type, from first: Int)
    where S.Vector.Element == Float {
        let c = c + first * width
        var (sums, b) = (isFirst ? S() : S(c, width), b)
        for run in 0..<runs {
            var factors = Factors(rows + (run &* RunPointers.tile &+ first), offset)
            let count = lengths[run]
            while factors.index < count {
                sums.add(factors, 0, S.Vector(at: b))
                apus_keep_order()
                factors.index &+= 1
                b += S.Vector.columns
            }
        }
        sums.store(c, width)
    }
    typealias Six<V: ColumnVector> = Thrice<Twice<RowSum<V>>>
    @inline(__always)
    func addTwice<V: ColumnVector>(_: V.Type) where V.Element == Float {
        for first in 0..<2 { add(Six<V>.self, SixFactors.self, from: first * 6) }
    }
    @inline(__always)
    func addAll<V: ColumnVector>(_: V.Type) where V.Element == Float {
        add(Twice<Six<V>>.self, TwelveFactors.self, from: 0)
    }
    switch width {
    case 64: addTwice(Pair<Pair<Lanes>>.self)
    case 32: addAll(Pair<Lanes>.self)
    case 16: hasWideVectors ? addAll(Lanes.self) : addTwice(Lanes.self)
    case 8: addAll(SIMD8<Float>.self)
    default: addAll(SIMD4<Float>.self)
    }
}
