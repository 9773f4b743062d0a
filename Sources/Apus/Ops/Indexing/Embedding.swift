/// Rows of a table by their numbers. The inputs are the table and int64 numbers.
private struct Embedding: SingleResult {
    let paddingIndex: Int?
    let scalesByFrequency: Bool

    var name: String { "embedding" }

    func value(of inputs: [Tensor]) throws -> Tensor {
        let (weight, ids) = (inputs[0].detachedContiguous(), inputs[1].detachedContiguous())
        let count = weight.shape[0]
        // Rows are not counted from the end here: a negative number is a mistake.
        let isOutside = (ids .< 0).logicalOr(ids .>= count)
        if ids.count > 0, isOutside.any().item(as: Bool.self) {
            let position = isOutside.reshape([ids.count]).to(.uint8).argmax().item(as: Int.self)
            throw IndexError(
                "id \(ids.element(position, as: Int64.self)) at position \(position): there are \(count) rows"
            )
        }
        return try weight.rows(along: 0, ids)
    }

    func saved(for needs: [Bool]) -> Saved { .input(1) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (ids, shape) = (backward.input(1), backward.shape(0))
        let flat = ids.reshape([ids.count])
        var gradient = backward.gradient.reshape([ids.count, shape[1]])
        if let paddingIndex {
            gradient = gradient.maskedFill((flat .== paddingIndex).unsqueeze(1), 0)
        }
        if scalesByFrequency, ids.count > 0 {
            let counts = flat.binCount(minLength: shape[0]).indexSelect(axis: 0, index: flat)
            gradient = gradient / counts.to(gradient.dtype.realType).unsqueeze(1)
        }
        let zeros = Tensor.zeros(shape, dtype: gradient.dtype)
        return [zeros.indexAdd(axis: 0, index: flat, source: gradient), nil]
    }
}

extension Tensor {
    /// The rows of a table that these numbers name: [..] to [.., features].
    ///
    /// The gradient of a row is the sum over all places that name it, in their order whatever the number of threads.
    ///
    /// - Parameters:
    ///   - weight: [rows, features].
    ///   - paddingIndex: a row whose gradient is zero; negative ones count from the end.
    ///   - scaleGradientByFrequency: divides the gradient of each row by how many times it is named.
    /// - Precondition: these are integers in 0..<rows; another traps with its place and the number of rows.
    public func embedding(
        _ weight: Tensor, paddingIndex: Int? = nil, scaleGradientByFrequency: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        embedding(
            "embedding", weight, paddingIndex, scaleGradientByFrequency, CallSite(file: file, line: line))
    }

    func embedding(
        _ name: String, _ weight: Tensor, _ paddingIndex: Int?, _ scalesByFrequency: Bool, _ site: CallSite
    ) -> Tensor {
        if !dtype.isInteger { fail(name, "ids are integers, not \(dtype)", at: site) }
        if weight.rank != 2 {
            fail(name, "a table of shape \(weight.shape), where [rows, features] is wanted", at: site)
        }
        let rows = weight.shape[0]
        if let paddingIndex, !(-rows..<rows).contains(paddingIndex) {
            fail(name, "padding index \(paddingIndex) is none of \(rows) rows", at: site)
        }
        let lookUp = Embedding(
            paddingIndex: paddingIndex.map { $0 < 0 ? $0 + rows : $0 }, scalesByFrequency: scalesByFrequency)
        return Tensor.apply(lookUp, to: [weight, to(.int64)], at: site)
    }
}

extension Operation {
    static let embedding = Operation(
        "embedding", dtypes: DType.realFloating,
        [
            Sample("F.embedding(y, x)", [Input([5, 3]), Input([2, 4], 0, 5, dtype: .int64)]) {
                $0[1].embedding($0[0])
            },
            Sample(
                "F.embedding(y, x, padding_idx=-4)", [Input([5, 3]), Input([7], 0, 5, dtype: .int64)],
                hasTrueGradient: false
            ) { $0[1].embedding($0[0], paddingIndex: -4) },
            Sample(
                "F.embedding(y, x, scale_grad_by_freq=True)",
                [Input([3, 2]), Input([7], 0, 3, dtype: .int64)], hasTrueGradient: false
            ) { $0[1].embedding($0[0], scaleGradientByFrequency: true) },
        ])
}
