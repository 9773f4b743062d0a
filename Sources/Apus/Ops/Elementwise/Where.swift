import ApusKernels

extension Tensor {
    /// Elements of `a` where `condition` holds, of `b` elsewhere, with broadcasting of all three.
    ///
    /// - Parameter condition: booleans, or numbers of which every non-zero one is true.
    public static func `where`(
        _ condition: Tensor, _ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let common = promotedType(a, b)
        let (a, b, mask) = (a.to(common), b.to(common), condition.detach().to(.bool))
        guard let ab = Shape.broadcast(a.shape, b.shape), let shape = Shape.broadcast(mask.shape, ab) else {
            fail(
                "where", "shapes \(condition.shape), \(a.shape) and \(b.shape) do not broadcast together",
                at: site)
        }
        let result = Tensor(uninitialized: resultLayout(shape, [a, b, mask]), common)
        selectElements(
            mask.broadcastOperand(shape), a.broadcastOperand(shape), b.broadcastOperand(shape),
            into: result.operand)
        return record("where", result, [a, b], elementwise: true) {
            [shapeA = a.shape, shapeB = b.shape] backward in
            [
                backward.needs[0]
                    ? backward.gradient.maskedFill(.!mask, 0).summed(to: shapeA) : nil,
                backward.needs[1] ? backward.gradient.maskedFill(mask, 0).summed(to: shapeB) : nil,
            ]
        }
    }

    public static func `where`<S: TensorScalar>(
        _ condition: Tensor, _ a: Tensor, _ b: S, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        `where`(condition, a, a.weak(b), file: file, line: line)
    }

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
