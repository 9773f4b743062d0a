import ApusKernelBase
import ApusCore

/// Which of several elements written to the same position in order is the one that stays: `marks[k]` is 1 where no later
/// offset equals `offsets[k]`, else 0.
///
/// - Parameters:
///   - offsets: not negative and below `span`.
///   - n: how many offsets there are.
/// - Returns: whether any offset repeats.
package func markLastWriters(
    _ offsets: UnsafePointer<Int>, _ n: Int, span: Int, into marks: UnsafeMutablePointer<UInt8>
) -> Bool {
    var written = [UInt64](repeating: 0, count: (span + 63) / 64)
    return written.withUnsafeMutableBufferPointer { written in
        var repeats = false
        for k in stride(from: n - 1, through: 0, by: -1) {
            let (word, bit) = (offsets[k] &>> 6, UInt64(1) &<< UInt64(offsets[k] & 63))
            let isLast = written[word] & bit == 0
            written[word] |= bit
            marks[k] = isLast ? 1 : 0
            repeats = repeats || !isLast
        }
        return repeats
    }
}
