import ApusCore
import ApusKernelBase

// The loops are vectorised only for memory that does not overlap: where the result is an operand's memory, they would
// compute one number at a time. So pieces of it are computed beside it, and copied.

extension ElementwiseKernel.Entry where Block == UnaryBlock {
    /// Contiguous elements; the result may be `a`.
    func run(_ a: UnsafeRawPointer, _ result: UnsafeMutableRawPointer, _ n: Int) {
        forEachPiece(of: result, n, size: output.size, isOperand: a == result) { start, n, target in
            block.run(a + start * input.size, target, n)
        }
    }
}

extension ElementwiseKernel.Entry where Block == BinaryBlock {
    /// Contiguous elements; the result may be an operand.
    func run(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ result: UnsafeMutableRawPointer, _ n: Int) {
        let isOperand = a == result || b == result
        forEachPiece(of: result, n, size: output.size, isOperand: isOperand) { start, n, target in
            block.run(a + start * input.size, b + start * input.size, target, n)
        }
    }

    /// Contiguous elements with one number, the left operand where `isFirst`, by the loop that there is for it. The
    /// result may be `a`.
    func run(
        _ a: UnsafeRawPointer, number: UnsafeRawPointer, isFirst: Bool, _ result: UnsafeMutableRawPointer,
        _ n: Int
    ) {
        forEachPiece(of: result, n, size: output.size, isOperand: a == result) { start, n, target in
            block.runNumber!(a + start * input.size, number, target, n, isFirst)
        }
    }
}

extension ElementwiseKernel.Entry where Block == TernaryBlock {
    /// Contiguous elements; the result may be an operand.
    func run(
        _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeRawPointer,
        _ result: UnsafeMutableRawPointer, _ n: Int
    ) {
        let isOperand = a == result || b == result || c == result
        forEachPiece(of: result, n, size: output.size, isOperand: isOperand) { start, n, target in
            block.run(
                a + start * input.size, b + start * input.size, c + start * input.size, target, n)
        }
    }
}

/// Enough for the loops, and at home in the first-level cache.
private let pieceBytes = 4096

/// Calls `body(start, count, target)`: once with the result itself or, where it is an operand, for pieces beside it.
@inline(__always)
private func forEachPiece(
    of result: UnsafeMutableRawPointer, _ n: Int, size: Int, isOperand: Bool,
    _ body: (Int, Int, UnsafeMutableRawPointer) -> Void
) {
    if !isOperand { return body(0, n, result) }
    withUnsafeTemporaryAllocation(byteCount: pieceBytes, alignment: 64) { scratch in
        let scratch = scratch.baseAddress!
        for start in stride(from: 0, to: n, by: pieceBytes / size) {
            let count = min(pieceBytes / size, n - start)
            body(start, count, scratch)
            (result + start * size).copyMemory(from: scratch, byteCount: count * size)
        }
    }
}
