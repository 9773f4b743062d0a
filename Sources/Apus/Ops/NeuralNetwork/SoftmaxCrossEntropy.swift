import ApusKernels

extension Tensor {
    /// The cross-entropy between the softmax of these logits and a target: -Σ target · log softmax(x).
    ///
    /// The classes are axis 1 of logits of shape [N, C, ...], or the only axis of [C]. One step from the
    /// logits to the loss, and one back, (softmax - target) / N: no probabilities are kept.
    ///
    /// - Parameters:
    ///   - target: int64, int32 or uint8 classes in the logits' shape without the class axis, or
    ///     probabilities in the logits' shape.
    ///   - classWeights: [C]; a factor for the term of each class, for example against an imbalance of classes.
    ///   - reduction: `mean` divides by the number of classes not ignored, or by the sum of their weights; for
    ///     probabilities by the number of rows, weights or not. So does PyTorch.
    ///   - labelSmoothing: the share ε of the target that is spread evenly over all classes.
    ///   - ignoreIndex: a class that takes no part in the loss.
    /// - Precondition: every class is in `0..<C` or `ignoreIndex`; another traps and names its row.
    public func softmaxCrossEntropy(
        _ target: Tensor, classWeights: Tensor? = nil, reduction: LossReduction = .mean,
        labelSmoothing: Double = 0, ignoreIndex: Int = -100, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let name = "softmaxCrossEntropy"
        let site = CallSite(file: file, line: line)
        let logits = realFloating(name, site)
        if rank == 0 { fail(name, "logits need an axis of classes", at: site) }
        if !(0...1).contains(labelSmoothing) {
            fail(name, "labelSmoothing \(labelSmoothing) is not in 0...1", at: site)
        }
        let axis = rank == 1 ? 0 : 1
        if let classWeights, classWeights.shape != [shape[axis]] || classWeights.dtype.isComplex {
            fail(
                name,
                "\(classWeights.dtype) class weights of shape \(classWeights.shape) for logits of shape \(shape): "
                    + "there is one real number a class, [\(shape[axis])]", at: site)
        }
        if target.dtype.isFloatingPoint {
            if target.shape != shape {
                fail(name, "probabilities of shape \(target.shape) for logits of shape \(shape)", at: site)
            }
            let even = labelSmoothing / Double(Swift.max(shape[axis], 1))
            let smoothed = labelSmoothing == 0 ? target : target * (1 - labelSmoothing) + even
            let ofClasses = [shape[axis]] + [Int](repeating: 1, count: Swift.max(0, rank - 2))
            let weighted = classWeights.map { smoothed * $0.to(logits.dtype).reshape(ofClasses) } ?? smoothed
            let losses = -(logits.logSoftmax(axis: axis) * weighted).sum(axis: axis)
            switch reduction {
            case .none: return losses
            case .sum: return losses.sum()
            case .mean: return losses.mean()
            }
        }
        var expected = shape
        expected.remove(at: axis)
        if !target.dtype.isInteger || target.shape != expected {
            fail(
                name,
                "\(target.dtype) targets of shape \(target.shape) for logits of shape \(shape): they are "
                    + "classes of shape \(expected), or probabilities of shape \(shape)", at: site)
        }
        var rows = logits
        if rank > 2 { rows = logits.permute([0] + Array(2..<rank) + [1]) }
        let classes = target.detach().to(.int64).detachedContiguous()
        if let classWeights {
            return CrossEntropy(classes: classes, ignored: ignoreIndex, smoothing: 0, site: site)
                .loss(rows, classWeights, smoothing: labelSmoothing, reduction)
        }
        return CrossEntropy(classes: classes, ignored: ignoreIndex, smoothing: labelSmoothing, site: site)
            .loss(rows, reduction)
    }
}

/// The loss of rows of logits, classes last, and its gradient.
private struct CrossEntropy: Sendable {
    let classes: Tensor
    let ignored: Int
    let smoothing: Double
    let site: CallSite

    private var classPointer: UnsafePointer<Int64> {
        UnsafePointer(classes.start.assumingMemoryBound(to: Int64.self))
    }

