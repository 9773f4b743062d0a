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
        // A sample is cut evenly: what a piece prepares should serve as many rows in each.
        let usual = width * max(32, 16_384 / width)
        let joinedRows = (sampleLength + width - 1) / width
        let pieces = max(1, (sampleLength + usual / 2) / usual)
        length = (joinedRows + pieces - 1) / pieces * width
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

    /// Calls `body(start, count, rows)` for the joined rows of a piece of `count` elements: for several whole ones
    /// together, which share what a loop loads for each channel, and for each of the rest.
    @inline(__always)
    func forEachRow(_ count: Int, together: Int = 4, _ body: (Int, Int, Int) -> Void) {
        var start = 0
        while together > 1 && start + together * width <= count {
            body(start, width, together)
            start += together * width
        }
        while start < count {
            body(start, min(width, count - start), 1)
            start += width
        }
    }

    /// Calls `body(start, count, rows, target)` for the joined rows of a piece, whose results belong at
    /// `result`: there or, where they are streamed, by way of scratch memory.
    @inline(__always)
    func forEachRow<T>(
        _ count: Int, together: Int = 4, into result: UnsafeMutablePointer<T>, streams: Bool,
        _ body: (Int, Int, Int, UnsafeMutablePointer<T>) -> Void
    ) {
        if !streams {
            forEachRow(count, together: together) { body($0, $1, $2, result + $0) }
            return
        }
        let block = width * max(1, 2048 / width)
        let scratch = UnsafeMutablePointer<T>.allocate(capacity: block)
        defer { scratch.deallocate() }
        var start = 0
        while start < count {
            let n = min(block, count - start)
            forEachRow(n, together: together) { body(start + $0, $1, $2, scratch + $0) }
            streamBytes(scratch, to: result + start, n * MemoryLayout<T>.stride)
            start += n
        }
        apus_stream_fence()
    }

    /// Writes a value for each element of a joined row, from one for each channel.
    @inline(__always)
    func broadcast<T>(into target: UnsafeMutablePointer<T>, _ value: (Int) -> T) {
        for channel in 0..<channels { target[channel] = value(channel) }
        repeatChannels(target)
    }

    /// Writes a value for each element of a joined row, from one for each run of `size` channels.
    @inline(__always)
    func broadcast<T>(into target: UnsafeMutablePointer<T>, runsOf size: Int, _ value: (Int) -> T) {
        if size == 1 { return broadcast(into: target, value) }
        var channel = 0
        while channel < channels {
            let value = value(channel / size)
            for i in channel..<(channel + size) { target[i] = value }
            channel += size
        }
        repeatChannels(target)
    }

    /// Copies the first channels of a joined row to the others.
    @inline(__always)
    func repeatChannels<T>(_ target: UnsafeMutablePointer<T>) {
        var filled = channels
        while filled < width {
            for channel in 0..<channels { target[filled + channel] = target[channel] }
            filled += channels
        }
    }

    /// Adds up what a joined row has for each channel.
    @inline(__always)
    func fold<T: BinaryFloatingPoint>(_ sums: UnsafePointer<T>, into totals: UnsafeMutablePointer<Double>) {
        for channel in 0..<channels { totals[channel] = Double(sums[channel]) }
        var start = channels
        while start < width {
            for channel in 0..<channels { totals[channel] += Double(sums[start + channel]) }
            start += channels
        }
    }
}
