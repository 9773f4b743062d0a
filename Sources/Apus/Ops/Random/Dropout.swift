/// The second result holds what the mask is computed from: the generator's seed and offset, as bit patterns, and the
/// strides that give the order in which elements are numbered.
struct Dropout: RandomPrimitive {
    let p: Double
    let generator: RandomGenerator
    var name: String { "dropout" }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let (x, order) = (inputs[0], inputs[0].droppingOrder)
        let state = generator.draw(x.count)
        return [x.dropped(p, state, order), state.origin(order)]
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

    func value(of inputs: [Tensor]) -> Tensor {
        let order = Layout(shape: inputs[0].shape, strides: Array(inputs[1].array(of: Int.self)[2...]))
        return inputs[0].dropped(p, RandomGenerator.State(origin: inputs[1]), order)
    }

    func saved(for needs: [Bool]) -> Saved { .input(1) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [Tensor.apply(self, to: [backward.gradient, backward.input(1)], at: nil), nil]
    }
}

/// What the mask of a dropout of row-major elements is computed from, as a dropout's second result; nothing is dropped yet.
struct DropoutOrigin: SingleResult, RandomPrimitive {
    let shape: Shape
    let generator: RandomGenerator
    var name: String { "dropoutOrigin" }

    func value(of inputs: [Tensor]) -> Tensor {
        generator.draw(shape.elementCount).origin(Layout(contiguous: shape))
    }
}

extension RandomGenerator.State {
    /// The state, as bit patterns, and the strides of what is numbered from it.
    fileprivate func origin(_ order: Layout) -> Tensor {
        let state = [seed, offset].map { Int(bitPattern: UInt($0)) }
        return Tensor(state + order.strides, shape: [2 + order.shape.count])
    }

    /// The state that such a tensor holds.
    init(origin: Tensor) {
        let state = origin.array(of: Int.self).prefix(2).map { UInt64(UInt(bitPattern: $0)) }
        self.init(seed: state[0], offset: state[1])
    }
}

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
        if Observers.areNone, !isRecorded { return dropped(p, generator.draw(count), droppingOrder) }
        return Tensor.applyAll(Dropout(p: p, generator: generator), to: [self], at: site)[0]
    }

    /// The memory order in which elements are numbered.
    fileprivate var droppingOrder: Layout { layout.isDense ? layout.rebased : Layout(contiguous: shape) }

    /// The mask of one draw applied, without history.
    fileprivate func dropped(_ p: Double, _ state: RandomGenerator.State, _ order: Layout) -> Tensor {
        let x = arranged(order, dtype.computeType)
        let result = Tensor(uninitialized: order, x.dtype)
        kernels.dropout(x.start, into: result.base, x.dtype, count: count, state, probability: p)
        return result.converted(to: dtype)
    }

    /// The values in a given dense order and type; this tensor itself if it has both already.
    private func arranged(_ order: Layout, _ target: DType) -> Tensor {
        if dtype == target, layout.strides == order.strides || layout.isContiguous && order.isContiguous {
            return self
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