    /// Each row's maximum and log Σ exp(x - maximum).
    private struct LogSums: Sendable {
        let tops: Tensor
        let sums: Tensor
    }

    func loss(_ x: Tensor, _ reduction: LossReduction) -> Tensor {
        let values = x.rowMajor()
        let (rows, length) = (classes.count, x.shape[x.rank - 1])
        let logSums = LogSums(
            tops: Tensor(uninitialized: [rows], values.dtype),
            sums: Tensor(uninitialized: [rows], values.dtype))
        Kernels.logSumExp(
            values.start, values.dtype, AxisSplit(outer: rows, length: length, inner: 1),
            tops: logSums.tops.base, logSums: logSums.sums.base)
        let losses = Tensor(uninitialized: classes.shape, values.dtype)
        let wrong = Kernels.crossEntropy(
            values.start, values.dtype, rows: rows, length: length, classes: classPointer,
            tops: logSums.tops.base, logSums: logSums.sums.base, ignored: ignored, smoothing: smoothing,
            losses: losses.base)
        if let wrong {
            fail(
                "softmaxCrossEntropy",
                "target \(wrong) is class \(classPointer[wrong]), and there are \(length) (ignoreIndex: \(ignored))",
                at: site)
        }
        let axes = Array(0..<losses.rank)
        let (result, share): (Tensor, Double)
        switch reduction {
        case .none: (result, share) = (losses, 1)
        case .sum: (result, share) = (losses.reduced(Kernels.sum, axes, false, site), 1)
        case .mean:
            let counted = UnsafeBufferPointer(start: classPointer, count: rows).count { $0 != ignored }
            result = losses.reduced(Kernels.sum, axes, false, site, divisor: counted)
            // Where nothing counts the loss is 0 / 0, but nothing moves it.
            share = counted == 0 ? 0 : 1 / Double(counted)
        }
        return x.record("softmaxCrossEntropy", result.converted(to: x.dtype), [x]) { backward in
            let weights = (share == 1 ? backward.gradient : backward.gradient * share)
                .broadcast(to: classes.shape)
            return [gradient(x, weights, logSums)]
        }
    }

    /// The loss with a weight for each class: that of a row's target times its class's, and the part of the
    /// target that is spread over all classes with all their weights.
    func loss(_ x: Tensor, _ weights: Tensor, smoothing: Double, _ reduction: LossReduction) -> Tensor {
        let (logits, weights) =
            x.dtype.isHalf ? (x.to(.float32), weights.to(.float32)) : (x, weights.to(x.dtype))
        var losses = loss(logits, .none)
        let isIgnored = classes .== ignored
        let named = classes.maskedFill(isIgnored, 0).reshape([classes.count])
        let rowWeights = weights.indexSelect(axis: 0, index: named).reshape(classes.shape)
            .maskedFill(isIgnored, 0)
        losses = losses * rowWeights
        if smoothing > 0 {
            let even = -(logits.logSoftmax() * weights).sum(axis: -1).maskedFill(isIgnored, 0)
            losses = losses * (1 - smoothing) + even * (smoothing / Double(weights.count))
        }
        switch reduction {
        case .none: return losses.to(x.dtype)
        case .sum: return losses.sum().to(x.dtype)
        case .mean: return (losses.sum() / rowWeights.sum()).to(x.dtype)
        }
    }

    /// (softmax - target) · weight for each row.
    private func gradient(_ x: Tensor, _ weights: Tensor, _ logSums: LogSums) -> Tensor {
        let values = x.rowMajor()
        let rowWeights = weights.rowMajor(x.dtype)
        let result = Tensor(uninitialized: x.shape, values.dtype)
        Kernels.crossEntropyGradient(
            values.start, values.dtype, rows: classes.count, length: x.shape[x.rank - 1],
            classes: classPointer, tops: logSums.tops.base, logSums: logSums.sums.base, ignored: ignored,
            smoothing: smoothing, weights: rowWeights.start, into: result.base)
        return x.record("softmaxCrossEntropyGradient", result.converted(to: x.dtype), [x, weights]) {
            backward in
            let u = backward.gradient
            return [
                backward.needs[0]
                    ? Tensor.softmaxGradient(u, x.softmax(), x.rank - 1)
                        * (weights * counted(x.dtype)).reshape(weights.shape + [1]) : nil,
                backward.needs[1]
                    ? (u * gradient(x, Tensor.ones(like: weights), logSums)).sum(axis: -1) : nil,
            ]
        }
    }

