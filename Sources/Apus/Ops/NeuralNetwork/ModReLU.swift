import ApusKernelCalls

/// The inputs are complex numbers and a real bias, in a shape that broadcasts to theirs.
struct ModReLU: SingleResult {
    let name = "modReLU"

    func value(of inputs: [Tensor]) -> Tensor {
        let (x, bias) = (inputs[0], inputs[1])
        return Tensor.computed(Kernels.modReLU, x, bias.converted(to: x.dtype), nil)
    }

    func saved(for needs: [Bool]) -> Saved { .inputs }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (gradient, x, bias) = (backward.gradient, backward.input(0), backward.input(1))
        let isMoved = GradientMode.current == .recording || backward.needs[1]
        // The radial component of the gradient, where the modulus stays above 0.
        let radial: Tensor? =
            isMoved ? (x.sign().conjugate() * gradient).real.maskedFill(x.abs() + bias .<= 0, 0) : nil
        return [
            backward.needs[0] ? ofInput(x, gradient, bias, radial) : nil,
            backward.needs[1] ? radial!.summed(to: bias.shape) : nil,
        ]
    }

    // g + b/|z|·(g - Re(s̄ g)·s) with s = z / |z|, where |z| + b is positive.
    private func ofInput(_ x: Tensor, _ gradient: Tensor, _ bias: Tensor, _ radial: Tensor?) -> Tensor {
        if GradientMode.current != .recording {
            return Tensor.apply(ModReLUGradient(), to: [gradient, x, bias], at: nil)
        }
        let modulus = x.abs()
        let closed = (modulus.detach() .== 0).logicalOr(modulus.detach() + bias.detach() .<= 0)
        let ratio = bias / modulus.maskedFill(closed, 1)
        return (gradient + (gradient - x.sign() * radial!) * ratio).maskedFill(closed, 0)
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

/// The gradient of the complex input in one pass, for when it is not differentiated itself.
private struct ModReLUGradient: SingleResult {
    let name = "modReLUGradient"
    var isDifferentiable: Bool { false }

    func value(of inputs: [Tensor]) -> Tensor {
        let (gradient, x, bias) = (inputs[0], inputs[1], inputs[2])
        return Tensor.computed(Kernels.modReLUGradient, gradient, x, bias.converted(to: x.dtype))
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// ReLU(|z| + b)·z / |z|: the modulus moved by b, the angle kept; 0 where z is 0, with gradient 0.
    ///
    /// Source: Arjovsky, Shah and Bengio, "Unitary evolution recurrent neural networks", 2016, equation 8.
    ///
    /// - Parameter bias: b, real, of shape [1], or [C] for one a channel, which is axis 1 of this tensor.
    public func modReLU(bias: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        requireComplex("modReLU", insteadCall: "relu()", site)
        if bias.dtype.isComplex {
            fail(
                "modReLU", "the bias is added to a modulus and so real, not \(bias.dtype): pass .real",
                at: site)
        }
        let channels = rank < 2 ? 1 : shape[1]
        if bias.count != 1 && bias.shape != [channels] {
            fail(
                "modReLU",
                "a bias of shape \(bias.shape) does not fit shape \(shape): [1] or [\(channels)]", at: site)
        }
        let axes = bias.count == 1 ? [] : [channels] + [Int](repeating: 1, count: Swift.max(rank - 2, 0))
        return Tensor.apply(ModReLU(), to: [self, bias.to(dtype.realType).reshape(axes)], at: site)
    }
}

extension Operation {
    static let modReLU = Operation(
        "modReLU", dtypes: [.complex64, .complex128],
        [
            Sample(
                "F.relu(x.abs() + y.real.reshape(3, 1)) * torch.sgn(x)", [Input([2, 3, 4]), Input([3])]
            ) { $0[0].modReLU(bias: $0[1].real) },
            Sample("F.relu(x.abs() + y.real) * torch.sgn(x)", [Input([7]), Input([1], -1, 0)]) {
                $0[0].modReLU(bias: $0[1].real)
            },
        ])
}
