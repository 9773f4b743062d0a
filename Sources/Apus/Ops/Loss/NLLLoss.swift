extension Tensor {
    /// The negative log-likelihood -x[class] of these logarithms of probabilities.
    ///
    /// The classes are axis 1 of [N, C, ...], or the only axis of [C]. Of `logSoftmax` it is `softmaxCrossEntropy`, which
    /// takes the logits themselves, and less time.
    ///
    /// - Parameters:
    ///   - target: int64, int32 or uint8 classes in the shape without the class axis.
    ///   - axis: that of the classes, counted from the end if negative; nil is 1, or 0 where there is one axis.
    ///   - classWeights: [C]; a factor for the losses of each class.
    ///   - reduction: `mean` divides by the number of classes not ignored, or by the sum of their weights.
    ///   - ignoreIndex: a class that takes no part in the loss.
    /// - Precondition: every class is in `0..<C` or `ignoreIndex`; another traps and names its row.
    public func nllLoss(
        _ target: Tensor, axis: Int? = nil, classWeights: Tensor? = nil, reduction: LossReduction = .mean,
        ignoreIndex: Int = -100, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("nllLoss", CallSite(file: file, line: line))
        let x = realFloating(name, site)
        let axis = self.axis(axis ?? (rank > 1 ? 1 : 0), name, site)
        var expected = shape
        expected.remove(at: axis)
        if !target.dtype.isInteger || target.shape != expected {
            fail(
                name,
                "\(target.dtype) targets of shape \(target.shape) for predictions of shape \(shape): they are "
                    + "classes of shape \(expected)", at: site)
        }
        let classes = target.checkedClasses(shape[axis], ignored: ignoreIndex, name, site)
        let isIgnored = target.detach().to(.int64) .== ignoreIndex
        let losses = -x.gather(axis: axis, index: classes.unsqueeze(axis)).squeeze(axis: axis)
        var weights = isIgnored.logicalNot().to(x.dtype.computeType)
        if let classWeights {
            if classWeights.shape != [shape[axis]] || classWeights.dtype.isComplex {
                fail(
                    name,
                    "\(classWeights.dtype) class weights of shape \(classWeights.shape) for predictions of shape "
                        + "\(shape): there is one real number a class, [\(shape[axis])]", at: site)
            }
            let ofTargets = classWeights.to(weights.dtype).indexSelect(axis: 0, index: classes.reshape(-1))
            weights = ofTargets.reshape(classes.shape) * weights
        }
        let weighted = losses.to(weights.dtype).weighted(by: weights)
        let result = reduction == .mean ? weighted.sum() / weights.sum() : weighted.reduced(reduction)
        return result.to(x.dtype.typeOfLoss)
    }
}

extension Operation {
    static let nllLoss = Operation(
        "nllLoss", dtypes: DType.realFloating,
        [
            Sample("F.nll_loss(x, y)", [Input([5, 4], -3, 0), Input([5], 0, 4, dtype: .int64)]) {
                $0[0].nllLoss($0[1])
            },
            Sample(
                "F.nll_loss(x, y, torch.tensor([0.5, 2, 1, 0.3], dtype=x.dtype), ignore_index=1)",
                [Input([3, 4, 2], -3, 0), Input([3, 2], 0, 4, dtype: .int64)]
            ) {
                $0[0].nllLoss(
                    $0[1], classWeights: Tensor([0.5, 2, 1, 0.3], dtype: .float64).to($0[0].device),
                    ignoreIndex: 1)
            },
            Sample(
                "-(x.gather(1, y[:, None])[:, 0] * z[y]).sum() / z[y].sum()",
                [Input([5, 4], -3, 0), Input([5], 0, 4, dtype: .int64), Input([4], 0.2, 2)]
            ) { $0[0].nllLoss($0[1], classWeights: $0[2]) },
            Sample(
                "F.nll_loss(x.movedim(2, 1), y, reduction='none')",
                [Input([2, 3, 4], -3, 0), Input([2, 3], 0, 4, dtype: .int64)]
            ) { $0[0].nllLoss($0[1], axis: 2, reduction: .none) },
            Sample(
                "F.nll_loss(x, y, reduction='sum')", [Input([4], -3, 0), Input([], 0, 4, dtype: .int64)]
            ) { $0[0].nllLoss($0[1], reduction: .sum) },
        ])
}
