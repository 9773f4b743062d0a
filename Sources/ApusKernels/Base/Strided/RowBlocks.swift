import ApusCore

/// Operands and a result that all have the same rows, each in one piece, at steps of their own: channels cut from images with
/// channels last are such. Nothing of them is gathered.
struct RowBlocks {
    /// Elements of a row.
    private let length: Int
    private let count: Int
    /// Where the first row of each lies, and how many bytes the next one is from it; the result comes last.
    private let starts: [UnsafeMutableRawPointer]
    private let steps: [Int]

    /// - Parameter walks: the operands' and then the result's, none of which is to be converted.
    /// - Returns: nil where they are of another form, or where rows are so short that gathered ones take less time.
    init?(_ walks: [StridedWalk], count elements: Int) {
        guard let length = walks.lazy.map(\.run).min(), length >= 32, length < elements else { return nil }
        var steps: [Int] = []
        for walk in walks {
            let isWhole = walk.run == elements
            guard walk.runStride == 1, isWhole || (walk.run == length && walk.extents.count == 1) else {
                return nil
            }
            steps.append((isWhole ? length : walk.strides[0]) * walk.dtype.size)
        }
        self.length = length
        self.steps = steps
        count = elements / length
        starts = walks.map(\.base)
    }

    func forEach(_ body: (UnsafePointer<UnsafeRawPointer>, UnsafeMutableRawPointer, Int) -> Void) {
        let inputs = starts.count - 1
        Parallel.ranges(count, grain: max(1, elementwiseGrain / length)) { range in
            withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: inputs + 1) { pointers in
                let pointers = pointers.baseAddress!
                for i in 0...inputs {
                    pointers[i] = UnsafeRawPointer(starts[i] + range.lowerBound * steps[i])
                }
                steps.withUnsafeBufferPointer { steps in
                    for _ in range {
                        body(pointers, UnsafeMutableRawPointer(mutating: pointers[inputs]), length)
                        for i in 0...inputs { pointers[i] += steps[i] }
                    }
                }
            }
        }
    }
}
