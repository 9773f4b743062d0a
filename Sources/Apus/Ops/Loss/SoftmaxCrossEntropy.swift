import ApusKernelCalls

/// The loss of rows of logits, classes last, from these and the classes.
///
/// Further results are for the gradient: each row's maximum, log Σ exp(x - maximum) and, for a mean, how many rows
/// count.
private struct CrossEntropy: Primitive {
    let ignored: Int
    let smoothing: Double
    let reduction: LossReduction

    var name: String { "softmaxCrossEntropy" }
    var types: TypeRule { .statistic }

    func isDifferentiable(result index: Int) -> Bool { index == 0 }

    func values(of inputs: [Tensor]) throws -> [Tensor] {
        let (x, classes) = (inputs[0].rowMajor(), inputs[1].detachedContiguous())
        let (rows, length) = (classes.count, x.shape[x.rank - 1])
        let tops = Tensor(uninitialized: [rows], x.dtype)
        let logSums = Tensor(uninitialized: [rows], x.dtype)
        kernels.logSumExp(
            x.start, x.dtype, AxisSplit(outer: rows, length: length, inner: 1), tops: tops.base,
            logSums: logSums.base)
        let losses = Tensor(uninitialized: classes.shape, x.dtype)
        let wrong = kernels.crossEntropy(
            x.start, x.dtype, rows: rows, length: length, classes: classes.start,
            tops: tops.base, logSums: logSums.base, ignored: ignored, smoothing: smoothing,
            losses: losses.base)
        if let wrong {
            throw MissingClass(
                target: wrong, number: classes.element(wrong), count: length, ignored: ignored)
        }
        let axes = Array(0..<losses.rank)
        switch reduction {
        case .none: return [losses.converted(to: inputs[0].dtype), tops, logSums]
        case .sum:
            let sum = losses.reduced(Kernels.sum, axes, false, nil)
            return [sum.converted(to: inputs[0].dtype), tops, logSums]
        case .mean:
            let count = classes.count(except: ignored)
            let mean = losses.reduced(Kernels.sum, axes, false, nil, divisor: count)
            return [
                mean.converted(to: inputs[0].dtype), tops, logSums,
                WeakScalar(Double(Swift.max(count, 1))).tensor(x.dtype),
            ]
        }
    }

    func saved(for needs: [Bool]) -> Saved { [.inputs, .output(1), .output(2), .output(3)] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (x, classes) = (backward.input(0), backward.input(1))
        var gradient = backward.gradient
        if reduction == .mean {
            gradient = gradient / backward.output(3)
        }
        let inputs = [
            x, gradient.broadcast(to: classes.shape), classes, backward.output(1), backward.output(2),
        ]
        let ofLogits = CrossEntropyGradient(ignored: ignored, smoothing: smoothing)
        return [Tensor.apply(ofLogits, to: inputs, at: nil), nil]
    }
}

/// (softmax - target) · weight for each row, from the logits, the rows' weights, the classes and the further results of
/// `CrossEntropy`.
private struct CrossEntropyGradient: SingleResult {
    let ignored: Int
    let smoothing: Double

    var name: String { "softmaxCrossEntropyGradient" }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0].rowMajor()
        let weights = inputs[1].rowMajor(inputs[0].dtype)
        let (classes, tops, logSums) = (
            inputs[2].detachedContiguous(), inputs[3].rowMajor(), inputs[4].rowMajor()
        )
        let result = Tensor(uninitialized: x.shape, x.dtype)
        kernels.crossEntropyGradient(
            x.start, x.dtype, rows: classes.count, length: x.shape[x.rank - 1],
            classes: classes.start, tops: tops.start, logSums: logSums.start,
            ignored: ignored, smoothing: smoothing, weights: weights.start, into: result.base)
        return result.converted(to: inputs[0].dtype)
    }

    func saved(for needs: [Bool]) -> Saved {
        needs[1] ? .inputs : [.input(0), .input(1), .input(2)]
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (u, x, weights, classes) = (
            backward.gradient, backward.input(0), backward.input(1), backward.input(2)
        )
        var gradients = [Tensor?](repeating: nil, count: 5)
        if backward.needs[0] {
            let softmax = SoftmaxGradient(axis: x.rank - 1)
            let counted = weights.maskedFill(classes .== ignored, 0).reshape(weights.shape + [1])
            gradients[0] = Tensor.apply(softmax, to: [u, x.softmax()], at: nil) * counted
        }
        if backward.needs[1] {
            let inputs = [x, Tensor.ones(like: weights), classes, backward.input(3), backward.input(4)]
            gradients[1] = (u * Tensor.apply(self, to: inputs, at: nil)).sum(axis: -1)
        }
        return gradients
    }
}

