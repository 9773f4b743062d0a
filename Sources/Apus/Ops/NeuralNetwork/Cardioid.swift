import ApusKernelCalls

struct Cardioid: UnaryPrimitive {
    static let kernel = Kernels.cardioid
    static let saved = Saved.input(0)

    func gradient(_ backward: Backward) -> Tensor {
        let (gradient, x) = (backward.gradient, backward.input(0))
        return GradientMode.current == .recording
            ? differentiable(gradient, x) : Tensor.elementwise(CardioidGradient(), gradient, x)
    }

    // With s = z / |z| and c = Re s: ½(1 + c)·g + ½ Re(s̄ g)·(1 - c·s).
    private func differentiable(_ gradient: Tensor, _ x: Tensor) -> Tensor {
        let direction = x.sign()
        let cosine = direction.real
        let radial = (direction.conjugate() * gradient).real
        return (gradient * (1 + cosine) + radial * (1 - direction * cosine)) * 0.5
    }
}

/// The gradient of a cardioid's input in one pass, for when it is not differentiated itself.
private struct CardioidGradient: BinaryTest {
    static let kernel = Kernels.cardioidGradient
}

extension Tensor {
    /// ½(1 + cos angle(z))·z: as it is along the positive real axis, 0 along the negative one.
    ///
    /// Source: Virtue, Yu and Lustig, "Better than real", 2017. At 0 the gradient is half that of the result.
    public func cardioid(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        requireComplex("cardioid", insteadCall: "relu()", CallSite(file: file, line: line))
        return elementwise(Cardioid())
    }
}

extension Operation {
    static let cardioid = Operation(
        "cardioid", dtypes: [.complex64, .complex128],
        [Sample("x * (1 + torch.cos(x.angle())) / 2", [Input([4, 5])]) { $0[0].cardioid() }])
}
