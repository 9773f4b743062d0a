import ApusKernelCalls

/// h = a·h of the step before + x along an axis, of a, x and, if there is one, the first state.
///
/// Its gradient is the same operation from the other end, in which each step takes the a of its neighbor (`isLagged`).
struct LinearRecurrence: SingleResult {
    let axis: Int
    let isReversed: Bool
    /// Whether a step takes the a of the step before it, in the order of the walk; the first has none before it then.
    let isLagged: Bool
    let hasInitial: Bool

    var name: String { "linearRecurrence" }
    var types: TypeRule { .statistic }

    func value(of inputs: [Tensor]) -> Tensor {
        let (decay, x) = (inputs[0], inputs[1])
        let split = x.split(axis)
        if split.inner < 8 && split.outer > 1 && axis > 0 {
            // What a step has side by side is computed side by side: time goes to the front.
            let front = LinearRecurrence(
                axis: 0, isReversed: isReversed, isLagged: isLagged, hasInitial: hasInitial)
            let moved = [decay, x].map { $0.moveAxis(from: axis, to: 0) }
            return front.value(of: moved + inputs.dropFirst(2)).moveAxis(from: 0, to: axis)
        }
        let isConstant = decay.shape[axis] == 1
        let isSameForOuter = decay.shape[..<axis].allSatisfy { $0 == 1 }
        let (rows, steps) = (isSameForOuter ? 1 : split.outer, isConstant ? 1 : split.length)
        let outer = isSameForOuter ? decay.shape[..<axis] : x.shape[..<axis]
        let factors = decay.broadcast(to: outer + [steps] + x.shape[(axis + 1)...]).rowMajor()
        let (values, initial) = (x.rowMajor(), inputs.count > 2 ? inputs[2].rowMajor() : nil)
        let result = Tensor(uninitialized: x.shape, values.dtype)
        kernels.linearRecurrence(
            LinearRecurrenceShape(
                split, isReversed: isReversed, isLagged: isLagged,
                decayOuter: rows == 1 ? 0 : steps * split.inner, decayStep: steps == 1 ? 0 : split.inner),
            values.dtype, decay: factors.start, x: values.start,
            initial: initial.map { UnsafeRawPointer($0.start) }, into: result.base)
        withExtendedLifetime((factors, initial)) {}
        return result.converted(to: x.dtype)
    }

    func saved(for needs: [Bool]) -> Saved {
        let first: Saved = hasInitial && needs[0] ? [.input(2)] : []
        return needs[0] ? [.input(0), .output, first] : .input(0)
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let decay = backward.input(0)
        let opposite = LinearRecurrence(
            axis: axis, isReversed: !isReversed, isLagged: !isLagged, hasInitial: false)
        let g = Tensor.apply(opposite, to: [decay.conjugate(), backward.gradient], at: nil)
        let steps = g.shape[axis]
        if steps == 0 {
            return [.zeros(decay.shape, dtype: g.dtype), g]
                + (hasInitial
                    ? [.zeros(Array(g.shape[..<axis] + g.shape[(axis + 1)...]), dtype: g.dtype)] : [])
        }
        func part(_ x: Tensor, _ start: Int, _ count: Int) -> Tensor {
            x.narrow(axis: axis, start: start, count: count)
        }
        func first(_ x: Tensor) -> Tensor { part(x, isReversed ? steps - 1 : 0, 1) }
        var result: [Tensor?] = [nil, g]
        if backward.needs[0] {
            // g of each step times the state before it, which belongs to the a between them.
            let (later, earlier) = isReversed ? (0, 1) : (1, 0)
            var products = [part(g, later, steps - 1) * part(backward.output, earlier, steps - 1).conjugate()]
            let ofFirst =
                hasInitial
                ? first(g) * backward.input(2).unsqueeze(axis).conjugate()
                : .zeros(first(g).shape, dtype: g.dtype)
            products.insert(ofFirst, at: isReversed == isLagged ? 0 : 1)
            result[0] = Tensor.cat(products, axis: axis).summed(to: decay.shape)
        }
        if hasInitial {
            let factor = decay.shape[axis] == 1 ? decay : first(decay)
            result.append((factor.conjugate() * first(g)).squeeze(axis: axis))
        }
        return result
    }

    func multiplyAdds(inputs: [Shape], result: Shape) -> Int { result.elementCount }
}

extension Tensor {
    /// hₜ = aₜ·hₜ₋₁ + xₜ along an axis, with h₀ before the first step: all the states, in the shape of x.
    ///
    /// A diagonal linear recurrence, as in S4D, LRU and other state-space models. It takes a step after the other, side
    /// by side for all else; time and memory grow with the length as the input does.
    ///
    /// ```swift
    /// let states = x.linearRecurrence(decay: Tensor([0.9, 0.99]))    // x: [batch, time, 2]
    /// ```
    ///
    /// - Parameters:
    ///   - decay: a, of a shape that broadcasts to that of x: with an extent of 1 along the axis it is the same in every
    ///     step.
    ///   - initial: h₀, in the shape of x without the axis; zeros where it is nil.
    ///   - axis: the axis of time.
    ///   - reversed: from the last step to the first: hₜ = aₜ·hₜ₊₁ + xₜ.
    public func linearRecurrence(
        decay: Tensor, initial: Tensor? = nil, axis: Int = 1, reversed: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (site, name) = (CallSite(file: file, line: line), "linearRecurrence")
        let axis = self.axis(axis, name, site)
        if decay.rank > rank || Shape.broadcast(decay.shape, shape) != shape {
            fail(name, "a decay of shape \(decay.shape) does not broadcast to shape \(shape)", at: site)
        }
        let stateShape = Array(shape[..<axis] + shape[(axis + 1)...])
        if let initial, initial.shape != stateShape {
            fail(
                name, "an initial state of shape \(initial.shape), where \(stateShape) is wanted", at: site)
        }
        let full = Array(repeating: 1, count: rank - decay.rank) + decay.shape
        let inputs = TypeRule.statistic.promoted([decay, self] + (initial.map { [$0] } ?? []))
        return Tensor.apply(
            LinearRecurrence(axis: axis, isReversed: reversed, isLagged: false, hasInitial: initial != nil),
            to: [inputs[0].reshape(full)] + inputs.dropFirst(), at: site)
    }
}

extension Operation {
    static let linearRecurrence = Operation(
        "linearRecurrence", dtypes: DType.differentiable,
        [
            Sample(
                "linear_recurrence(y, x, 1, z)",
                [Input([2, 5, 3]), Input([2, 5, 3], -1, 1), Input([2, 3])]
            ) { $0[0].linearRecurrence(decay: $0[1], initial: $0[2]) },
            Sample("linear_recurrence(y, x, 1, reverse=True)", [Input([2, 5, 9]), Input([9], -1, 1)]) {
                $0[0].linearRecurrence(decay: $0[1], reversed: true)
            },
            Sample(
                "linear_recurrence(y, x, 2, z, reverse=True)",
                [Input([2, 3, 4]), Input([3, 4], -1, 1), Input([2, 3])]
            ) { $0[0].linearRecurrence(decay: $0[1], initial: $0[2], axis: -1, reversed: true) },
            Sample(
                "linear_recurrence(y, x, 0)", [Input([6, 2]), Input([6, 1], -1, 1)]
            ) { $0[0].linearRecurrence(decay: $0[1], axis: 0) },
        ])
}
