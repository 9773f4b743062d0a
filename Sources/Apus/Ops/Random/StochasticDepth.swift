extension Tensor {
    /// Samples kept with probability 1 - p and scaled by 1 / (1 - p), else zero: what a residual branch
    /// adds, so that the block is skipped.
    ///
    /// Source: Huang et al., "Deep networks with stochastic depth", 2016.
    ///
    /// - Parameters:
    ///   - p: the probability of zero.
    ///   - mode: each sample, along axis 0, by itself or all together.
    public func stochasticDepth(
        _ p: Double, mode: StochasticDepthMode = .row, using generator: RandomGenerator = .default,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if mode == .row && rank == 0 { fail("stochasticDepth", "a scalar has no samples", at: site) }
        let shape = mode == .row ? [self.shape[0]] : []
        let rows = mode == .row ? BatchRows.said ?? .axis(0) : .shared
        return scaledAtRandom(p, shape, rows, "stochasticDepth", generator, site)
    }
}

extension Operation {
    static let stochasticDepth = Operation(
        "stochasticDepth",
        [
            Sample("x * 1", [Input([2, 3, 4])]) { $0[0].stochasticDepth(0) },
            Sample("x * 0", [Input([2, 3, 4])]) {
                $0[0].stochasticDepth(1, mode: .batch, using: RandomGenerator(seed: 1))
            },
        ])
}
