import ApusKernelBase
import ApusCore

/// A matrix in memory whose rows or whose columns run without gaps.
struct MatrixOperand {
    let pointer: UnsafeRawPointer
    let rowStride: Int
    let columnStride: Int
    /// Complex numbers count with their imaginary part's sign changed.
    let isConjugated: Bool

    init(_ pointer: UnsafeRawPointer, _ rowStride: Int, _ columnStride: Int, isConjugated: Bool = false) {
        self.pointer = pointer
        self.rowStride = rowStride
        self.columnStride = columnStride
        self.isConjugated = isConjugated
    }

    /// An axis of extent 1 gets the stride of a contiguous one: it is never used.
    init(
        _ pointer: UnsafeRawPointer, _ rowStride: Int, _ columnStride: Int, rows: Int, columns: Int,
        isConjugated: Bool
    ) {
        self.pointer = pointer
        self.isConjugated = isConjugated
        self.rowStride = rows == 1 ? (columnStride == 1 ? max(columns, 1) : 1) : rowStride
        self.columnStride = columns == 1 ? 1 : columnStride
    }

    /// The matrix with rows for columns.
    var transposed: MatrixOperand {
        MatrixOperand(pointer, columnStride, rowStride, isConjugated: isConjugated)
    }

    /// The address of the element at (`row`, `column`).
    @inline(__always)
    func address(_ row: Int, _ column: Int, elementSize: Int) -> UnsafeRawPointer {
        pointer + (row * rowStride + column * columnStride) * elementSize
    }

    /// The order as BLAS names it: `transposed` where columns are contiguous, and the distance from one contiguous run
    /// to the next. An extent of 1 may have any stride.
    func blasOrder(rows: Int, columns: Int) -> (transposed: Bool, leading: Int) {
        if columnStride == 1 || columns == 1 {
            if rows == 1 { return (false, max(columns, 1)) }
            if columnStride == 1 && rowStride >= columns { return (false, rowStride) }
            if columns == 1 && rowStride >= 1 { return (false, rowStride) }
        }
        if rowStride == 1 || rows == 1 {
            if columns == 1 { return (true, max(rows, 1)) }
            if columnStride >= rows { return (true, columnStride) }
        }
        fail(
            "matrix product",
            "a \(rows) × \(columns) operand has strides (\(rowStride), \(columnStride)): neither its rows nor its "
                + "columns are contiguous")
    }
}
