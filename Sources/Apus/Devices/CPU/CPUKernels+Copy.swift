import ApusKernels

extension CPUKernels {
    package func copyElements(_ source: Operand, into result: Operand) {
        access { ApusKernels.copyElements(source, into: result) }
    }

    package func copyRows(
        _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, rows: Int, rowBytes: Int, pitch: Int
    ) {
        access { ApusKernels.copyRows(source, to: target, rows: rows, rowBytes: rowBytes, pitch: pitch) }
    }

    package func interleave(
        _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, into target: UnsafeMutableRawPointer, count: Int,
        size: Int
    ) {
        access { ApusKernels.interleave(a, b, into: target, count: count, size: size) }
    }

    package func selectElements(_ mask: Operand, _ a: Operand, _ b: Operand, into result: Operand) {
        access { ApusKernels.selectElements(mask, a, b, into: result) }
    }

    package func clearTriangle(
        _ matrices: UnsafeMutableRawPointer, size: Int, batch: Int, rows: Int, columns: Int, diagonal: Int,
        keepingLower: Bool
    ) {
        access {
            ApusKernels.clearTriangle(
                matrices, size: size, batch: batch, rows: rows, columns: columns, diagonal: diagonal,
                keepingLower: keepingLower)
        }
    }

    package func writeSequence(
        _ form: SequenceForm, _ result: UnsafeMutableRawPointer, _ dtype: DType, _ count: Int
    ) {
        access { ApusKernels.writeSequence(form, result, dtype, count) }
    }
}
