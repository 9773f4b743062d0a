import ApusKernelCalls

struct Lerp: SingleResult {
    let name = "lerp"

    func value(of inputs: [Tensor]) -> Tensor {
        Tensor.computed(Kernels.lerp, inputs[0], inputs[1], inputs[2])
    }

    func saved(for needs: [Bool]) -> Saved {
        var saved: Saved = needs[0] || needs[1] ? .input(2) : []
        if needs[2] { saved.formUnion([.input(0), .input(1)]) }
        return saved
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let gradient = backward.gradient
        func summed(_ input: Int, _ slope: @autoclosure () -> Tensor) -> Tensor? {
            backward.needs[input]
                ? (gradient * slope().conjugate()).summed(to: backward.shape(input)) : nil
        }
        return [
            summed(0, 1 - backward.input(2)), summed(1, backward.input(2)),
            summed(2, backward.input(1) - backward.input(0)),
        ]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// Linear interpolation from this tensor (weight 0) to `end` (weight 1): a + w (b - a), with broadcasting.
    public func lerp(_ end: Tensor, weight: Tensor, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        let operands = TypeRule.element.promoted([self, end, weight])
        let (a, b, w) = (operands[0], operands[1], operands[2])
        let site = CallSite(file: file, line: line)
        if !Kernels.lerp.supports(a.dtype) { Tensor.refuse("lerp", a.dtype, site) }
        guard let ab = Shape.broadcast(a.shape, b.shape), Shape.broadcast(ab, w.shape) != nil else {
            fail(
                "lerp", "shapes \(a.shape), \(b.shape) and \(w.shape) do not broadcast together", at: site)
        }
        return Tensor.apply(Lerp(), to: [a, b, w], at: site)
    }

    /// Linear interpolation from this tensor to `end` with one weight for all elements; integers give float32.
    public func lerp(_ end: Tensor, weight: Double, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        lerp(end, weight: weak(weight), file: file, line: line)
    }

    /// With a complex weight real tensors give complex results.
    public func lerp<R>(
        _ end: Tensor, weight: Complex<R>, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor where Complex<R>: TensorScalar {
        lerp(end, weight: weak(weight), file: file, line: line)
    }
}

extension Operation {
    static let lerp = Operation(
        "lerp",
        [
            Sample("torch.lerp(x, y, z)", [Input([3, 4]), Input([3, 4]), Input([3, 4], 0, 1)]) {
                $0[0].lerp($0[1], weight: $0[2])
            },
            Sample("torch.lerp(x, y, 0.3)", [Input([3, 4]), Input([3, 4])]) {
                $0[0].lerp($0[1], weight: 0.3)
            },
            Sample("torch.lerp(x + 0j, y + 0j, 0.3 - 0.6j)", [Input([3, 4]), Input([4])]) {
                $0[0].lerp($0[1], weight: Complex<Double>(0.3, -0.6))
            },
        ])
}
