import ApusKernelCalls

/// What an operation applies to its result.
///
/// Normalisations apply each of them in the same pass over memory, and their gradients too; other operations apply ReLU so,
/// and the others in a pass of its own.
public enum FusedActivation: String, Codable, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// max(x, 0).
    case relu
    /// min(max(x, 0), 6).
    case relu6
    /// x·σ(x).
    case silu
    /// x·min(max(x + 3, 0), 6) / 6.
    case hardswish

    /// Of each element.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .none: x
        case .relu: x.relu()
        case .relu6: x.relu6()
        case .silu: x.silu()
        case .hardswish: x.hardswish()
        }
    }

    /// Stops the program for an activation of complex numbers, which have none of these.
    func refuseComplex(_ dtype: DType, _ operation: String, _ site: CallSite?) {
        if self == .none || !dtype.isComplex { return }
        fail(
            operation, "complex numbers have no \(rawValue): call crelu() or another on the result", at: site)
    }

    /// How kernels are told.
    var forKernels: Activation {
        switch self {
        case .none: .none
        case .relu: .relu
        case .relu6: .relu6
        case .silu: .silu
        case .hardswish: .hardswish
        }
    }

    /// The kernel of those that operations other than normalisations apply in a pass of its own.
    private var ownPass: UnaryKernel? {
        switch self {
        case .none, .relu: nil
        case .relu6: Kernels.relu6
        case .silu: Kernels.silu
        case .hardswish: Kernels.hardswish
        }
    }

    /// Applies it to a result in which ReLU has been applied already, if that was to be.
    func finish(_ result: Tensor) -> Tensor {
        ownPass.map { result.computed($0) } ?? result
    }

    /// The same where the result lies in one piece and nobody else has seen it.
    func finishInPlace(_ result: Tensor) {
        guard let ownPass else { return }
        kernels.runDense(ownPass, result.base, result.base, result.count, result.dtype)
    }

    /// The gradient of `x` from that of the result, to be differentiated again.
    func gradient(_ gradient: Tensor, at x: Tensor) -> Tensor {
        switch self {
        case .none: return gradient
        case .relu: return gradient.maskedFill(x.detach() .<= 0, 0)
        case .relu6:
            let x = x.detach()
            return gradient.maskedFill((x .<= 0) .| (x .>= 6), 0)
        case .silu:
            let sigmoid = x.sigmoid()
            return gradient * (sigmoid * (1 + x * (1 - sigmoid)))
        case .hardswish:
            let position = x.detach()
            let curved = gradient * (x / 3 + 0.5)
            return Tensor.where(position .>= 3, gradient, curved.maskedFill(position .<= -3, 0))
        }
    }
}
