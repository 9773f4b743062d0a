import ApusKernelCalls

/// What runs along one axis. Indices and classes are int64.
package protocol RowCalls: DeviceCalls {
    /// How many of so many int64 numbers are not this one.
    func count(except number: Int64, _ a: UnsafeRawPointer, _ count: Int) -> Int

    /// The softmax over the middle axis of `split`, or its logarithm.
    ///
    /// - Parameter dtype: float32 or float64; both operands are contiguous.
    func softmax(
        _ x: UnsafeRawPointer, into y: UnsafeMutableRawPointer, _ dtype: DType, _ split: AxisSplit,
        logarithm: Bool)

    /// The gradient of the input of a softmax, or of its logarithm, from its result's and its result.
    ///
    /// - Returns: whether the sums over the axis, Σ g y or of the logarithm Σ g, are all finite.
    @discardableResult
    func softmaxGradient(
        _ gradient: UnsafeRawPointer, _ y: UnsafeRawPointer, into result: UnsafeMutableRawPointer,
        _ dtype: DType, _ split: AxisSplit, logarithm: Bool
    ) -> Bool

    /// For each lane of the middle axis of `split`: the maximum, and log Σ exp(x - maximum).
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64.
    ///   - tops, logSums: `outer` × `inner` results each. A maximum that is infinite is given as zero.
    func logSumExp(
        _ x: UnsafeRawPointer, _ dtype: DType, _ split: AxisSplit, tops: UnsafeMutableRawPointer,
        logSums: UnsafeMutableRawPointer)

    /// The cross-entropy of each row of logits with its class.
    ///
    /// - Parameters:
    ///   - x: `rows` × `length` logits, float32 or float64, and `tops` and `logSums` of them as
    ///     `logSumExp` gives them.
    ///   - smoothing: the share of the target that is spread over all classes.
    ///   - losses: one for each row; zero for rows of the class `ignored`.
    /// - Returns: the first row whose class is none of `length`, or nil.
    func crossEntropy(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, classes: UnsafeRawPointer,
        tops: UnsafeRawPointer, logSums: UnsafeRawPointer, ignored: Int, smoothing: Double,
        losses: UnsafeMutableRawPointer
    ) -> Int?

    /// The gradient of the logits: each row of the softmax less the target, times the row's weight.
    func crossEntropyGradient(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, classes: UnsafeRawPointer,
        tops: UnsafeRawPointer, logSums: UnsafeRawPointer, ignored: Int, smoothing: Double,
        weights: UnsafeRawPointer, into result: UnsafeMutableRawPointer)

    /// Σ(x - mean)² / `divisor` of each contiguous row, or its square root, which may be finite where the variance
    /// overflows.
    ///
    /// The pieces of a long row have their own means, and join by Chan, Golub and LeVeque's formula
    /// (1979): no cancellation, and one pass over the memory.
    func variance(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, divisor: Double, root: Bool,
        into result: UnsafeMutableRawPointer)

    /// Running sums or products along the middle axis of `split`.
    ///
    /// - Parameters:
    ///   - dtype: int64, or a floating or complex type that kernels compute in. Floats accumulate in
    ///     double precision.
    ///   - reversed: from the end of the axis.
    func scan(
        _ kind: ScanKind, _ x: UnsafeRawPointer, into y: UnsafeMutableRawPointer, _ dtype: DType,
        _ split: AxisSplit, reversed: Bool)

    /// The largest or smallest element so far along the middle axis of `split`, and where it is: the
    /// last of equal ones; NaN wins.
    func scanExtremes(
        _ x: UnsafeRawPointer, _ dtype: DType, _ split: AxisSplit, largest: Bool,
        values: UnsafeMutableRawPointer, indices: UnsafeMutableRawPointer)

    /// The index of the largest or smallest element of each lane along the middle axis of `split`, and its value. The
    /// first of equal ones; NaN wins.
    ///
    /// - Parameters:
    ///   - dtype: a real type that kernels compute in, or `bool`; `split.length` is not 0.
    ///   - values: results of that type, or nil.
    func indexOfExtreme(
        _ x: UnsafeRawPointer, _ dtype: DType, _ split: AxisSplit, largest: Bool,
        indices: UnsafeMutableRawPointer, values: UnsafeMutableRawPointer?)

    /// The order of the elements of each contiguous row: `indices[row][i]` is where the element of rank `i`
    /// stands. Equal elements keep their order; NaN is above everything.
    ///
    /// - Parameters:
    ///   - dtype: a real type that kernels compute in, or `bool`; rows are shorter than 2³² elements.
    ///   - kept: how many indices are wanted, from the start of each row's order.
    func sortRows(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, kept: Int, descending: Bool,
        indices: UnsafeMutableRawPointer)

    /// Where each of `count` values a row would go among the `length` ascending elements of its row.
    ///
    /// - Parameter dtype: a real type that kernels compute in, of both; NaN is above everything.
    func searchSorted(
        _ sorted: UnsafeRawPointer, _ length: Int, _ values: UnsafeRawPointer, _ count: Int, rows: Int,
        _ dtype: DType, right: Bool, into result: UnsafeMutableRawPointer)

    /// Where runs of equal elements begin in a sorted `order`, and for each element its run's number.
    func distinctRuns(
        _ x: UnsafeRawPointer, _ dtype: DType, _ count: Int, order: UnsafeRawPointer,
        inverse: UnsafeMutableRawPointer
    ) -> [Int]

    /// Whether all of `count` contiguous elements lie in `range`; NaN does not.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64.
    ///   - orZero: whether 0 is allowed too.
    func areWithin(
        _ x: UnsafeRawPointer, _ dtype: DType, count: Int, _ range: ClosedRange<Double>, orZero: Bool
    ) -> Bool
}

