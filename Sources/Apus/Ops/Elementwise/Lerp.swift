import ApusKernels

extension Tensor {
    /// The way from this tensor (weight 0) to `end` (weight 1): a + w (b - a), with broadcasting.
    public func lerp(_ end: Tensor, weight: Tensor, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        let common = Tensor.promotedType(Tensor.promoted(self, end), weight)
        let (a, b, w) = (to(common), end.to(common), weight.to(common))
        let result = Tensor.elementwise(Kernels.lerp, a, b, w, at: CallSite(file: file, line: line))
        return record("lerp", result, [a, b, w], elementwise: true) { backward in
            let gradient = backward.gradient
            return [
                backward.needs[0] ? (gradient * (1 - w).conjugate()).summed(to: a.shape) : nil,
                backward.needs[1] ? (gradient * w.conjugate()).summed(to: b.shape) : nil,
                backward.needs[2] ? (gradient * (b - a).conjugate()).summed(to: w.shape) : nil,
            ]
        }
    }

    public func lerp(_ end: Tensor, weight: Double, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        lerp(
            end, weight: WeakScalar(weight).tensor(dtype.isDifferentiable ? dtype : .float32), file: file,
            line: line)
    }

    /// With a complex weight real tensors give complex results.
    public func lerp<R>(
        _ end: Tensor, weight: Complex<R>, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor where Complex<R>: TensorScalar {
        lerp(end, weight: weak(weight), file: file, line: line)
    }

    /// A tensor without elements that stands for both in promotion.
    private static func promoted(_ a: Tensor, _ b: Tensor) -> Tensor {
        Tensor(uninitialized: [Int](repeating: 0, count: Swift.max(a.rank, b.rank)), promotedType(a, b))
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
