/// The elements of the first input where the third, a mask, holds, of the second elsewhere.
struct ChooseByMask: SingleResult {
    let name = "where"

    func value(of inputs: [Tensor]) -> Tensor {
        let (a, b, mask) = (inputs[0], inputs[1], inputs[2])
        let shape = Shape.broadcast(mask.shape, Shape.broadcast(a.shape, b.shape)!)!
        let result = Tensor(uninitialized: Tensor.resultLayout(shape, [a, b, mask]), a.dtype)
        kernels.selectElements(
            mask.broadcastOperand(shape), a.broadcastOperand(shape), b.broadcastOperand(shape),
            into: result.operand)
        return result
    }

    func saved(for needs: [Bool]) -> Saved { .input(2) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (gradient, mask, needs) = (backward.gradient, backward.input(2), backward.needs)
        return [
            needs[0] ? gradient.maskedFill(.!mask, 0).summed(to: backward.shape(0)) : nil,
            needs[1] ? gradient.maskedFill(mask, 0).summed(to: backward.shape(1)) : nil,
            nil,
        ]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// Elements of `a` where `condition` holds, of `b` elsewhere, with broadcasting of all three.
    ///
    /// - Parameter condition: booleans, or numbers of which every non-zero one is true.
    public static func `where`(
        _ condition: Tensor, _ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (a, b) = TypeRule.element.promoted(a, b)
        let mask = condition.detach().to(.bool)
        guard let ab = Shape.broadcast(a.shape, b.shape), Shape.broadcast(mask.shape, ab) != nil else {
            fail(
                "where", "shapes \(condition.shape), \(a.shape) and \(b.shape) do not broadcast together",
                at: site)
        }
        return apply(ChooseByMask(), to: [a, b, mask], at: site)
    }

    /// Elements of `a` where `condition` holds, one number elsewhere; beside integers a fraction gives float32.
    public static func `where`<S: TensorScalar>(
        _ condition: Tensor, _ a: Tensor, _ b: S, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        `where`(condition, a, a.weak(b), file: file, line: line)
    }

    /// One number where `condition` holds, elements of `b` elsewhere; beside integers a fraction gives float32.
    public static func `where`<S: TensorScalar>(
        _ condition: Tensor, _ a: S, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        `where`(condition, b.weak(a), b, file: file, line: line)
    }
}

extension Operation {
    static let `where` = Operation(
        "where", dtypes: DType.everything,
        [
            Sample("torch.where(x.real > 0, x, y)", [Input([3, 4]), Input([3, 4])]) {
                Tensor.where($0[0].real .> 0, $0[0], $0[1])
            },
            Sample("torch.where(z, x, y)", [Input([3, 4]), Input([4]), Input([2, 1, 1], dtype: .bool)]) {
                Tensor.where($0[2], $0[0], $0[1])
            },
        ])
}
