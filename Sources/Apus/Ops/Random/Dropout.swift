import ApusKernels

extension Tensor {
    /// Each element kept with probability 1 - p and scaled by 1 / (1 - p), else zero.
    ///
    /// No mask is stored: the backward pass computes it again from the generator's state. Elements are
    /// numbered in memory order, so a tensor in another order gets another mask from the same state.
    ///
    /// - Parameter p: the probability of zero.
    public func dropout(
        _ p: Double = 0.5, using generator: RandomGenerator = .default, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if !(0...1).contains(p) { fail("dropout", "\(p) is no probability", at: site) }
        if !dtype.isDifferentiable {
            fail("dropout", "scales floating-point numbers, not \(dtype)", at: site)
        }
        if p == 0 || count == 0 { return self }
        let order = layout.isDense ? layout.rebased : Layout(contiguous: shape)
        return dropped(p, generator.draw(count), order)
    }

    /// The mask of one draw applied, to the input or to a gradient; a linear map that is its own adjoint.
    private func dropped(_ p: Double, _ state: RandomGenerator.State, _ order: Layout) -> Tensor {
        let result =
            dtype.isComplex
            ? detach() * Tensor.ones(order, dtype.realType).droppedValues(p, state, order)
            : droppedValues(p, state, order)
        return record("dropout", result, [self]) { [$0.gradient.dropped(p, state, order)] }
    }

    private func droppedValues(_ p: Double, _ state: RandomGenerator.State, _ order: Layout) -> Tensor {
        let computed: DType = dtype == .float64 ? .float64 : .float32
        let x = arranged(order, computed)
        let result = Tensor(uninitialized: order, computed)
        if computed == .float64 {
            let input = UnsafePointer(x.start.assumingMemoryBound(to: Double.self))
            Tensor.drawing(into: result.base, count) { (out: UnsafeMutablePointer<Double>, count, first) in
                RandomKernels.dropout(
                    out, input + first, count, seed: state.seed, offset: state.offset, first: first,
                    probability: p)
            }
        } else {
            let input = UnsafePointer(x.start.assumingMemoryBound(to: Float.self))
            Tensor.drawing(into: result.base, count) { (out: UnsafeMutablePointer<Float>, count, first) in
                RandomKernels.dropout(
                    out, input + first, count, seed: state.seed, offset: state.offset, first: first,
                    probability: p)
            }
        }
        withExtendedLifetime(x) {}
        return result.converted(to: dtype)
    }

    private static func ones(_ order: Layout, _ dtype: DType) -> Tensor {
        Tensor.ones([order.elementCount], dtype: dtype).viewed(order)
    }

    /// The values in a given dense order and type; this tensor itself if they are so already.
    private func arranged(_ order: Layout, _ target: DType) -> Tensor {
        if dtype == target, layout.strides == order.strides || layout.isContiguous && order.isContiguous {
            return self
        }
        let result = Tensor(uninitialized: order, target)
        copyElements(operand, into: result.operand)
        return result
    }
}

extension Operation {
    static let dropout = Operation(
        "dropout",
        [
            Sample("F.dropout(x, 0.0)", [Input([3, 4])]) { $0[0].dropout(0) },
            Sample("x * 0", [Input([3, 4])]) { $0[0].dropout(1, using: RandomGenerator(seed: 1)) },
        ])
}
