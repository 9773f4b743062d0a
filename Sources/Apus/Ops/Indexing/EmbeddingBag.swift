import ApusKernelCalls

/// For each segment of rows and each column the row with the largest element, or −1 where the segment has no row that
/// counts. The inputs are the rows, int64 beginnings of the segments with the end of the last one, and whether each row
/// counts.
private struct LargestOfSegments: SingleResult {
    var name: String { "embeddingBag" }
    var isDifferentiable: Bool { false }

    func value(of inputs: [Tensor]) -> Tensor {
        let rows = inputs[0].rowMajor()
        let (bounds, counts) = (inputs[1].detachedContiguous(), inputs[2].detachedContiguous())
        let segments = bounds.count - 1
        let result = Tensor(uninitialized: [segments, rows.shape[1]], .int64)
        kernels.largestOfSegments(
            rows.start, rows.dtype, length: rows.shape[1], bounds: bounds.start, segments: segments,
            counts: counts.start, into: result.base)
        return result
    }
}

extension Tensor {
    /// The rows of a table that these numbers name, brought together a bag at a time: [bags, features].
    ///
    /// Numbers [bags, n] are bags of n; numbers [n] are one bag after the other, and `offsets` says where each begins. An empty
    /// bag gives zeros.
    ///
    /// - Parameters:
    ///   - weight: [rows, features].
    ///   - offsets: ascending integers from 0, one for each bag.
    ///   - mode: what becomes of a bag's rows.
    ///   - perSampleWeights: in the shape of the numbers, for sums.
    ///   - paddingIndex: a row that takes no part and has no gradient; negative ones count from the end.
    ///   - scaleGradientByFrequency: divides the gradient of each row by how many times it is named.
    ///   - includeLastOffset: `offsets` ends with the number of numbers.
    /// - Precondition: these are integers in 0..<rows; another traps with its place and the number of rows.
    public func embeddingBag(
        _ weight: Tensor, offsets: Tensor? = nil, mode: EmbeddingBagMode = .mean,
        perSampleWeights: Tensor? = nil, paddingIndex: Int? = nil, scaleGradientByFrequency: Bool = false,
        includeLastOffset: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("embeddingBag", CallSite(file: file, line: line))
        if !dtype.isInteger { fail(name, "ids are integers, not \(dtype)", at: site) }
        if weight.dtype.isComplex { Tensor.refuseComplex(name, weight.dtype, nil, site) }
        if rank != (offsets == nil ? 2 : 1) {
            fail(
                name,
                offsets == nil
                    ? "ids of shape \(shape) without offsets, where [bags, n] is wanted"
                    : "ids of shape \(shape) with offsets, where [n] is wanted", at: site)
        }
        if let perSampleWeights {
            if mode != .sum { fail(name, "weights for a mode of \(mode): only a sum has them", at: site) }
            if perSampleWeights.shape != shape || perSampleWeights.dtype.isComplex {
                fail(
                    name,
                    "\(perSampleWeights.dtype) weights of shape \(perSampleWeights.shape) for ids of shape \(shape)",
                    at: site)
            }
        }
        // The first id of each bag, and the end of the last one.
        let starts = bagStarts(offsets, includeLastOffset, name, site)
        let bags = starts.count - 1
        let ids = reshape([count]).to(.int64)
        let rows = ids.embedding(name, weight, paddingIndex, scaleGradientByFrequency, site)
        let features = weight.shape[1]
        if count == 0 || bags == 0 {
            return weight.onItsDevice { .zeros([bags, features], dtype: weight.dtype) }
        }
        let counts: Tensor =
            paddingIndex.map { ids .!= ($0 < 0 ? $0 + weight.shape[0] : $0) }
            ?? ids.onItsDevice { .ones([count], dtype: .bool) }
        if mode == .max {
            let largest = Tensor.apply(LargestOfSegments(), to: [rows.detach(), starts, counts], at: site)
            return rows.gather(axis: 0, index: largest.clamp(min: 0)).maskedFill(largest .< 0, 0)
        }
        let places = ids.onItsDevice { Tensor.arange(count) }
        let bag = starts.searchSorted(places, right: true) - 1
        var parts = rows.maskedFill(counts.logicalNot().unsqueeze(1), 0)
        if let perSampleWeights {
            parts = parts * perSampleWeights.reshape([count, 1]).to(weight.dtype)
        }
        func sums(_ source: Tensor) -> Tensor {
            let zeros = source.onItsDevice { Tensor.zeros([bags, source.shape[1]], dtype: source.dtype) }
            return zeros.indexAdd(axis: 0, index: bag, source: source)
        }
        if mode == .sum { return sums(parts) }
        return sums(parts) / sums(counts.to(.float32).unsqueeze(1)).clamp(min: 1).to(weight.dtype)
    }

    /// Where bags begin, checked, with the end of the last one.
    private func bagStarts(_ offsets: Tensor?, _ includesLast: Bool, _ name: String, _ site: CallSite)
        -> Tensor
    {
        guard let offsets else {
            let (bags, length) = (shape[0], shape[1])
            return onItsDevice { Tensor.arange(bags + 1) * length }
        }
        if !offsets.dtype.isInteger || offsets.rank != 1 || (includesLast && offsets.count == 0) {
            fail(
                name, "\(offsets.dtype) offsets of shape \(offsets.shape), where integers [bags] are wanted",
                at: site)
        }
        let starts = offsets.to(.int64)
        let numbers = starts.array(of: Int.self)
        let isAscending = zip(numbers, numbers.dropFirst()).allSatisfy { $0 <= $1 }
        if let first = numbers.first, first != 0 || !isAscending || numbers.last! > count {
            fail(name, "offsets \(numbers.prefix(8)) for \(count) ids: they ascend from 0", at: site)
        }
        if includesLast {
            if numbers.last! != count {
                fail(name, "the last offset is \(numbers.last!), and there are \(count) ids", at: site)
            }
            return starts
        }
        return Tensor.cat([starts, onItsDevice { Tensor([count], shape: [1]) }])
    }
}

extension Operation {
    static let embeddingBag = Operation(
        "embeddingBag", dtypes: DType.realFloating,
        [
            Sample(
                "F.embedding_bag(y, x, mode='sum', per_sample_weights=z)",
                [Input([5, 3]), Input([2, 4], 0, 5, dtype: .int64), Input([2, 4])]
            ) { $0[1].embeddingBag($0[0], mode: .sum, perSampleWeights: $0[2]) },
            Sample(
                "F.embedding_bag(y, x, torch.tensor([0, 2, 2, 5]), mode='mean', padding_idx=1)",
                [Input([5, 3]), Input([7], 0, 5, dtype: .int64)]
            ) {
                $0[1].embeddingBag(
                    $0[0], offsets: Tensor([0, 2, 2, 5], shape: [4]).to($0[0].device), paddingIndex: 1)
            },
            Sample(
                "F.embedding_bag(y, x, torch.tensor([0, 2, 2, 7]), mode='max', include_last_offset=True)",
                [Input([5, 3]), Input([7], 0, 5, dtype: .int64)]
            ) {
                $0[1].embeddingBag(
                    $0[0], offsets: Tensor([0, 2, 2, 7], shape: [4]).to($0[0].device), mode: .max,
                    includeLastOffset: true)
            },
        ])
}
