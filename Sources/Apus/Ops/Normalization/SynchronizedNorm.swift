/// What batch normalisations over the rows of several ranks share.
///
/// Moments of a rank's own rows come of the same kernel as without ranks. They are gathered from all ranks at a time, and joined by
/// the formula of Chan, Golub and LeVeque (1979) in float64, which large means do no harm.
protocol SynchronizedNorm: Primitive {
    /// The axes of grouped images over which moments are taken.
    var axes: [Int] { get }
    var ranks: RankSums { get }
}

extension SynchronizedNorm {
    var attributes: [Attribute] { [] }
    var types: TypeRule { .statistic }

    /// The results behind the values are for the gradient alone.
    func isDifferentiable(result index: Int) -> Bool { index == 0 }

    func saved(for needs: [Bool]) -> Saved { [.inputs, .output(1), .output(2), .output(3)] }

    /// Averages over all ranks' rows, found by one sum.
    ///
    /// - Parameter count: values of a channel on all ranks, [].
    func averages(_ count: Tensor) -> ([Tensor]) -> [Tensor] {
        let (axes, ranks) = (axes, ranks)
        return { values in
            let sums = values.map { $0.to($0.dtype.computeType).sum(axes: axes, keepDims: true) }
            let averages = ranks.sum(Tensor.stack(sums)) / count
            return zip(averages.unbind(axis: 0), values).map { $0.to($1.dtype) }
        }
    }
}

extension RankSums {
    /// Means and mean products of deviations over all ranks' rows.
    ///
    /// - Parameters:
    ///   - count: rows of this rank.
    ///   - means: of this rank's rows, [channels, parts].
    ///   - products: each as a pair of parts, [channels, pairs].
    ///   - pairs: the parts of which there are products.
    /// - Returns: the same of all, and how many rows they are, [].
    func joined(
        _ count: Int, _ means: Tensor, _ products: Tensor, pairs: [(Int, Int)]
    ) -> (means: Tensor, products: Tensor, count: Tensor) {
        let row = Tensor.cat([
            Tensor([Double(count)], shape: [1]), means.to(.float64).flatten(),
            products.to(.float64).flatten(),
        ])
        let all = gather(row)
        func section(_ start: Int, like tensor: Tensor) -> Tensor {
            all.narrow(axis: 1, start: start, count: tensor.count).reshape([size] + tensor.shape)
        }
        let counts = all.narrow(axis: 1, start: 0, count: 1).unsqueeze(2)
        let total = counts.sum()
        // Of no rows at all the moments are zeros.
        let divisor = total.clamp(min: 1)
        let own = section(1, like: means)
        let mean = (own * counts).sum(axis: 0) / divisor
        let deviations = own - mean
        let between = pairs.map { first, second in
            deviations.narrow(axis: 2, start: first, count: 1)
                * deviations.narrow(axis: 2, start: second, count: 1)
        }
        let squares = section(1 + means.count, like: products) + Tensor.cat(between, axis: 2)
        return (mean, (squares * counts).sum(axis: 0) / divisor, total)
    }
}
