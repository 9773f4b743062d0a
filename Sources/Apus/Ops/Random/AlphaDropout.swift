extension Tensor {
    /// Each element with probability p that of SELU at −∞, all then scaled and moved so that mean 0 and variance 1 stay.
    ///
    /// α′ = −λα ≈ −1.7581, a = 1 / √((1 − p)·(1 + p·α′²)), b = −a·α′·p: a·x + b where an element is kept, a·α′ + b elsewhere.
    ///
    /// Source: Klambauer et al., "Self-normalizing neural networks", 2017.
    ///
    /// - Parameter p: the probability of α′.
    public func alphaDropout(
        _ p: Double = 0.5, using generator: RandomGenerator = .default, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        return withRowsFirst { alphaDropped(p, shape, "alphaDropout", generator, site) }
    }

    /// `alphaDropout` of whole channels.
    ///
    /// - Parameters:
    ///   - p: the probability of α′.
    ///   - isBatched: whether this is [N, C, …] and not [C, …].
    public func featureAlphaDropout(
        _ p: Double = 0.5, isBatched: Bool = true, using generator: RandomGenerator = .default,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let kept = isBatched ? 2 : 1
        if rank < kept { fail("featureAlphaDropout", "shape \(shape) has no channels", at: site) }
        func dropped() -> Tensor {
            alphaDropped(p, Array(shape[..<kept]), "featureAlphaDropout", generator, site)
        }
        return isBatched ? withRowsFirst(dropped) : dropped()
    }

    private func alphaDropped(
        _ p: Double, _ shape: Shape, _ operation: String, _ generator: RandomGenerator, _ site: CallSite
    ) -> Tensor {
        if !(0...1).contains(p) { fail(operation, "\(p) is no probability", at: site) }
        if !dtype.isDifferentiable || dtype.isComplex {
            fail(operation, "scales real floating-point numbers, not \(dtype)", at: site)
        }
        if p == 0 || count == 0 && BatchPart.current == nil { return self }
        // As PyTorch: there is no scale under which nothing that is left has a variance.
        if p == 1 { return self * 0 }
        let lowest = -1.7580993408473766
        let scale = 1 / ((1 - p) * (1 + p * lowest * lowest)).squareRoot()
        let ones = shape + [Int](repeating: 1, count: rank - shape.count)
        let isKept = onItsDevice {
            Tensor.bernoulli(shape, probability: 1 - p, dtype: .bool, using: generator).reshape(ones)
        }
        return Tensor.where(isKept, self, lowest) * scale - scale * lowest * p
    }
}

extension Operation {
    static let alphaDropout = Operation(
        "alphaDropout", dtypes: DType.realFloating,
        [
            Sample("x * 1", [Input([2, 3, 4])]) { $0[0].alphaDropout(0) },
            Sample("x * 0", [Input([2, 3, 4])]) { $0[0].alphaDropout(1, using: RandomGenerator(seed: 1)) },
            Sample("x * 1", [Input([2, 3, 4])]) { $0[0].featureAlphaDropout(0) },
        ])
}
