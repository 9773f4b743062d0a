import Foundation

extension Tensor {
    /// Channels turned in pairs by angles that grow with the position: products of such queries and keys depend on how far apart
    /// they are (Su et al. 2021, "RoFormer: Enhanced Transformer with Rotary Position Embedding").
    ///
    /// The pair j of the position t turns by t·base^(-2j/n), n being the channels that are turned. Angles are computed in double
    /// precision. RetNet's, t·base^(-j/(n/2 - 1)), are those of a base of base^(n/(n - 2)).
    ///
    /// ```swift
    /// let turned = q.rotaryEmbedding(pairs: .halves, offset: cached)     // q: [batch, heads, time, channels]
    /// ```
    ///
    /// - Parameters:
    ///   - pairs: which channels turn together.
    ///   - base: of the angles.
    ///   - features: how many channels turn, an even number, from the first; the rest stays. All where it is nil.
    ///   - offset: the position of the first step.
    ///   - positions: of all steps, instead of those that follow each other from `offset`: of a shape that broadcasts to
    ///     [batch…, time].
    /// - Returns: a tensor of the same shape, [batch…, time, channels].
    public func rotaryEmbedding(
        pairs: RotaryPairs = .interleaved, base: Double = 10_000, features: Int? = nil, offset: Int = 0,
        positions: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (site, name) = (CallSite(file: file, line: line), "rotaryEmbedding")
        if rank < 2 { fail(name, "takes [batch…, time, channels], not shape \(shape)", at: site) }
        let (steps, channels) = (shape[rank - 2], shape[rank - 1])
        let count = features ?? channels
        if count < 0 || count > channels || count % 2 != 0 {
            fail(name, "\(count) of \(channels) channels do not turn in pairs", at: site)
        }
        if !(base > 0) || !base.isFinite { fail(name, "a base of \(base); it must be positive", at: site) }
        let times = Array(shape.dropLast())
        if let positions {
            if positions.rank > times.count || Shape.broadcast(positions.shape, times) != times {
                fail(
                    name, "positions of shape \(positions.shape) do not broadcast to shape \(times)",
                    at: site)
            }
            if positions.dtype.isComplex { Tensor.refuseComplex(name, positions.dtype, nil, site) }
        }
        if dtype.isComplex { Tensor.refuseComplex(name, dtype, nil, insteadCall: "polar", site) }
        let x = TypeRule.function.promoted([self])[0]
        let type = x.dtype.computeType
        let (cosines, sines) = onItsDevice { () -> (Tensor, Tensor) in
            let rates = (Tensor.arange(count / 2, dtype: .float64) * logRate(base, count)).exp()
            let times = positions?.detach().to(.float64) ?? .arange(offset, offset + steps, dtype: .float64)
            let angles = times.unsqueeze(-1) * rates
            return (angles.cos().to(type), angles.sin().to(type))
        }
        let turning = (count == channels ? x : x.narrow(axis: -1, start: 0, count: count)).to(type)
        var turned: Tensor
        switch pairs {
        case .interleaved:
            let numbers = turning.reshape(times + [count / 2, 2]).viewAsComplex()
            turned = (numbers * Tensor.complex(real: cosines, imaginary: sines)).viewAsReal()
                .reshape(turning.shape)
        case .halves:
            let first = turning.narrow(axis: -1, start: 0, count: count / 2)
            let second = turning.narrow(axis: -1, start: count / 2, count: count / 2)
            turned = .cat(
                [first * cosines - second * sines, second * cosines + first * sines], axis: -1)
        }
        turned = turned.to(x.dtype)
        if count == channels { return turned }
        return .cat([turned, x.narrow(axis: -1, start: count, count: channels - count)], axis: -1)
    }
}

/// The logarithm of a pair's angle over that of the pair before it.
private func logRate(_ base: Double, _ channels: Int) -> Double { -2 * log(base) / Double(max(channels, 1)) }

extension Operation {
    static let rotaryEmbedding = Operation(
        "rotaryEmbedding", dtypes: DType.realFloating,
        [
            Sample("rotary(x)", [Input([2, 3, 4])]) { $0[0].rotaryEmbedding() },
            Sample("rotary(x, halves=True, base=100, features=4, offset=5)", [Input([2, 3, 6])]) {
                $0[0].rotaryEmbedding(pairs: .halves, base: 100, features: 4, offset: 5)
            },
            Sample(
                "rotary(x, features=2, positions=y)", [Input([2, 3, 4]), Input([2, 1], dtype: .int64)]
            ) { $0[0].rotaryEmbedding(features: 2, positions: $0[1]) },
        ])
}
