import ApusKernels

extension Tensor {
    /// Each element kept with probability 1 - p and scaled by 1 / (1 - p), else zero.
    ///
    /// No mask is stored: the backward pass computes it again from the generator's state. Elements are
    /// numbered in memory order, so a tensor in another order gets another mask from the same state. Both parts of a
    /// complex element are kept, or neither.
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
        record("dropout", droppedValues(p, state, order), [self], elementwise: true) {
            [$0.gradient.dropped(p, state, order)]
        }
    }

    private func droppedValues(_ p: Double, _ state: RandomGenerator.State, _ order: Layout) -> Tensor {
        let x = arranged(order, dtype.computeType)
        let result = Tensor(uninitialized: order, x.dtype)
        let size = x.dtype.size
        Parallel.ranges(count, grain: 16_384) { range in
            let start = range.lowerBound * size
            RandomKernels.dropout(
                result.base + start, x.start + start, x.dtype, range.count, seed: state.seed,
                offset: state.offset, first: range.lowerBound, probability: p)
        }
        return result.converted(to: dtype)
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
