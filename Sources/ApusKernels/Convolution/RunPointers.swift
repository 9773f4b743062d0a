import ApusCore
import ApusKernelBase

/// Where the runs of some windows of an `ImplicitProduct` begin, in memory. A run outside the image is in a row of zeros; one that
/// crosses its edge is copied, with zeros outside. All are copied where neighboring windows lie so far apart that a cache
/// has place for few of them at once: in multiples of half a page.
struct RunPointers {
    /// Windows that are multiplied together.
    static let tile = 12
    /// Floats between copies, so that they do not meet in a cache either.
    private static let gap = 16

    typealias Axis = ImplicitProduct.Axis
    typealias Run = ImplicitProduct.Run

    private let axes: (Axis, Axis, Axis)
    private let runs: UnsafePointer<Run>
    private let runCount: Int
    /// Of a position, all groups'.
    private let channels: Int
    /// All of the rest is in here.
    private let storage: Storage
    private let start: UnsafeMutablePointer<UnsafePointer<Float>>
    private let outputStart: UnsafeMutablePointer<Int>
    private let zeros: UnsafeMutablePointer<Float>
    private let copies: UnsafeMutablePointer<Float>
    private let copiesAll: Bool
    /// From a run to the next, and from a tile of windows to the next.
    private let runStep: Int
    private let tileStep: Int

    /// - Parameters:
    ///   - capacity: windows at a time, a multiple of `tile`.
    ///   - byRun: whether all windows of a run lie together, or all runs of a tile of windows.
    init(_ product: ImplicitProduct, capacity: Int, byRun: Bool) {
        axes = (product.axes[0], product.axes[1], product.axes[2])
        (runCount, channels) = (product.runs.count, product.inputChannels)
        (runStep, tileStep) = byRun ? (capacity, Self.tile) : (Self.tile, Self.tile * runCount)
        let longest = product.runs.reduce(0) { max($0, $1.count) }
        let pointers = capacity * runCount
        let zeroCount = (longest * channels + 15) / 16 * 16
        copiesAll = !byRun && axes.2.inputStride * channels % 512 == 0
        let copyCount = capacity * (product.taps.count * channels + runCount * Self.gap)
        let bytes = runCount * MemoryLayout<Run>.stride + (pointers + capacity) * 8
        storage = Storage(byteCount: bytes + 64 + (zeroCount + copyCount) * 4)
        var address = storage.pointer
        func take<T>(_: T.Type, _ count: Int) -> UnsafeMutablePointer<T> {
            let result = address.assumingMemoryBound(to: T.self)
            address += count * MemoryLayout<T>.stride
            return result
        }
        let runs = take(Run.self, runCount)
        for run in 0..<runCount { runs[run] = product.runs[run] }
        self.runs = UnsafePointer(runs)
        start = take(UnsafePointer<Float>.self, pointers)
        outputStart = take(Int.self, capacity)
        address = address.alignedUp(toMultipleOf: 64)
        zeros = take(Float.self, zeroCount)
        copies = take(Float.self, copyCount)
        zeros.update(repeating: 0, count: zeroCount)
    }

    /// The pointers of a run, from a window on: of a tile, or of all where they lie together.
    @inline(__always)
    func pointers(window: Int, run: Int) -> UnsafePointer<UnsafePointer<Float>> {
        UnsafePointer(start + (window / Self.tile &* tileStep &+ run &* runStep))
    }

    /// For each window the index of its position in the result.
    var outputs: UnsafePointer<Int> { UnsafePointer(outputStart) }

    /// Takes the windows of a range; those up to the end of the last tile are zeros.
    func set(_ x: UnsafePointer<Float>, _ windows: Range<Int>) {
        let (planes, rows, columns) = axes
        var (copy, index, window) = (copies, 0, windows.lowerBound)
        // One stretch of windows after the other, each in one row of the grid.
        while window < windows.upperBound {
            let (line, column) = (window / columns.count, window % columns.count)
            let (rest, row) = (line / rows.count, line % rows.count)
            let (image, plane) = (rest / planes.count, rest % planes.count)
            let count = min(columns.count - column, windows.upperBound - window)
            let target =
                ((image * planes.output + plane * planes.outputStride + planes.outputStart) * rows.output
                    + row * rows.outputStride + rows.outputStart) * columns.output + columns.outputStart
            for i in 0..<count { outputStart[index + i] = target + (column + i) * columns.outputStride }
            for run in 0..<runCount {
                let z = plane * planes.inputStride + runs[run].plane
                let y = row * rows.inputStride + runs[run].row
                if z < 0 || z >= planes.input || y < 0 || y >= rows.input {
                    fill(run, index..<(index + count), with: zeros, step: 0)
                } else {
                    let line =
                        x + ((image * planes.input + z) * rows.input + y) * columns.input * channels
                    let first = column * columns.inputStride + runs[run].column
                    setLine(line, run, first: first, index..<(index + count), &copy)
                }
            }
            index += count
            window += count
        }
        let end = (index + Self.tile - 1) / Self.tile * Self.tile
        for run in 0..<runCount { fill(run, index..<end, with: zeros, step: 0) }
    }

    /// Windows of one row of the grid; the run of the first of them begins at column `first` of the line.
    @inline(__always)
    private func setLine(
        _ line: UnsafePointer<Float>, _ run: Int, first: Int, _ range: Range<Int>,
        _ copy: inout UnsafeMutablePointer<Float>
    ) {
        let (width, step, length) = (axes.2.input, axes.2.inputStride, runs[run].count)
        // The windows whose run begins at column 0 or later and ends within the line.
        let lower = min(range.count, max(0, (step - 1 - first) / step))
        let last = width - length - first
        let upper = copiesAll ? lower : max(lower, min(range.count, last < 0 ? 0 : last / step + 1))
        fill(
            run, (range.lowerBound + lower)..<(range.lowerBound + upper),
            with: line + (first + lower * step) * channels, step: step * channels)
        for i in 0..<(lower + range.count - upper) {
            let window = i < lower ? i : i - lower + upper
            let column = first + window * step
            let before = min(length, max(0, -column))
            let inside = max(0, min(width - column, length) - before)
            let place = range.lowerBound + window
            if inside == 0 {
                fill(run, place..<(place + 1), with: zeros, step: 0)
                continue
            }
            copy.update(repeating: 0, count: before * channels)
            (copy + before * channels).update(
                from: line + (column + before) * channels, count: inside * channels)
            (copy + (before + inside) * channels).update(
                repeating: 0, count: (length - before - inside) * channels)
            fill(run, place..<(place + 1), with: copy, step: 0)
            copy += length * channels + Self.gap
        }
    }

    @inline(__always)
    private func fill(_ run: Int, _ range: Range<Int>, with first: UnsafePointer<Float>, step: Int) {
        var (pointer, index) = (first, range.lowerBound)
        while index < range.upperBound {
            let (tile, row) = (index / Self.tile, index % Self.tile)
            let count = min(Self.tile - row, range.upperBound - index)
            let target = start + (tile &* tileStep &+ run &* runStep &+ row)
            for i in 0..<count { target[i] = pointer + i &* step }
            pointer += count &* step
            index += count
        }
    }
}