extension RowCalls {
    package func count(except number: Int64, _ a: UnsafeRawPointer, _ count: Int) -> Int { lacks() }

    package func softmax(
        _ x: UnsafeRawPointer, into y: UnsafeMutableRawPointer, _ dtype: DType, _ split: AxisSplit,
        logarithm: Bool
    ) { lacks() }

    package func softmaxGradient(
        _ gradient: UnsafeRawPointer, _ y: UnsafeRawPointer, into result: UnsafeMutableRawPointer,
        _ dtype: DType, _ split: AxisSplit, logarithm: Bool
    ) -> Bool { lacks() }

    package func logSumExp(
        _ x: UnsafeRawPointer, _ dtype: DType, _ split: AxisSplit, tops: UnsafeMutableRawPointer,
        logSums: UnsafeMutableRawPointer
    ) { lacks() }

    package func crossEntropy(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, classes: UnsafeRawPointer,
        tops: UnsafeRawPointer, logSums: UnsafeRawPointer, ignored: Int, smoothing: Double,
        losses: UnsafeMutableRawPointer
    ) -> Int? { lacks() }

    package func crossEntropyGradient(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, classes: UnsafeRawPointer,
        tops: UnsafeRawPointer, logSums: UnsafeRawPointer, ignored: Int, smoothing: Double,
        weights: UnsafeRawPointer, into result: UnsafeMutableRawPointer
    ) { lacks() }

    package func variance(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, divisor: Double, root: Bool,
        into result: UnsafeMutableRawPointer
    ) { lacks() }

    package func scan(
        _ kind: ScanKind, _ x: UnsafeRawPointer, into y: UnsafeMutableRawPointer, _ dtype: DType,
        _ split: AxisSplit, reversed: Bool
    ) { lacks() }

    package func scanExtremes(
        _ x: UnsafeRawPointer, _ dtype: DType, _ split: AxisSplit, largest: Bool,
        values: UnsafeMutableRawPointer, indices: UnsafeMutableRawPointer
    ) { lacks() }

    package func indexOfExtreme(
        _ x: UnsafeRawPointer, _ dtype: DType, _ split: AxisSplit, largest: Bool,
        indices: UnsafeMutableRawPointer, values: UnsafeMutableRawPointer?
    ) { lacks() }

    package func sortRows(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, kept: Int, descending: Bool,
        indices: UnsafeMutableRawPointer
    ) { lacks() }

    package func searchSorted(
        _ sorted: UnsafeRawPointer, _ length: Int, _ values: UnsafeRawPointer, _ count: Int, rows: Int,
        _ dtype: DType, right: Bool, into result: UnsafeMutableRawPointer
    ) { lacks() }

    package func distinctRuns(
        _ x: UnsafeRawPointer, _ dtype: DType, _ count: Int, order: UnsafeRawPointer,
        inverse: UnsafeMutableRawPointer
    ) -> [Int] { lacks() }

    package func areWithin(
        _ x: UnsafeRawPointer, _ dtype: DType, count: Int, _ range: ClosedRange<Double>, orZero: Bool
    ) -> Bool { lacks() }
}
