extension Tensor {
    /// The cosine of the angle between vectors along an axis: x·y / (‖x‖ ‖y‖), with norms of at least ε.
    ///
    /// - Parameters:
    ///   - other: it broadcasts with this tensor.
    ///   - axis: that of the vectors, which the result lacks.
    ///   - epsilon: ε; the similarity to a vector of zeros is 0.
    public func cosineSimilarity(
        _ other: Tensor, axis: Int = 1, epsilon: Double = 1e-8, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("cosineSimilarity", CallSite(file: file, line: line))
        let (x, y) = vectors(other, name, site)
        _ = (x.rank < y.rank ? y : x).axis(axis, name, site)
        func unit(_ vectors: Tensor) -> Tensor {
            let axis = axis < 0 ? axis : axis - Swift.max(x.rank, y.rank)
            if vectors.rank < -axis { fail(name, "axis \(axis) is not one of both tensors", at: site) }
            return vectors / vectors.norm(axis: axis, keepDims: true).clamp(min: epsilon)
        }
        return (unit(x) * unit(y)).sum(axis: axis)
    }

    /// Two operands that broadcast together, in the type that a distance between them is computed in.
    func vectors(_ other: Tensor, _ name: String, _ site: CallSite) -> (x: Tensor, y: Tensor) {
        let x = realFloating(name, site)
        other.requireReal("tensor", name, site)
        if Shape.broadcast(shape, other.shape) == nil {
            fail(name, "shapes \(shape) and \(other.shape) do not broadcast together", at: site)
        }
        return TypeRule.statistic.promoted(x, other)
    }
}

extension Operation {
    static let cosineSimilarity = Operation(
        "cosineSimilarity", dtypes: DType.realFloating,
        [
            Sample("F.cosine_similarity(x, y)", [Input([3, 4]), Input([3, 4])]) {
                $0[0].cosineSimilarity($0[1])
            },
            Sample("F.cosine_similarity(x, y, dim=-1, eps=1e-3)", [Input([2, 3, 4]), Input([3, 4])]) {
                $0[0].cosineSimilarity($0[1], axis: -1, epsilon: 1e-3)
            },
            Sample("F.cosine_similarity(x, y, dim=0)", [Input([5]), Input([5])]) {
                $0[0].cosineSimilarity($0[1], axis: 0)
            },
        ])
}
