import ApusKernels

extension Tensor {
    /// ReLU(|z| + b)·z / |z|: the modulus moved by b, the angle kept; 0 where z is 0, with gradient 0.
    ///
    /// Source: Arjovsky, Shah and Bengio, "Unitary evolution recurrent neural networks", 2016, equation 8.
    ///
    /// - Parameter bias: b, real, of shape [1], or [C] for one a channel, which is axis 1 of this tensor.
    public func modRelu(bias: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        requireComplex("modRelu", insteadCall: "relu()", site)
        if bias.dtype.isComplex {
            fail(
                "modRelu", "the bias is added to a modulus and so real, not \(bias.dtype): pass .real",
                at: site)
        }
        let channels = rank < 2 ? 1 : shape[1]
        if bias.count != 1 && bias.shape != [channels] {
            fail(
                "modRelu",
                "a bias of shape \(bias.shape) does not fit shape \(shape): [1] or [\(channels)]", at: site)
        }
        let axes = bias.count == 1 ? [] : [channels] + [Int](repeating: 1, count: Swift.max(rank - 2, 0))
        return moved(by: bias.to(dtype.realType).reshape(axes))
    }

    /// - Parameter bias: in a shape that broadcasts to this tensor's.
    private func moved(by bias: Tensor) -> Tensor {
        let result = Tensor.elementwise(.modRelu, detach(), bias.detach().to(dtype))
        return record("modRelu", result, [self, bias], elementwise: true) { [self] backward in
            let gradient = backward.gradient
            let isMoved = GradientMode.current == .recording || backward.needs[1]
            // What of the gradient is radial, where anything is let through.
            let radial: Tensor? =
                isMoved ? (sign().conjugate() * gradient).real.maskedFill(abs() + bias .<= 0, 0) : nil
            return [
                backward.needs[0] ? ofInput(gradient, bias, radial) : nil,
                backward.needs[1] ? radial!.summed(to: bias.shape) : nil,
            ]
        }
    }

    // g + b/|z|·(g - Re(s̄ g)·s) with s = z / |z|, where |z| + b is positive.
    private func ofInput(_ gradient: Tensor, _ bias: Tensor, _ radial: Tensor?) -> Tensor {
        if GradientMode.current != .recording {
            return Tensor.elementwise(Kernels.modReluGradient, gradient, self, bias.to(dtype))
        }
        let modulus = abs()
        let closed = (modulus.detach() .== 0).logicalOr(modulus.detach() + bias.detach() .<= 0)
        let ratio = bias / modulus.maskedFill(closed, 1)
        return (gradient + (gradient - sign() * radial!) * ratio).maskedFill(closed, 0)
    }
}

extension BinaryRule {
    fileprivate static let modRelu = BinaryRule(Kernels.modRelu)
}

extension Operation {
    static let modRelu = Operation(
        "modRelu", dtypes: [.complex64, .complex128],
        [
            Sample(
                "F.relu(x.abs() + y.real.reshape(3, 1)) * torch.sgn(x)", [Input([2, 3, 4]), Input([3])]
            ) { $0[0].modRelu(bias: $0[1].real) },
            Sample("F.relu(x.abs() + y.real) * torch.sgn(x)", [Input([7]), Input([1], -1, 0)]) {
                $0[0].modRelu(bias: $0[1].real)
            },
        ])
}
