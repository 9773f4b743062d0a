import ApusKernelCalls

/// Elements moved and chosen as they are.
package protocol CopyCalls: DeviceCalls {
    /// Copies elements, converting their type; either side may be strided.
    ///
    /// Elements of one type go through `memcpy` where both sides run on, through in-register tiles where
    /// the fastest axes of the two sides differ, and through plain strided loops elsewhere.
    func copyElements(_ source: Operand, into result: Operand)

    /// Copies rows of contiguous memory to rows that lie `pitch` bytes apart: what joins tensors.
    func copyRows(
        _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, rows: Int, rowBytes: Int, pitch: Int)

    /// Elements of two contiguous arrays in turn, `size` bytes each.
    func interleave(
        _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, into target: UnsafeMutableRawPointer, count: Int,
        size: Int)

    /// Elements of `a` where `mask` is true, of `b` elsewhere: by size, whatever they mean.
    ///
    /// `a`, `b` and the result have one type and, like `mask` (booleans), the result's shape.
    func selectElements(_ mask: Operand, _ a: Operand, _ b: Operand, into result: Operand)

    /// Clears what lies above (`keepingLower`) or below a diagonal of row-major matrices.
    ///
    /// - Parameters:
    ///   - matrices: `batch` of them, each `rows` × `columns`, `size` bytes an element.
    ///   - diagonal: 0 is the main one, positive ones lie above it.
    func clearTriangle(
        _ matrices: UnsafeMutableRawPointer, size: Int, batch: Int, rows: Int, columns: Int, diagonal: Int,
        keepingLower: Bool)

    /// Writes `value(i)` for each `i` in `0..<count`, converted from float64 to `dtype`.
    ///
    /// - Parameter form: how element `i` comes about.
    func writeSequence(_ form: SequenceForm, _ result: UnsafeMutableRawPointer, _ dtype: DType, _ count: Int)
}

extension CopyCalls {
    package func copyElements(_ source: Operand, into result: Operand) { lacks() }

    package func copyRows(
        _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, rows: Int, rowBytes: Int, pitch: Int
    ) { lacks() }

    package func interleave(
        _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, into target: UnsafeMutableRawPointer, count: Int,
        size: Int
    ) { lacks() }

    package func selectElements(_ mask: Operand, _ a: Operand, _ b: Operand, into result: Operand) { lacks() }

    package func clearTriangle(
        _ matrices: UnsafeMutableRawPointer, size: Int, batch: Int, rows: Int, columns: Int, diagonal: Int,
        keepingLower: Bool
    ) { lacks() }

    package func writeSequence(
        _ form: SequenceForm, _ result: UnsafeMutableRawPointer, _ dtype: DType, _ count: Int
    ) { lacks() }
}
