import ApusCore

/// A fold of many elements into one, such as a sum.
///
/// It is computed in fixed pieces that are then combined in order, so that the result does not
/// depend on the number of threads. Inputs of 16 bits fold in float32.
public struct ReductionKernel: Sendable {
    struct Entry: Sendable {
        let input: DType
        let output: DType
        /// Sets `n` results to the fold of nothing.
        let clear: @Sendable (_ results: UnsafeMutableRawPointer, _ n: Int) -> Void
        /// Folds `n` contiguous elements into one result.
        let fold:
            @Sendable (_ elements: UnsafeRawPointer, _ n: Int, _ result: UnsafeMutableRawPointer) -> Void
        /// Folds element `i` into result `i`, for `n` of each.
        let foldEach:
            @Sendable (_ elements: UnsafeRawPointer, _ results: UnsafeMutableRawPointer, _ n: Int) -> Void
        /// Folds result `i` of another piece into result `i`.
        let combine:
            @Sendable (_ others: UnsafeRawPointer, _ results: UnsafeMutableRawPointer, _ n: Int) -> Void
    }

    public let name: String
    private let entries: [Entry?]

    init(_ name: String, _ list: Entry...) {
        self.name = name
        var entries = [Entry?](repeating: nil, count: DType.allCases.count)
        for entry in list { entries[Int(entry.input.rawValue)] = entry }
        self.entries = entries
    }

    func entry(_ compute: DType) -> Entry? { entries[Int(compute.rawValue)] }

    public func supports(_ dtype: DType) -> Bool { entry(dtype.computeType) != nil }

    public func outputType(_ dtype: DType) -> DType {
        guard let entry = entry(dtype.computeType) else { return dtype }
        return entry.output == dtype.computeType ? dtype : entry.output
    }
}

/// A fold by an associative function. `lanes` runs of it go side by side, which vectorises it and,
/// for sums of floats, keeps the error small.
@inline(__always)
func fold<A: KernelElement, R: KernelElement>(
    from initial: R, _ convert: @escaping @Sendable (A) -> R, _ join: @escaping @Sendable (R, R) -> R
) -> ReductionKernel.Entry {
    .init(
        input: A.dtype, output: R.dtype,
        clear: { results, n in
            let results = results.assumingMemoryBound(to: R.self)
            for i in 0..<n { results[i] = initial }
        },
        fold: { elements, n, result in
            let elements = elements.assumingMemoryBound(to: A.self)
            let lanes = 64
            withUnsafeTemporaryAllocation(of: R.self, capacity: lanes) { partial in
                let partial = partial.baseAddress!
                for lane in 0..<lanes { partial[lane] = initial }
                var start = 0
                while start + lanes <= n {
                    for lane in 0..<lanes {
                        partial[lane] = join(partial[lane], convert(elements[start &+ lane]))
                    }
                    start += lanes
                }
                for i in start..<n { partial[i - start] = join(partial[i - start], convert(elements[i])) }
                var width = lanes / 2
                while width > 0 {
                    for lane in 0..<width { partial[lane] = join(partial[lane], partial[lane + width]) }
                    width /= 2
                }
                let result = result.assumingMemoryBound(to: R.self)
                result[0] = join(result[0], partial[0])
            }
        },
        foldEach: { elements, results, n in
            let elements = elements.assumingMemoryBound(to: A.self)
            let results = results.assumingMemoryBound(to: R.self)
            for i in 0..<n { results[i] = join(results[i], convert(elements[i])) }
        },
        combine: { others, results, n in
            let others = others.assumingMemoryBound(to: R.self)
            let results = results.assumingMemoryBound(to: R.self)
            for i in 0..<n { results[i] = join(results[i], others[i]) }
        })
}
