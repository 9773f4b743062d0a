import ApusKernelCalls

/// -log of the probability of each target, from logarithms of probabilities [T, N, C], targets, and lengths [N] of inputs
/// and targets. A second result is for the gradient: for each state the log of the probability of the paths to it.
private struct CTC: Primitive {
    let blank: Int
    let zeroInfinity: Bool

    var name: String { "ctcLoss" }
    var types: TypeRule { .statistic }

    func isDifferentiable(result index: Int) -> Bool { index == 0 }

    func values(of inputs: [Tensor]) throws -> [Tensor] {
        let x = inputs[0].rowMajor()
        let targets = try CTCTargets(inputs, blank: blank)
        let form = targets.form
        let losses = Tensor(uninitialized: [form.batch], x.dtype)
        let paths = Tensor(uninitialized: [form.batch, form.steps, form.states], x.dtype)
        kernels.ctcLoss(
            x.start, x.dtype, form, labels: targets.labels.start, inputLengths: targets.inputLengths.start,
            targetLengths: targets.targetLengths.start, paths: paths.base, losses: losses.base)
        let finite = zeroInfinity ? losses.maskedFill(losses .== Double.infinity, 0) : losses
        return [finite.converted(to: inputs[0].dtype), paths, losses]
    }

    func saved(for needs: [Bool]) -> Saved { [.inputs, .output(1), .output(2)] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let inputs =
            (0..<4).map { backward.input($0) } + [
                backward.output(1), backward.output(2), backward.gradient,
            ]
        return [Tensor.apply(CTCGradient(blank: blank), to: inputs, at: nil), nil, nil, nil]
    }
}

/// The gradient of the logarithms of probabilities. It has none itself.
private struct CTCGradient: SingleResult {
    let blank: Int

    var name: String { "ctcLossGradient" }

    func value(of inputs: [Tensor]) throws -> Tensor {
        let x = inputs[0].rowMajor()
        let targets = try CTCTargets(inputs, blank: blank)
        let (paths, losses) = (inputs[4].rowMajor(), inputs[5].rowMajor())
        let factors = inputs[6].rowMajor(inputs[0].dtype)
        let result = Tensor(uninitialized: x.shape, x.dtype)
        kernels.ctcGradient(
            x.start, x.dtype, targets.form, labels: targets.labels.start,
            inputLengths: targets.inputLengths.start, targetLengths: targets.targetLengths.start,
            paths: paths.start, losses: losses.start, factors: factors.start, into: result.base)
        return result.converted(to: inputs[0].dtype)
    }
}

/// Checked targets and lengths, the targets padded.
private struct CTCTargets {
    let form: CTCForm
    /// [N, S] int64.
    let labels: Tensor
    let inputLengths: Tensor
    let targetLengths: Tensor

    /// - Parameter inputs: of `CTC`.
    init(_ inputs: [Tensor], blank: Int) throws {
        let (steps, batch, classes) = (inputs[0].shape[0], inputs[0].shape[1], inputs[0].shape[2])
        let lengths = inputs[2].array(of: Int64.self)
        if let wrong = lengths.firstIndex(where: { $0 < 0 || $0 > steps }) {
            throw WrongCTCTarget(
                "input \(wrong) has a length of \(lengths[wrong]), and there are \(steps) steps")
        }
        let counts = inputs[3].array(of: Int64.self).map { Int($0) }
        let given = inputs[1].array(of: Int64.self)
        let isPadded = inputs[1].rank == 2
        let longest = isPadded ? inputs[1].shape[1] : Swift.max(counts.max() ?? 0, 0)
        if let wrong = counts.firstIndex(where: { $0 < 0 || $0 > longest }) {
            throw WrongCTCTarget(
                "target \(wrong) has a length of \(counts[wrong]), and there are \(longest) labels")
        }
        let total = counts.reduce(0) { $0.addingClamped($1) }
        if !isPadded && total != given.count {
            throw WrongCTCTarget(
                "there are \(given.count) labels, and the targets' lengths add up to \(total)")
        }
        var labels = [Int64](repeating: 0, count: batch * longest)
        var next = 0
        for target in 0..<batch {
            if isPadded { next = target * longest }
            for position in 0..<counts[target] {
                let label = given[next + position]
                if label < 0 || label >= classes || label == blank {
                    throw WrongCTCTarget(
                        "label \(position) of target \(target) is class \(label); there are \(classes), of which "
                            + "\(blank) is the blank")
                }
                labels[target * longest + position] = label
            }
            next += counts[target]
        }
        form = CTCForm(steps: steps, batch: batch, classes: classes, labels: longest, blank: blank)
        self.labels = Tensor(labels, shape: [batch, longest], dtype: .int64)
        inputLengths = inputs[2].detachedContiguous()
        targetLengths = inputs[3].detachedContiguous()
    }
}

