import ApusCore
import ApusKernelBase

// Connectionist temporal classification (Graves et al. 2006): the sum over all paths through a target's labels, with
// blanks before, between and after them, in logarithms. A state of a path is entered from itself, from the one before,
// and from the label before where that is another one.

extension Kernels {
    /// -log of the probability of each target.
    ///
    /// - Parameters:
    ///   - x: [steps, batch, classes] logarithms of probabilities, float32 or float64.
    ///   - labels: [batch, labels], padded; `inputLengths` and `targetLengths` [batch].
    ///   - paths: [batch, steps, states]; for each state the log of the probability of all paths that lead to it.
    ///   - losses: [batch]
    package static func ctcLoss(
        _ x: UnsafeRawPointer, _ dtype: DType, _ form: CTCForm, labels: UnsafePointer<Int64>,
        inputLengths: UnsafePointer<Int64>, targetLengths: UnsafePointer<Int64>,
        paths: UnsafeMutableRawPointer, losses: UnsafeMutableRawPointer
    ) {
        withRowType(dtype) {
            lossesOf($0, x, form, labels, inputLengths, targetLengths, paths, losses)
        } _: {
            lossesOf($0, x, form, labels, inputLengths, targetLengths, paths, losses)
        }
    }

    /// The derivatives of the losses in `x`, times a factor for each target; 0 where a target has no path.
    ///
    /// The derivative in a class is minus the probability that a path is at it, given the target.
    package static func ctcGradient(
        _ x: UnsafeRawPointer, _ dtype: DType, _ form: CTCForm, labels: UnsafePointer<Int64>,
        inputLengths: UnsafePointer<Int64>, targetLengths: UnsafePointer<Int64>,
        paths: UnsafeRawPointer, losses: UnsafeRawPointer, factors: UnsafeRawPointer,
        into result: UnsafeMutableRawPointer
    ) {
        withRowType(dtype) {
            gradientOf(
                $0, x, form, labels, inputLengths, targetLengths, paths, losses, factors, result)
        } _: {
            gradientOf(
                $0, x, form, labels, inputLengths, targetLengths, paths, losses, factors, result)
        }
    }
}

/// The states of one target: which class each is, and 0 where it can be entered from two before, else -∞.
private struct States<T: RowElement> {
    let count: Int
    let classes: UnsafeMutablePointer<Int>
    let skips: UnsafeMutablePointer<T>

    init(_ labels: UnsafePointer<Int64>, _ length: Int, blank: Int) {
        count = 2 * length + 1
        classes = .allocate(capacity: count)
        skips = .allocate(capacity: count)
        for state in 0..<count {
            classes[state] = state % 2 == 0 ? blank : Int(labels[state / 2])
            let isNew = state >= 3 && state % 2 == 1 && labels[state / 2] != labels[state / 2 - 1]
            skips[state] = isNew ? 0 : -T.infinity
        }
    }

    func deallocate() {
        classes.deallocate()
        skips.deallocate()
    }
}

/// log(eᵃ + eᵇ + eᶜ), -∞ where all are.
@inline(__always)
private func logSum<T: RowElement>(_ a: T, _ b: T, _ c: T) -> T {
    let ab = T.select(a > b, a, b)
    let top = T.select(ab > c, ab, c)
    let shift = T.select(top == -T.infinity, 0, top)
    return shift
        + T.logarithm(T.exponential(a - shift) + T.exponential(b - shift) + T.exponential(c - shift))
}

@inline(__always)
private func lossesOf<T: RowElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ form: CTCForm, _ labels: UnsafePointer<Int64>,
    _ inputLengths: UnsafePointer<Int64>, _ targetLengths: UnsafePointer<Int64>,
    _ paths: UnsafeMutableRawPointer, _ losses: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: T.self)
    let paths = paths.assumingMemoryBound(to: T.self)
    let losses = losses.assumingMemoryBound(to: T.self)
    Parallel.units(form.batch, cost: 32 * form.steps * form.states) { n in
        let steps = Int(inputLengths[n])
        let states = States<T>(labels + n * form.labels, Int(targetLengths[n]), blank: form.blank)
        defer { states.deallocate() }
        if steps == 0 {
            // The empty target is certain.
            losses[n] = states.count == 1 ? 0 : T.infinity
            return
        }
        let count = states.count
        let paths = paths + n * form.steps * form.states
        // Two states that cannot be entered stand before the first.
        let before = UnsafeMutablePointer<T>.allocate(capacity: count + 2)
        defer { before.deallocate() }
        before[0] = -T.infinity
        before[1] = -T.infinity
        for step in 0..<steps {
            let x = x + (step * form.batch + n) * form.classes
            let now = paths + step * form.states
            if step == 0 {
                for state in 0..<count { now[state] = state < 2 ? 0 : -T.infinity }
            } else {
                for state in 0..<count { before[state + 2] = (now - form.states)[state] }
                for state in 0..<count {
                    now[state] = logSum(
                        before[state &+ 2], before[state &+ 1], before[state] + states.skips[state])
                }
            }
            for state in 0..<count { now[state] += x[states.classes[state]] }
        }
        let last = paths + (steps - 1) * form.states
        losses[n] = -logSum(last[count - 1], count > 1 ? last[count - 2] : -T.infinity, -T.infinity)
    }
}

@inline(__always)
private func gradientOf<T: RowElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ form: CTCForm, _ labels: UnsafePointer<Int64>,
    _ inputLengths: UnsafePointer<Int64>, _ targetLengths: UnsafePointer<Int64>,
    _ paths: UnsafeRawPointer, _ losses: UnsafeRawPointer, _ factors: UnsafeRawPointer,
    _ result: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: T.self)
    let paths = paths.assumingMemoryBound(to: T.self)
    let losses = losses.assumingMemoryBound(to: T.self)
    let factors = factors.assumingMemoryBound(to: T.self)
    let result = result.assumingMemoryBound(to: T.self)
    Parallel.units(form.batch, cost: 32 * form.steps * form.states) { n in
        for step in 0..<form.steps {
            let result = result + (step * form.batch + n) * form.classes
            for c in 0..<form.classes { result[c] = 0 }
        }
        let (loss, steps, factor) = (losses[n], Int(inputLengths[n]), factors[n])
        if loss == T.infinity || steps == 0 { return }
        let states = States<T>(labels + n * form.labels, Int(targetLengths[n]), blank: form.blank)
        defer { states.deallocate() }
        let count = states.count
        let paths = paths + n * form.steps * form.states
        // What comes after each state, with its own class and then without; two that cannot be entered stand behind.
        let scratch = UnsafeMutablePointer<T>.allocate(capacity: 2 * count + 4)
        defer { scratch.deallocate() }
        let (after, rest) = (scratch, scratch + count + 2)
        for state in 0..<(count + 2) { after[state] = -T.infinity }
        for step in (0..<steps).reversed() {
            let row = (step * form.batch + n) * form.classes
            let (x, result) = (x + row, result + row)
            if step == steps - 1 {
                for state in 0..<count { rest[state] = state >= count - 2 ? 0 : -T.infinity }
            } else {
                for state in 0..<count {
                    let skip = state &+ 2 < count ? states.skips[state &+ 2] : -T.infinity
                    rest[state] = logSum(after[state], after[state &+ 1], after[state &+ 2] + skip)
                }
            }
            let now = paths + step * form.states
            for state in 0..<count {
                result[states.classes[state]] -= factor * T.exponential(now[state] + rest[state] + loss)
            }
            for state in 0..<count { after[state] = rest[state] + x[states.classes[state]] }
        }
    }
}
