struct OneHot: SingleResult {
    let classes: Int
    let dtype: DType
    let name = "oneHot"
    var isDifferentiable: Bool { false }

    func value(of inputs: [Tensor]) throws -> Tensor {
        let index = inputs[0]
        // Elsewhere a negative index counts from the end; a class number does not.
        if let negative = index.negativeAndLargest.negative {
            throw IndexError("there is no class \(negative)")
        }
        var result = Tensor.zeros(index.shape + [classes], dtype: dtype)
        try result.write(
            Tensor(1, dtype: dtype), Part(view: nil, positions: .along(index.rank)), [index.unsqueeze(-1)],
            adding: false)
        return result
    }
}

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
        let classes = classes ?? index.classCount(site)
        Tensor.checkShape(shape + [classes], "oneHot", site)
        return Tensor.apply(OneHot(classes: classes, dtype: dtype), to: [index], at: site)
    }

    /// One more than the largest number; read out, since the result's shape depends on it.
    private func classCount(_ site: CallSite) -> Int {
        let (negative, largest) = negativeAndLargest
        if let negative { fail("oneHot", "there is no class \(negative)", at: site) }
        guard let largest else {
            fail("oneHot", "no element of shape \(shape) tells how many classes there are", at: site)
        }
        return Int(largest).addingClamped(1)
    }

    /// The first negative one and the largest of int64 elements.
    fileprivate var negativeAndLargest: (negative: Int64?, largest: Int64?) {
        withUnsafeBytes { bytes in
            let numbers = bytes.bindMemory(to: Int64.self)
            return (numbers.first { $0 < 0 }, numbers.max())
        }
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
