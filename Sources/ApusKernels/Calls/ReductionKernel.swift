import ApusCore

/// A fold of many elements into one, such as a sum: its name, the types it folds, and for each of them the processor's
/// loops.
///
/// It is computed in fixed pieces that are then combined in order, so that the result does not
/// depend on the number of threads. Inputs of 16 bits fold in float32.
package struct ReductionKernel: Sendable {
    @usableFromInline package struct Entry: Sendable {
        package let input: DType
        package let output: DType
        /// Sets `n` results to the fold of nothing.
        package let clear: @Sendable (_ results: UnsafeMutableRawPointer, _ n: Int) -> Void
        /// Folds each of `rows` contiguous rows of `length` elements into its result.
        package let fold:
            @Sendable (
                _ elements: UnsafeRawPointer, _ rows: Int, _ length: Int, _ results: UnsafeMutableRawPointer
            ) -> Void
        /// Folds `rows` rows that begin `stride` elements apart, element `i` of each into result `i` of `n`.
        package let foldEach:
            @Sendable (
                _ elements: UnsafeRawPointer, _ rows: Int, _ stride: Int, _ results: UnsafeMutableRawPointer,
                _ n: Int
            ) -> Void
        /// Folds result `i` of another piece into result `i`.
        package let combine:
            @Sendable (_ others: UnsafeRawPointer, _ results: UnsafeMutableRawPointer, _ n: Int) -> Void
        /// Divides each of `n` results; nil where the results cannot be divided.
        package let divide:
            (@Sendable (_ results: UnsafeMutableRawPointer, _ n: Int, _ divisor: Int) -> Void)?

        package init(
            input: DType, output: DType,
            clear: @escaping @Sendable (UnsafeMutableRawPointer, Int) -> Void,
            fold: @escaping @Sendable (UnsafeRawPointer, Int, Int, UnsafeMutableRawPointer) -> Void,
            foldEach: @escaping @Sendable (UnsafeRawPointer, Int, Int, UnsafeMutableRawPointer, Int) -> Void,
            combine: @escaping @Sendable (UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void,
            divide: (@Sendable (UnsafeMutableRawPointer, Int, Int) -> Void)?
        ) {
            self.input = input
            self.output = output
            self.clear = clear
            self.fold = fold
            self.foldEach = foldEach
            self.combine = combine
            self.divide = divide
        }
    }

    package let name: String
    @usableFromInline let entries: [Entry?]

    package init(_ name: String, _ list: Entry...) {
        self.name = name
        var entries = [Entry?](repeating: nil, count: DType.allCases.count)
        for entry in list { entries[Int(entry.input.rawValue)] = entry }
        self.entries = entries
    }

    @inlinable @inline(__always)
    package func entry(_ compute: DType) -> Entry? { entries[Int(compute.rawValue)] }

    package func supports(_ dtype: DType) -> Bool { entry(dtype.computeType) != nil }

    package func outputType(_ dtype: DType) -> DType {
        guard let entry = entry(dtype.computeType) else { return dtype }
        return entry.output == dtype.computeType ? dtype : entry.output
    }
}
