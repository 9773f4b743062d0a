import CProcessor

/// Results of at least this size are written past the caches. They would not stay there until they are read, and a line
/// that is written whole need not be fetched first: for a sum, fetching would add a third to the traffic.
@inlinable package var streamedBytes: Int { 16 << 20 }

/// Copies bytes to memory that is not read again soon, past the caches. `apus_stream_fence` must follow
/// before another thread is told of them.
@inlinable @inline(__always)
package func streamBytes(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ count: Int) {
    let head = min(count, -Int(bitPattern: target) & 63)
    let lines = (count - head) / 64
    target.copyMemory(from: source, byteCount: head)
    for line in 0..<lines {
        apus_stream_line(target + (head + line * 64), source + (head + line * 64))
    }
    let done = head + lines * 64
    (target + done).copyMemory(from: source + done, byteCount: count - done)
}

/// Copies blocks of `blockBytes` from sources to targets that `addresses` gives for each block.
@inlinable @inline(__always)
package func copyBlocks(
    _ range: Range<Int>, blockBytes: Int, streams: Bool,
    _ addresses: (Int) -> (source: UnsafeRawPointer, target: UnsafeMutableRawPointer)
) {
    if !streams {
        for block in range {
            let (source, target) = addresses(block)
            target.copyMemory(from: source, byteCount: blockBytes)
        }
        return
    }
    for block in range {
        let (source, target) = addresses(block)
        streamBytes(source, to: target, blockBytes)
    }
    apus_stream_fence()
}