extension Tensor {
    /// How many of the classes, which are row-major, are not this one.
    fileprivate func count(except ignored: Int) -> Int {
        kernels.count(except: Int64(ignored), start, count)
    }
}

extension Tensor {
    /// The cross-entropy between the softmax of these logits and a target: -Σ target · log softmax(x).
    ///
    /// The classes are axis 1 of logits of shape [N, C, ...], or the only axis of [C]. One step from the
    /// logits to the loss, and one back, (softmax - target) / N: no probabilities are kept. A logit of ±∞ has the loss and
    /// the gradient that it has in the limit; several of +∞ share the probability.
    ///
    /// - Parameters:
    ///   - target: int64, int32 or uint8 classes in the logits' shape without the class axis, or
    ///     probabilities in the logits' shape.
    ///   - axis: that of the classes, counted from the end if negative; nil is 1, or 0 where there is one axis.
    ///   - classWeights: [C]; a factor for the term of each class, for example against an imbalance of classes.
    ///   - reduction: `mean` divides by the number of classes not ignored, or by the sum of their weights; for
    ///     probabilities by the number of rows, weights or not. So does PyTorch.
    ///   - labelSmoothing: the share ε of the target that is spread evenly over all classes.
    ///   - ignoreIndex: a class that takes no part in the loss.
    /// - Precondition: every class is in `0..<C` or `ignoreIndex`; another traps and names its row.
    public func softmaxCrossEntropy(
        _ target: Tensor, axis: Int? = nil, classWeights: Tensor? = nil, reduction: LossReduction = .mean,
        labelSmoothing: Double = 0, ignoreIndex: Int = -100, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let name = "softmaxCrossEntropy"
        let site = CallSite(file: file, line: line)
        let logits = realFloating(name, site)
        let axis = self.axis(axis ?? (rank > 1 ? 1 : 0), name, site)
        if !(0...1).contains(labelSmoothing) {
            fail(name, "labelSmoothing \(labelSmoothing) is not in 0...1", at: site)
        }
        if let classWeights, classWeights.shape != [shape[axis]] || classWeights.dtype.isComplex {
            fail(
                name,
                "\(classWeights.dtype) class weights of shape \(classWeights.shape) for logits of shape \(shape): "
                    + "there is one real number a class, [\(shape[axis])]", at: site)
        }
        if target.dtype.isFloatingPoint || target.dtype.isComplex {
            target.requireReal("target", name, site)
            if target.shape != shape {
                fail(name, "probabilities of shape \(target.shape) for logits of shape \(shape)", at: site)
            }
            let even = labelSmoothing / Double(Swift.max(shape[axis], 1))
            let smoothed = labelSmoothing == 0 ? target : target * (1 - labelSmoothing) + even
            let ofClasses = [shape[axis]] + [Int](repeating: 1, count: rank - 1 - axis)
            let weighted = classWeights.map { smoothed * $0.to(logits.dtype).reshape(ofClasses) } ?? smoothed
            return (-logits.logSoftmax(axis: axis).weighted(by: weighted).sum(axis: axis)).reduced(reduction)
        }
        var expected = shape
        expected.remove(at: axis)
        if !target.dtype.isInteger || target.shape != expected {
            fail(
                name,
                "\(target.dtype) targets of shape \(target.shape) for logits of shape \(shape): they are "
                    + "classes of shape \(expected), or probabilities of shape \(shape)", at: site)
        }
        let rows = axis == rank - 1 ? logits : logits.moveAxis(from: axis, to: -1)
        let classes = target.to(.int64)
        if let classWeights {
            return rows.weightedCrossEntropy(
                classes, classWeights, reduction, smoothing: labelSmoothing, ignored: ignoreIndex, site)
        }
        return rows.crossEntropy(
            classes, reduction, smoothing: labelSmoothing, ignored: ignoreIndex, site)
    }

