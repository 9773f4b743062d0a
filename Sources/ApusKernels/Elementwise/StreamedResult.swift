import ApusKernelBase
import CProcessor

/// The bytes of a result that are computed at a time, in the first-level cache.
private let pieceBytes = 8192

/// Whether a result should be streamed. One that is an operand too is in the caches already.
@inline(__always)
func isStreamed(
    _ result: UnsafeMutableRawPointer, _ byteCount: Int, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer
) -> Bool {
    byteCount >= streamedBytes && UnsafeRawPointer(result) != a && UnsafeRawPointer(result) != b
}

/// Calls `body(start, count, target)` for the elements of a range: once with the result itself or, where it
/// is streamed, for pieces that are computed elsewhere and then moved.
///
/// - Parameter size: bytes of an element of the result.
@inline(__always)
func forEachPiece(
    of range: Range<Int>, in result: UnsafeMutableRawPointer, size: Int, streams: Bool,
    _ body: (Int, Int, UnsafeMutableRawPointer) -> Void
) {
    if !streams {
        body(range.lowerBound, range.count, result + range.lowerBound * size)
        return
    }
    withUnsafeTemporaryAllocation(byteCount: pieceBytes, alignment: 64) { scratch in
        let scratch = scratch.baseAddress!
        var start = range.lowerBound
        while start < range.upperBound {
            let n = min(pieceBytes / size, range.upperBound - start)
            body(start, n, scratch)
            streamBytes(scratch, to: result + start * size, n * size)
            start += n
        }
        apus_stream_fence()
    }
}