    /// 1 for the rows that count and 0 for the ignored.
    private func counted(_ dtype: DType) -> Tensor {
        let marks = UnsafeBufferPointer(start: classPointer, count: classes.count)
            .map { Float($0 == ignored ? 0 : 1) }
        return Tensor(marks, shape: classes.shape, dtype: dtype)
    }
}

extension Operation {
    static let softmaxCrossEntropy = Operation(
        "softmaxCrossEntropy", dtypes: DType.realFloating,
        [
            Sample("F.cross_entropy(x, y)", [Input([5, 4]), Input([5], 0, 4, dtype: .int64)]) {
                $0[0].softmaxCrossEntropy($0[1])
            },
            Sample(
                "F.cross_entropy(x, y, reduction='sum', label_smoothing=0.2, ignore_index=1)",
                [Input([2, 3, 4]), Input([2, 4], 0, 3, dtype: .int64)]
            ) {
                $0[0].softmaxCrossEntropy($0[1], reduction: .sum, labelSmoothing: 0.2, ignoreIndex: 1)
            },
            Sample(
                "F.cross_entropy(x, y, reduction='none')",
                [Input([3, 40]), Input([3], 0, 40, dtype: .int64)]
            ) {
                $0[0].softmaxCrossEntropy($0[1], reduction: .none)
            },
            Sample("F.cross_entropy(x, y, label_smoothing=0.1)", [Input([3, 5]), Input([3, 5], 0, 1)]) {
                $0[0].softmaxCrossEntropy($0[1], labelSmoothing: 0.1)
            },
            Sample(
                "F.cross_entropy(x, y, torch.tensor([0.5, 2, 1, 0.3], dtype=x.dtype))",
                [Input([6, 4]), Input([6], 0, 4, dtype: .int64)]
            ) { $0[0].softmaxCrossEntropy($0[1], classWeights: Tensor([0.5, 2, 1, 0.3], dtype: .float64)) },
            Sample(
                "F.cross_entropy(x, y, torch.tensor([0.5, 2, 1, 0.3], dtype=x.dtype), ignore_index=2, "
                    + "label_smoothing=0.3)", [Input([3, 4, 2]), Input([3, 2], 0, 4, dtype: .int64)]
            ) {
                $0[0].softmaxCrossEntropy(
                    $0[1], classWeights: Tensor([0.5, 2, 1, 0.3], dtype: .float64), labelSmoothing: 0.3,
                    ignoreIndex: 2)
            },
            Sample(
                "F.cross_entropy(x, y, torch.tensor([0.5, 2, 1, 0.3], dtype=x.dtype), reduction='none', "
                    + "label_smoothing=0.3)", [Input([3, 4]), Input([3], 0, 4, dtype: .int64)]
            ) {
                $0[0].softmaxCrossEntropy(
                    $0[1], classWeights: Tensor([0.5, 2, 1, 0.3], dtype: .float64), reduction: .none,
                    labelSmoothing: 0.3)
            },
            Sample(
                "-(x.log_softmax(1) * F.one_hot(y, 4).movedim(-1, 1) * z[:, None]).sum() / z[y].sum()",
                [Input([3, 4, 2]), Input([3, 2], 0, 4, dtype: .int64), Input([4], 0.2, 2)]
            ) { $0[0].softmaxCrossEntropy($0[1], classWeights: $0[2]) },
            Sample(
                "F.cross_entropy(x, y, z, label_smoothing=0.1)",
                [Input([2, 3, 4]), Input([2, 3, 4], 0, 1), Input([3], 0.2, 2)]
            ) { $0[0].softmaxCrossEntropy($0[1], classWeights: $0[2], labelSmoothing: 0.1) },
        ])
}
