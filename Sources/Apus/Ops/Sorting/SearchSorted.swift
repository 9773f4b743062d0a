struct SearchSorted: SingleResult {
    let right: Bool
    var name: String { "searchSorted" }
    var isDifferentiable: Bool { false }

    func value(of inputs: [Tensor]) -> Tensor {
        let (sequence, values) = (inputs[0], inputs[1])
        let common = types.type(sequence, values).computeType
        let type: DType = common == .bool ? .uint8 : common
        let (sorted, sought) = (sequence.rowMajor(type), values.rowMajor(type))
        let result = Tensor(uninitialized: values.shape, .int64)
        let rows = sequence.rank == 1 ? 1 : Array(sequence.shape.dropLast()).elementCount
        kernels.searchSorted(
            sorted.start, sequence.shape[sequence.rank - 1], sought.start,
            rows == 0 ? 0 : values.count / rows, rows: rows, type, right: right, into: result.base)
        return result
    }
}

extension Tensor {
    /// Where each value would go in this ascending sequence to keep it in order, as int64.
    ///
    /// - Parameters:
    ///   - values: any shape for a sequence of one axis; else their leading axes are the sequence's.
    ///   - right: after the elements that equal the value, instead of before them.
    ///   - sorter: what puts this sequence in ascending order, in its shape, where it is not: `argsort()`.
    public func searchSorted(
        _ values: Tensor, right: Bool = false, sorter: Tensor? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        refuseOrderOfComplex("searchSorted", site)
        values.refuseOrderOfComplex("searchSorted", site)
        let fits = rank == values.rank && rank > 0 && shape.dropLast() == values.shape.dropLast()
        if rank != 1 && !fits {
            fail(
                "searchSorted", "values of shape \(values.shape) for sequences of shape \(shape)", at: site)
        }
        if let sorter {
            if sorter.shape != shape {
                fail("searchSorted", "a sorter of shape \(sorter.shape) for shape \(shape)", at: site)
            }
            return detach().gather(axis: -1, index: sorter, file: file, line: line)
                .searchSorted(values, right: right, file: file, line: line)
        }
        return Tensor.apply(SearchSorted(right: right), to: [self, values], at: site)
    }

    /// The bucket of each element between ascending boundaries, as int64: bucket i lies before
    /// boundary i.
    ///
    /// - Parameter right: an element that equals a boundary is in the bucket after it, not before.
    public func bucketize(
        _ boundaries: Tensor, right: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        if boundaries.rank != 1 {
            fail(
                "bucketize", "boundaries of shape \(boundaries.shape) have not one axis",
                at: CallSite(file: file, line: line))
        }
        return boundaries.searchSorted(self, right: right, file: file, line: line)
    }
}

extension Operation {
    static let searchSorted = Operation(
        "searchSorted", dtypes: DType.realFloating, isDifferentiable: false,
        [
            Sample("torch.searchsorted(torch.sort(x)[0], y)", [Input([20]), Input([3, 4])]) {
                $0[0].sort().values.searchSorted($0[1])
            },
            Sample(
                "torch.searchsorted(torch.sort(x)[0], x, right=True)", [Input([3, 6])]
            ) {
                $0[0].sort().values.searchSorted($0[0], right: true)
            },
            Sample("torch.searchsorted(x, y, sorter=torch.argsort(x))", [Input([2, 9]), Input([2, 4])]) {
                $0[0].searchSorted($0[1], sorter: $0[0].argsort())
            },
        ])
}