    /// The loss of rows of logits, classes last.
    private func crossEntropy(
        _ classes: Tensor, _ reduction: LossReduction, smoothing: Double, ignored: Int, _ site: CallSite
    ) -> Tensor {
        let loss = CrossEntropy(ignored: ignored, smoothing: smoothing, reduction: reduction)
        return Tensor.applyAll(loss, to: [self, classes], at: site)[0]
    }

    /// The loss with a weight for each class: a row's loss times the weight of its class, and the part of the target
    /// that is spread over all classes times the weight of each.
    private func weightedCrossEntropy(
        _ classes: Tensor, _ weights: Tensor, _ reduction: LossReduction, smoothing: Double, ignored: Int,
        _ site: CallSite
    ) -> Tensor {
        let (logits, weights) =
            dtype.isHalf ? (to(.float32), weights.to(.float32)) : (self, weights.to(dtype))
        var losses = logits.crossEntropy(classes, .none, smoothing: 0, ignored: ignored, site)
        let isIgnored = classes .== ignored
        let named = classes.maskedFill(isIgnored, 0).reshape([classes.count])
        let rowWeights = weights.indexSelect(axis: 0, index: named).reshape(classes.shape)
            .maskedFill(isIgnored, 0)
        losses = losses.weighted(by: rowWeights)
        if smoothing > 0 {
            let even = -logits.logSoftmax().weighted(by: weights).sum(axis: -1).maskedFill(isIgnored, 0)
            losses = losses * (1 - smoothing) + even * (smoothing / Double(weights.count))
        }
        switch reduction {
        case .none: return losses.to(dtype)
        case .sum: return losses.sum().to(dtype)
        case .mean: return (losses.sum() / rowWeights.sum()).to(dtype)
        }
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
            Sample(
                "F.cross_entropy(x.movedim(2, 1), y, label_smoothing=0.1)",
                [Input([2, 3, 4]), Input([2, 3], 0, 4, dtype: .int64)]
            ) { $0[0].softmaxCrossEntropy($0[1], axis: -1, labelSmoothing: 0.1) },
            Sample(
                "F.cross_entropy(x.T, y.T, z)", [Input([4, 3]), Input([4, 3], 0, 1), Input([4], 0.2, 2)]
            ) {
                $0[0].softmaxCrossEntropy($0[1], axis: 0, classWeights: $0[2])
            },
            Sample("F.cross_entropy(x, y, label_smoothing=0.1)", [Input([3, 5]), Input([3, 5], 0, 1)]) {
                $0[0].softmaxCrossEntropy($0[1], labelSmoothing: 0.1)
            },
            Sample(
                "F.cross_entropy(x, y, torch.tensor([0.5, 2, 1, 0.3], dtype=x.dtype))",
                [Input([6, 4]), Input([6], 0, 4, dtype: .int64)]
            ) {
                $0[0].softmaxCrossEntropy(
                    $0[1], classWeights: Tensor([0.5, 2, 1, 0.3], dtype: .float64).to($0[0].device))
            },
            Sample(
                "F.cross_entropy(x, y, torch.tensor([0.5, 2, 1, 0.3], dtype=x.dtype), ignore_index=2, "
                    + "label_smoothing=0.3)", [Input([3, 4, 2]), Input([3, 2], 0, 4, dtype: .int64)]
            ) {
                $0[0].softmaxCrossEntropy(
                    $0[1], classWeights: Tensor([0.5, 2, 1, 0.3], dtype: .float64).to($0[0].device),
                    labelSmoothing: 0.3,
                    ignoreIndex: 2)
            },
            Sample(
                "F.cross_entropy(x, y, torch.tensor([0.5, 2, 1, 0.3], dtype=x.dtype), reduction='none', "
                    + "label_smoothing=0.3)", [Input([3, 4]), Input([3], 0, 4, dtype: .int64)]
            ) {
                $0[0].softmaxCrossEntropy(
                    $0[1], classWeights: Tensor([0.5, 2, 1, 0.3], dtype: .float64).to($0[0].device),
                    reduction: .none,
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
