/// Which of a draw's elements belong to which row of the batch, for draws within `withBatchPart`.
public enum BatchRows: Sendable, Hashable {
    /// Rows are along an axis, `each` neighboring elements of which belong to one: 1 in [batch, …], the number of positions in
    /// [batch · positions, …].
    case axis(Int, each: Int = 1)
    /// The draw belongs to no row: it is the same on all ranks.
    case shared

    /// What the `withBatchRows` around says.
    @TaskLocal static var said: BatchRows?
}

/// Says of what `body` draws at random which elements belong to which row of the batch; it matters only within `withBatchPart`.
///
/// ```swift
/// let noise = withBatchRows(.axis(0)) { Tensor.normal([batch, 100]) }     // other numbers for other rows
/// let y = withBatchRows(.axis(1)) { x.dropout(0.1) }                      // [time, batch, channels]
/// ```
public func withBatchRows<Result>(_ rows: BatchRows, _ body: () throws -> Result) rethrows -> Result {
    try BatchRows.$said.withValue(rows, operation: body)
}

/// The same for draws with the rows of [batch, …], where nothing else is said.
func withRowsFirst<Result>(_ body: () -> Result) -> Result {
    BatchRows.said == nil ? withBatchRows(.axis(0), body) : body()
}

extension BatchPart {
    /// Stops the program where the elements of a draw are not those of this part's rows.
    ///
    /// - Returns: the axis of the rows, and how many neighboring elements of it belong to one.
    func check(_ shape: Shape, _ rows: BatchRows?, _ operation: String) -> (axis: Int, each: Int) {
        guard case .axis(let given, let each)? = rows else {
            fail(
                operation,
                "draws \(shape) within a part of a batch, and nothing says which numbers belong to which row: "
                    + "withBatchRows(.axis(0)) does, and .shared if they belong to none")
        }
        let axis = given < 0 ? given + shape.count : given
        if !shape.indices.contains(axis) || each < 0 || shape[axis] != count * each {
            let wanted = each == 1 ? "\(count)" : "\(count) · \(each)"
            fail(
                operation,
                "draws \(shape) within a part of \(count) rows: \(wanted) elements are wanted along axis \(given), "
                    + "or withBatchRows around it that says where the rows are")
        }
        return (axis, each)
    }
}
