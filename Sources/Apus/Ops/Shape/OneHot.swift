extension Tensor {
    /// Class numbers as vectors with a single 1: [...] gives [..., classes].
    ///
    /// - Parameters:
    ///   - classes: how many there are; by default one more than the largest number here.
    ///   - dtype: of the result.
    public func oneHot(
        classes: Int? = nil, dtype: DType = .int64, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        (shape + [1]).checkRank("oneHot", site)
        let index = asIndex("oneHot", site)
        // Elsewhere a negative index counts from the end; a class number does not.
        let (negative, largest) = index.withUnsafeBytes { bytes in
            let numbers = bytes.bindMemory(to: Int64.self)
            return (numbers.first { $0 < 0 }, numbers.max())
        }
        if let negative { fail("oneHot", "there is no class \(negative)", at: site) }
        guard let classes = classes ?? largest.map({ Int($0).addingClamped(1) }) else {
            fail("oneHot", "no element of shape \(shape) tells how many classes there are", at: site)
        }
        Tensor.checkShape(shape + [classes], "oneHot", site)
        var result = Tensor.zeros(shape + [classes], dtype: dtype)
        result.place(
            Tensor(1, dtype: dtype), result.selection(along: -1, index.unsqueeze(-1), "oneHot", site),
            "oneHot", site)
        return result
    }
}

extension Operation {
    static let oneHot = Operation(
        "oneHot", dtypes: [.int64, .int32], isDifferentiable: false,
        [
            Sample("F.one_hot(x.abs() % 5, 5)", [Input([2, 3], 0, 4)]) { $0[0].oneHot(classes: 5) },
            Sample("F.one_hot(x.abs() % 5)", [Input([2, 3], 0, 4)]) { $0[0].oneHot() },
        ])
}
