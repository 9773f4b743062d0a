extension Tensor {
    /// Each channel of each sample kept whole with probability 1 - p and scaled by 1 / (1 - p), else zero.
    ///
    /// Source: Tompson et al., "Efficient object localization using convolutional networks", 2015.
    ///
    /// - Parameters:
    ///   - p: the probability of zero.
    ///   - isBatched: whether this is [N, C, …] and not [C, …].
    public func channelDropout(
        _ p: Double = 0.5, isBatched: Bool = true, using generator: RandomGenerator = .default,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let kept = isBatched ? 2 : 1
        if rank < kept { fail("channelDropout", "shape \(shape) has no channels", at: site) }
        let rows = BatchRows.said ?? (isBatched ? .axis(0) : nil)
        return scaledAtRandom(p, Array(shape[..<kept]), rows, "channelDropout", generator, site)
    }

    /// This tensor times the result of dropout on ones of `shape`, which covers the first axes.
    func scaledAtRandom(
        _ p: Double, _ shape: Shape, _ rows: BatchRows?, _ operation: String, _ generator: RandomGenerator,
        _ site: CallSite
    ) -> Tensor {
        if !(0...1).contains(p) { fail(operation, "\(p) is no probability", at: site) }
        if !dtype.isDifferentiable {
            fail(operation, "scales floating-point numbers, not \(dtype)", at: site)
        }
        if p == 0 || count == 0 && BatchPart.current == nil { return self }
        let scales = onItsDevice {
            Tensor.ones(shape, dtype: dtype.realType).dropped(p, rows, generator, site)
        }
        return self * scales.reshape(shape + [Int](repeating: 1, count: rank - shape.count))
    }
}

extension Operation {
    static let channelDropout = Operation(
        "channelDropout",
        [
            Sample("x * 1", [Input([2, 3, 4])]) { $0[0].channelDropout(0) },
            Sample("x * 0", [Input([2, 3, 4])]) { $0[0].channelDropout(1, using: RandomGenerator(seed: 1)) },
        ])
}
