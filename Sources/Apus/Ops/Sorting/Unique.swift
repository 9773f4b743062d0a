/// The distinct elements, where each element's value is among them, and how often each occurs.
struct Unique: Primitive {
    var name: String { "unique" }
    var isDifferentiable: Bool { false }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let input = inputs[0]
        let count = input.count
        let flat = input.reshape([count])
        let order = flat.sortingIndices(0, descending: false)
        let inverse = Tensor(uninitialized: input.shape, .int64)
        let x = flat.rowMajor()
        let starts = kernels.distinctRuns(
            x.start, x.dtype, count, order: order.start, inverse: inverse.base)
        let ends = starts.dropFirst() + [count]
        let counts = Tensor(zip(ends, starts).map { Int64($0 - $1) }, shape: [starts.count])
        let firsts = Tensor(starts.map { Int64($0) }, shape: [starts.count])
        let values = flat.gather(axis: 0, index: order.gather(axis: 0, index: firsts))
        return [values, inverse, counts]
    }
}

/// The same of slices along an axis.
struct UniqueSlices: Primitive {
    let axis: Int
    var name: String { "unique" }
    var isDifferentiable: Bool { false }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0]
        let extent = x.shape[axis]
        let length = extent == 0 ? 0 : x.count / extent
        // The rank of each element among the distinct ones, one slice after the other: these compare like the elements.
        let ranks = x.unique().inverse.moveAxis(from: axis, to: 0).array(of: Int.self)
        func slice(_ number: Int) -> ArraySlice<Int> { ranks[(number * length)..<((number + 1) * length)] }
        let order = (0..<extent).sorted { slice($0).lexicographicallyPrecedes(slice($1)) }
        var (firsts, counts, inverse) = ([Int](), [Int](), [Int](repeating: 0, count: extent))
        for number in order {
            if let last = firsts.last, slice(last) == slice(number) {
                counts[counts.count - 1] += 1
            } else {
                firsts.append(number)
                counts.append(1)
            }
            inverse[number] = firsts.count - 1
        }
        let values = x.indexSelect(axis: axis, index: Tensor(firsts, shape: [firsts.count]))
        return [values, Tensor(inverse, shape: [extent]), Tensor(counts, shape: [counts.count])]
    }
}

extension Tensor {
    /// The distinct elements in order; for each element, in this tensor's shape, where its value is among
    /// them; and how often each occurs.
    ///
    /// Not-a-numbers are all distinct. Takes no part in differentiation.
    public func unique(file: StaticString = #fileID, line: UInt = #line)
        -> (values: Tensor, inverse: Tensor, counts: Tensor)
    {
        let site = CallSite(file: file, line: line)
        refuseOrderOfComplex("unique", site)
        let results = Tensor.applyAll(Unique(), to: [self], at: site)
        return (results[0], results[1], results[2])
    }

    /// The distinct slices along an axis in the order of their elements; for each slice where it is among them;
    /// and how often each occurs.
    ///
    /// A slice with a not-a-number is distinct from all others. Takes no part in differentiation.
    public func unique(axis: Int, file: StaticString = #fileID, line: UInt = #line)
        -> (values: Tensor, inverse: Tensor, counts: Tensor)
    {
        let site = CallSite(file: file, line: line)
        let axis = self.axis(axis, "unique", site)
        refuseOrderOfComplex("unique", site)
        let results = Tensor.applyAll(UniqueSlices(axis: axis), to: [self], at: site)
        return (results[0], results[1], results[2])
    }
}

extension Operation {
    static let unique = Operation(
        "unique", dtypes: DType.real, isDifferentiable: false,
        [
            Sample("torch.unique(x * 0 + y.to(x.dtype))", [Input([12]), Input([12], 0, 5, dtype: .int64)]) {
                ($0[0] * 0 + $0[1].to($0[0].dtype)).unique().values
            },
            Sample(
                "torch.unique(y, return_inverse=True)[1]", [Input([1]), Input([3, 4], 0, 5, dtype: .int64)]
            ) {
                $0[1].unique().inverse
            },
            Sample(
                "torch.unique(y, return_counts=True)[1]", [Input([1]), Input([3, 4], 0, 5, dtype: .int64)]
            ) {
                $0[1].unique().counts
            },
            Sample(
                "torch.unique(y, dim=1)", [Input([1]), Input([2, 30, 2], 0, 1.4, dtype: .int64)]
            ) { $0[1].unique(axis: 1).values },
            Sample(
                "torch.unique(y, dim=0, return_inverse=True)[1]",
                [Input([1]), Input([30, 3], 0, 1.4, dtype: .int64)]
            ) { $0[1].unique(axis: 0).inverse },
            Sample(
                "torch.unique(y, dim=-1, return_counts=True)[1]",
                [Input([1]), Input([3, 30], 0, 1.4, dtype: .int64)]
            ) { $0[1].unique(axis: -1).counts },
        ])
}
