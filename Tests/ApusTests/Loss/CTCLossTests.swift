import Foundation
import Testing
import _ApusTestSupport

@testable import Apus

/// Connectionist temporal classification against a sum over all paths.
@Suite struct CTCLossTests {
    /// -log of the sum over all paths of [T, C] that leave the target.
    private func expected(_ logarithms: [[Double]], _ target: [Int], blank: Int) -> Double {
        let (steps, classes) = (logarithms.count, logarithms[0].count)
        var total = 0.0
        for number in 0..<Int(pow(Double(classes), Double(steps))) {
            var (rest, path, logarithm) = (number, [Int](), 0.0)
            for step in 0..<steps {
                path.append(rest % classes)
                logarithm += logarithms[step][rest % classes]
                rest /= classes
            }
            let collapsed = path.indices.filter { $0 == 0 || path[$0] != path[$0 - 1] }.map { path[$0] }
            if collapsed.filter({ $0 != blank }) == target { total += exp(logarithm) }
        }
        return -log(total)
    }

    private let x = Tensor.normal([5, 4, 3], dtype: .float64, using: RandomGenerator(seed: 7)).logSoftmax(
        axis: 2)

    @Test(arguments: [0, 1, 2])
    func sumsOverAllPaths(_ blank: Int) {
        let labels = [0, 1, 2].filter { $0 != blank }
        let (a, b) = (labels[0], labels[1])
        let targets = [[a, b, a], [a, a], [], [b, b, b]]
        let lengths = [5, 4, 3, 5]
        let padded = targets.flatMap { $0 + [Int](repeating: 9, count: 3 - $0.count) }
        let counts = Tensor(targets.map(\.count), shape: [4])
        let found = x.ctcLoss(
            Tensor(padded, shape: [4, 3]), inputLengths: Tensor(lengths, shape: [4]), targetLengths: counts,
            blank: blank, reduction: .none
        ).array(of: Double.self)
        let joined = x.ctcLoss(
            Tensor(targets.flatMap { $0 }, shape: [8]), inputLengths: Tensor(lengths, shape: [4]),
            targetLengths: counts, blank: blank, reduction: .none
        ).array(of: Double.self)
        #expect(found == joined)
        for n in 0..<4 {
            let logarithms = (0..<lengths[n]).map { step in x[step, n].array(of: Double.self) }
            let wanted = expected(logarithms, targets[n], blank: blank)
            #expect(abs(found[n] - wanted) < 1e-12, "\(targets[n]): \(found[n]), not \(wanted)")
        }
        // Gradients in the logarithms themselves, and of one target without an axis for more.
        #expect(throws: Never.self) {
            try checkGradients(at: [x]) {
                $0[0].ctcLoss(
                    Tensor(padded, shape: [4, 3]), inputLengths: Tensor(lengths, shape: [4]),
                    targetLengths: counts, blank: blank)
            }
        }
        let one = x[.all, 0].ctcLoss(Tensor([a, b, a], shape: [3]), blank: blank, reduction: .sum)
        #expect(abs(one.item(as: Double.self) - found[0]) < 1e-12)
    }

    /// Five steps hold no six labels, nor three equal ones with blanks between in four.
    @Test func targetsWithoutAPath() {
        let leaf = x.detach().requiringGradient()
        let targets = Tensor(
            [1, 2, 1, 2, 1, 2, 1, 1, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 2, 1, 0, 0, 0], shape: [4, 6])
        let (inputs, counts) = (Tensor([5, 4, 5, 0], shape: [4]), Tensor([6, 3, 2, 3], shape: [4]))
        for dtype in [DType.float64, .float32, .float16, .bfloat16] {
            let losses = leaf.to(dtype).ctcLoss(
                targets, inputLengths: inputs, targetLengths: counts, reduction: .none)
            #expect(losses.dtype == dtype)
            #expect(losses.isInf().array(of: Bool.self) == [true, true, false, true])
            let first = gradient(of: losses.sum(), at: leaf)
            #expect(first.isFinite().all().item(as: Bool.self))
            #expect(first[.all, 0].countNonzero().item(as: Int.self) == 0)
            #expect(first[.all, 2].countNonzero().item(as: Int.self) > 0)
            let zeroed = leaf.to(dtype).ctcLoss(
                targets, inputLengths: inputs, targetLengths: counts, reduction: .none, zeroInfinity: true)
            #expect((zeroed .== 0).array(of: Bool.self) == [true, true, false, true])
        }
        let nothing = leaf.ctcLoss(
            targets, inputLengths: Tensor([0, 0, 0, 0], shape: [4]),
            targetLengths: Tensor([0, 0, 0, 1], shape: [4]),
            reduction: .none)
        #expect(nothing.array(of: Double.self) == [0, 0, 0, .infinity])
        // An impossible class is on no path.
        let values = x.maskedFill(Tensor.arange(3) .== 2, -Double.infinity).requiringGradient()
        let without = values.ctcLoss(Tensor([[1], [1], [1], [2]]), reduction: .none)
        #expect(without.isInf().array(of: Bool.self) == [false, false, false, true])
        #expect(gradient(of: without.sum(), at: values).isFinite().all().item(as: Bool.self))
        let empty = Tensor.zeros([5, 0, 3]).ctcLoss(Tensor.zeros([0, 2], dtype: .int64), reduction: .sum)
        #expect(empty.item(as: Double.self) == 0)
    }

    @Test func mistakesSayWhatIsWrong() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let x = Tensor.zeros([5, 2, 3])
            func lengths(_ values: Int...) -> Tensor { Tensor(values, shape: [values.count]) }
            let targets = Tensor([[1, 2], [2, 1]])
            let calls: [() -> Void] = [
                { _ = x.ctcLoss(Tensor([[1, 2], [0, 1]])) }, { _ = x.ctcLoss(Tensor([[1, 3], [1, 1]])) },
                { _ = x.ctcLoss(targets, inputLengths: lengths(5, 6)) },
                { _ = x.ctcLoss(targets, targetLengths: lengths(2, 3)) },
                { _ = x.ctcLoss(Tensor([1, 2, 1], shape: [3]), targetLengths: lengths(2, 2)) },
                { _ = x.ctcLoss(Tensor([1, 2, 1], shape: [3])) }, { _ = x.ctcLoss(targets, blank: 3) },
                { _ = x[0, 0].ctcLoss(targets) },
                {
                    let x = x.requiringGradient()
                    let first = gradient(of: x.ctcLoss(targets), at: x, createGraph: true)
                    _ = gradient(of: first.square().sum(), at: x)
                },
            ]
            for outcome in Trials.run(calls.count, { calls[$0]() }) {
                if case .stopped(_, let message) = outcome { print(message) } else { print("\(outcome)") }
            }
        }
        let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        for words in [
            "label 0 of target 1 is class 0; there are 3, of which 0 is the blank",
            "label 1 of target 0 is class 3",
            "input 1 has a length of 6, and there are 5 steps",
            "target 1 has a length of 3, and there are 2 labels",
            "there are 3 labels, and the targets' lengths add up to 4", "need targetLengths",
            "the blank is class 3, and there are 3", "logarithms of shape [3]",
            "ctcLossGradient: it has no gradient",
        ] {
            #expect(text.contains(words), "\(words) is missing in\n\(text)")
        }
    }
}