/// What is wrong with a target or a length.
private struct WrongCTCTarget: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension Tensor {
    /// The loss of connectionist temporal classification (Graves et al. 2006): -log of the probability of a sequence of
    /// labels, whose places in the input are not known.
    ///
    /// A path names a class or the blank at each step; repeated classes and then blanks are dropped from it. The
    /// probability of a target is the sum over all paths that leave it.
    ///
    /// The gradient is the derivative in these logarithms, minus the probability that the path is at a class, and 0 where a
    /// target has no path. The gradient of the gradient is not defined.
    ///
    /// - Parameters:
    ///   - targets: int64 or int32 labels, [N, S], padded with anything, or those of all targets one after the other; [S]
    ///     beside logarithms [T, C].
    ///   - inputLengths: how many of the T steps count for each target, [N], or [] beside [T, C]; nil is all.
    ///   - targetLengths: how many labels each target has, likewise; nil is S of padded ones.
    ///   - blank: the class that stands for no label.
    ///   - reduction: `mean` divides each loss by its target's length first, as PyTorch does.
    ///   - zeroInfinity: whether a target that has no path, for example as it is longer than the input, has a loss of 0
    ///     instead of ∞.
    /// - Precondition: `self` is logarithms of probabilities [T, N, C], or [T, C], such as `logSoftmax` gives; labels are
    ///   classes other than the blank, and lengths those of something that is there. Others trap, and say which.
    public func ctcLoss(
        _ targets: Tensor, inputLengths: Tensor? = nil, targetLengths: Tensor? = nil, blank: Int = 0,
        reduction: LossReduction = .mean, zeroInfinity: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("ctcLoss", CallSite(file: file, line: line))
        var x = realFloating(name, site)
        if rank != 2 && rank != 3 {
            fail(name, "logarithms of shape \(shape): they are [T, N, C] or [T, C]", at: site)
        }
        let isOne = rank == 2
        if isOne { x = x.unsqueeze(1) }
        let (steps, batch, classes) = (x.shape[0], x.shape[1], x.shape[2])
        if !(0..<classes).contains(blank) {
            fail(name, "the blank is class \(blank), and there are \(classes)", at: site)
        }
        var targets = targets
        if isOne && targets.rank == 1 { targets = targets.unsqueeze(0) }
        let fits = targets.rank == 1 || (targets.rank == 2 && targets.shape[0] == batch)
        if !targets.dtype.isInteger || !fits {
            fail(
                name,
                "\(targets.dtype) targets of shape \(targets.shape) for logarithms of shape \(shape): they are labels "
                    + "[\(batch), S], or those of all targets one after the other", at: site)
        }
        func lengths(_ given: Tensor?, _ all: Int?, _ role: String) -> Tensor {
            guard let given else {
                guard let all else { fail(name, "targets one after the other need targetLengths", at: site) }
                return Tensor.full([batch], all, dtype: .int64).to(x.device)
            }
            if !given.dtype.isInteger || given.count != batch || given.rank > 1 {
                fail(
                    name,
                    "\(given.dtype) \(role) of shape \(given.shape) for logarithms of shape \(shape): there is "
                        + "one integer a target, [\(batch)]", at: site)
            }
            return given.to(.int64).reshape([batch])
        }
        let inputLengths = lengths(inputLengths, steps, "input lengths")
        let targetLengths = lengths(
            targetLengths, targets.rank == 2 ? targets.shape[1] : nil, "target lengths")
        let ctc = CTC(blank: blank, zeroInfinity: zeroInfinity)
        let losses = Tensor.applyAll(
            ctc, to: [x, targets.to(.int64), inputLengths, targetLengths], at: site)[0]
        switch reduction {
        case .none: return isOne ? losses.squeeze(axis: 0) : losses
        case .sum: return losses.sum()
        case .mean:
            let divisors = targetLengths.maximum(1).to(x.dtype.computeType)
            return (losses / divisors).mean().to(losses.dtype)
        }
    }
}

extension Operation {
    // Gradients are compared beyond a softmax: PyTorch's in the logarithms have its part in them already.
    static let ctcLoss = Operation(
        "ctcLoss", dtypes: DType.realFloating, isTwiceDifferentiable: false,
        [
            Sample(
                "F.ctc_loss(x.log_softmax(2), y, torch.tensor([7, 6, 7]), torch.tensor([3, 2, 0]))",
                [Input([7, 3, 5]), Input([3, 3], 1, 5, dtype: .int64)]
            ) {
                $0[0].logSoftmax(axis: 2).ctcLoss(
                    $0[1], inputLengths: integers([7, 6, 7], $0[0]),
                    targetLengths: integers([3, 2, 0], $0[0]))
            },
            Sample(
                "F.ctc_loss(x.log_softmax(2), y, torch.tensor([6, 7, 5]), torch.tensor([1, 3, 2]), blank=4, "
                    + "reduction='none')", [Input([7, 3, 5]), Input([6], 0, 4, dtype: .int64)]
            ) {
                $0[0].logSoftmax(axis: 2).ctcLoss(
                    $0[1], inputLengths: integers([6, 7, 5], $0[0]),
                    targetLengths: integers([1, 3, 2], $0[0]),
                    blank: 4, reduction: .none)
            },
            Sample(
                "F.ctc_loss(x.log_softmax(2), y, torch.tensor([1, 7]), torch.tensor([3, 3]), reduction='sum', "
                    + "zero_infinity=True)", [Input([7, 2, 5]), Input([2, 3], 1, 5, dtype: .int64)]
            ) {
                $0[0].logSoftmax(axis: 2).ctcLoss(
                    $0[1], inputLengths: integers([1, 7], $0[0]), reduction: .sum, zeroInfinity: true)
            },
            Sample(
                "F.ctc_loss(x.log_softmax(1), y, torch.tensor(6), torch.tensor(4))",
                [Input([6, 3]), Input([4], 1, 3, dtype: .int64)]
            ) { $0[0].logSoftmax(axis: 1).ctcLoss($0[1]) },
        ])

    private static func integers(_ values: [Int], _ other: Tensor) -> Tensor {
        Tensor(values, shape: [values.count], dtype: .int64).to(other.device)
    }
}
