import ApusKernelBase
import ApusCore
import CProcessor

/// The cut of `ChannelGroups` into pieces of a size that does not depend on the number of threads.
///
/// Rows of few channels are joined to longer ones: to start a loop for each would take longer than the loop.
struct ChannelPieces {
    /// Elements of joined rows.
    let width: Int
    /// Elements of a piece: whole joined rows.
    private let length: Int
    private let sampleLength: Int
    private let channels: Int
    let perSample: Int
    let count: Int

    init(_ groups: ChannelGroups) {
        channels = groups.channels
        sampleLength = groups.rows * channels
        width = channels * min(groups.rows, (127 + channels) / channels)
        length = width * max(32, 16_384 / width)
        perSample = (sampleLength + length - 1) / length
        count = groups.samples * perSample
    }

    /// Where a piece begins, how many elements it has, and how many rows.
    @inline(__always)
    func extent(_ piece: Int) -> (start: Int, count: Int, rows: Int) {
        let start = piece % perSample * length
        let count = min(length, sampleLength - start)
        return (piece / perSample * sampleLength + start, count, count / channels)
    }

    /// Calls `body` for each piece, over the threads.
    @inline(__always)
    func forEach(_ body: (_ piece: Int, _ sample: Int) -> Void) {
        Parallel.units(count, cost: length) { body($0, $0 / perSample) }
    }

    /// Calls `body(start, count)` for each joined row of a piece of `count` elements.
    @inline(__always)
    func forEachRow(_ count: Int, _ body: (Int, Int) -> Void) {
        var start = 0
        while start < count {
            body(start, min(width, count - start))
            start += width
        }
    }

    /// Calls `body(start, count, target)` for each joined row of a piece, whose results belong at
    /// `result`: there or, where they are streamed, by way of scratch memory.
    @inline(__always)
    func forEachRow<T>(
        _ count: Int, into result: UnsafeMutablePointer<T>, streams: Bool,
        _ body: (Int, Int, UnsafeMutablePointer<T>) -> Void
    ) {
        if !streams {
            forEachRow(count) { body($0, $1, result + $0) }
            return
        }
        let block = width * max(1, 2048 / width)
        let scratch = UnsafeMutablePointer<T>.allocate(capacity: block)
        defer { scratch.deallocate() }
        var start = 0
        while start < count {
            let n = min(block, count - start)
            forEachRow(n) { body(start + $0, $1, scratch + $0) }
            streamBytes(scratch, to: result + start, n * MemoryLayout<T>.stride)
            start += n
        }
        apus_stream_fence()
    }

    /// Writes a value for each element of a joined row, from one for each channel.
    @inline(__always)
    func broadcast<T>(into target: UnsafeMutablePointer<T>, _ value: (Int) -> T) {
        for channel in 0..<channels { target[channel] = value(channel) }
        var filled = channels
        while filled < width {
            for channel in 0..<channels { target[filled + channel] = target[channel] }
            filled += channels
        }
    }

    /// Adds up what a joined row has for each channel.
    @inline(__always)
    func folded<T: BinaryFloatingPoint>(_ sums: UnsafePointer<T>, _ channel: Int) -> Double {
        var (total, index) = (0.0, channel)
        while index < width {
            total += Double(sums[index])
            index += channels
        }
        return total
    }
}
