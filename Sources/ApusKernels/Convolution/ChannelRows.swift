import ApusKernelBase
import ApusMatrixKernels
import ApusCore
import CProcessor

/// Channels computed side by side: one register.
let channelLanes = 16

/// The rows of a channels-last image that a kernel sliding down over it reads. Channels are in tiles of sixteen, one
/// register for each position, with zeros where rows or columns lie outside of the image.
///
/// Here the positions that a kernel reads lie side by side. In the image itself all channels lie between two positions:
/// if their number is a power of two, the positions share few lines of the first-level cache.
struct ChannelRows {
    let image: UnsafePointer<Float>
    let height: Int
    let width: Int
    let channels: Int
    /// Where the kept rows begin in the image; outside of it if negative.
    let firstRow: Int
    let firstColumn: Int
    /// The columns of a kept row.
    let columns: Int
    /// Rows kept at a time.
    let slots: Int
    /// For each kept row, from the first one that `read` was last asked for, the address of its first tile. The other
    /// tiles of a row follow at distances of `columns`.
    let rows: UnsafeMutablePointer<UnsafePointer<SIMD16<Float>>>
    private let positions: UnsafeMutablePointer<SIMD16<Float>>
    private var filled = 0

    var tiles: Int { (channels + channelLanes - 1) / channelLanes }

    /// The bytes of memory for the kept rows, a multiple of 64.
    static func byteCount(columns: Int, slots: Int, channels: Int) -> Int {
        (channels + channelLanes - 1) / channelLanes * columns * slots * 64 + (slots * 8 + 63) / 64 * 64
    }

    init(
        image: UnsafePointer<Float>, height: Int, width: Int, channels: Int, firstRow: Int, firstColumn: Int,
        columns: Int, slots: Int, in memory: UnsafeMutableRawPointer
    ) {
        self.image = image
        self.height = height
        self.width = width
        self.channels = channels
        self.firstRow = firstRow
        self.firstColumn = firstColumn
        self.columns = columns
        self.slots = slots
        positions = memory.assumingMemoryBound(to: SIMD16<Float>.self)
        let end = memory + ChannelRows.byteCount(columns: columns, slots: slots, channels: channels)
        rows = (end - (slots * 8 + 63) / 64 * 64).assumingMemoryBound(to: UnsafePointer<SIMD16<Float>>.self)
    }

    /// Keeps the rows of a range, counted from `firstRow`; those that are kept already are not read again.
    mutating func read(_ range: Range<Int>) {
        for row in max(range.lowerBound, filled)..<max(range.upperBound, filled) { read(row) }
        filled = max(filled, range.upperBound)
        for row in range {
            rows[row - range.lowerBound] = UnsafePointer(positions + row % slots * tiles * columns)
        }
    }

    private func read(_ row: Int) {
        let target = positions + row % slots * tiles * columns
        let inputRow = firstRow + row
        if inputRow < 0 || inputRow >= height {
            for i in 0..<(tiles * columns) { target[i] = .init(repeating: 0) }
            return
        }
        let start = max(firstColumn, 0)
        let before = min(start - firstColumn, columns)
        let inside = max(0, min(width - start, columns - before))
        for tile in 0..<tiles {
            let target = target + tile * columns
            for j in 0..<before { target[j] = .init(repeating: 0) }
            for j in (before + inside)..<columns { target[j] = .init(repeating: 0) }
        }
        let whole = channels / channelLanes
        for j in 0..<inside {
            let source = image + (inputRow * width + start + j) * channels
            let target = target + before + j
            for tile in 0..<whole { target[tile * columns] = loadChannels(source + tile * channelLanes) }
            if whole < tiles {
                let first = whole * channelLanes
                target[whole * columns] = loadChannels(source + first, channels - first)
            }
        }
    }
}

@inline(__always)
func loadChannels(_ pointer: UnsafePointer<Float>) -> SIMD16<Float> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<Float>.self)
}

/// The first `count` channels, and zeros.
@inline(__always)
func loadChannels(_ pointer: UnsafePointer<Float>, _ count: Int) -> SIMD16<Float> {
    var result = SIMD16<Float>(repeating: 0)
    for lane in 0..<count { result[lane] = pointer[lane] }
    return result
}

/// Stores a result's channels, or what ReLU makes of them.
///
/// - Parameter streams: whether past the caches; only to whole lines, and `apus_stream_fence` must follow.
@inline(__always)
func storeChannels(
    _ sum: SIMD16<Float>, _ target: UnsafeMutablePointer<Float>, relu: Bool, streams: Bool
) {
    var sum = sum
    let zero = SIMD16<Float>(repeating: 0)
    if relu { sum.replace(with: zero, where: sum .< zero) }  // NaN passes
    if streams {
        withUnsafePointer(to: sum) { apus_stream_line(target, $0) }
    } else {
        UnsafeMutableRawPointer(target).storeBytes(of: sum, as: SIMD16<Float>.self)
    }
}

/// How a kernel steps along a row. Types, so that loops are compiled for the common steps.
protocol ColumnSteps {
    var stride: Int { get }
    var dilation: Int { get }
}

struct UnitSteps: ColumnSteps {
    var stride: Int { 1 }
    var dilation: Int { 1 }
}

struct AnySteps: ColumnSteps {
    let stride: Int
    let dilation: Int
}

extension ConvolutionShape {
    /// Positions that a kernel reaches along one axis.
    func span(_ axis: Int) -> Int { dilation[axis] * (kernel[axis] - 1) + 1 }

    /// The columns of the padded input that kernels read.
    var metColumns: Int { (output[1] - 1) * stride[1] + span(1) }

    /// The output rows that are computed together, one tile of channels after the other: the input that they share is
    /// fetched into the first-level cache once.
    var rowGroup: Int { min(output[0], 4) }

    /// The input rows that a group of output rows reads.
    func metRows(_ group: Int) -> Int { (group - 1) * stride[0] + span(0) }

    /// The output rows of a unit of a weight gradient's work: those of a whole image, except for small batches. The sums' order
    /// depends on it.
    var bandRows: Int { batch >= 8 ? max(output[0], 1) : min(output[0], 8) }
}
