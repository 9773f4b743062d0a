/// The second result holds what the mask is computed from, a `RandomStretch`.
struct Dropout: RandomPrimitive {
    let p: Double
    let generator: RandomGenerator
    let rows: BatchRows?
    var name: String { "dropout" }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let stretch = generator.draw(inputs[0].shape, rows: rows, name)
        return [inputs[0].dropped(p, stretch), stretch.tensor]
    }

    func saved(for needs: [Bool]) -> Saved { .output(1) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [Tensor.apply(DropoutMask(p: p), to: [backward.gradient, backward.output(1)], at: nil)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

/// The mask of a dropout, by its second result, applied to a gradient: a linear map that is its own adjoint.
struct DropoutMask: SingleResult {
    let p: Double
    var name: String { "dropoutMask" }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].dropped(p, RandomStretch(inputs[1])) }

    func saved(for needs: [Bool]) -> Saved { .input(1) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [Tensor.apply(self, to: [backward.gradient, backward.input(1)], at: nil), nil]
    }
}

/// What the mask of a dropout is computed from, as a dropout's second result; nothing is dropped yet.
struct DropoutOrigin: SingleResult, RandomPrimitive {
    let shape: Shape
    let generator: RandomGenerator
    let rows: BatchRows?
    var name: String { "dropoutOrigin" }

    func value(of inputs: [Tensor]) -> Tensor { generator.draw(shape, rows: rows, "dropout").tensor }
}

extension Tensor {
    /// Each element kept with probability 1 - p and scaled by 1 / (1 - p), else zero.
    ///
    /// No mask is stored: the backward pass computes it again from the generator's state. It is the same for the same elements
    /// in any memory order. Both parts of a complex element are kept, or neither.
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
        if p == 0 || count == 0 && BatchPart.current == nil { return self }
        return dropped(p, BatchRows.said ?? .axis(0), generator, site)
    }

    func dropped(_ p: Double, _ rows: BatchRows?, _ generator: RandomGenerator, _ site: CallSite) -> Tensor {
        if Observers.areNone, !isRecorded { return dropped(p, generator.draw(shape, rows: rows, "dropout")) }
        return Tensor.applyAll(Dropout(p: p, generator: generator, rows: rows), to: [self], at: site)[0]
    }

    /// The mask of one draw applied, without history. Elements are numbered in row-major order, whatever their order in memory,
    /// which the result has too.
    fileprivate func dropped(_ p: Double, _ stretch: RandomStretch) -> Tensor {
        let x = arranged(Layout(contiguous: shape), dtype.computeType)
        let result = Tensor(uninitialized: shape, x.dtype)
        kernels.dropout(x.start, into: result.base, x.dtype, count: count, stretch, probability: p)
        return result.arranged(layout.isDense ? layout.rebased : Layout(contiguous: shape), dtype)
    }

    /// The values in a given dense order and type; this tensor itself if it has both already.
    private func arranged(_ order: Layout, _ target: DType) -> Tensor {
        if layout.strides == order.strides || layout.isContiguous && order.isContiguous {
            return converted(to: target)
        }
        let result = Tensor(uninitialized: order, target)
        kernels.copyElements(operand, into: result.operand)
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
