import ApusKernelCalls

// What operations of complex networks share: real functions on the parts of complex numbers.

extension Tensor {
    /// Stops the program where the elements are not complex.
    ///
    /// - Parameter other: what real numbers have instead.
    func requireComplex(_ operation: String, insteadCall other: String, _ site: CallSite) {
        if !dtype.isComplex {
            fail(operation, "takes complex numbers, not \(dtype): call \(other) for real ones", at: site)
        }
    }

    /// Stops the program where the elements of a parameter of real numbers are complex.
    func requireReal(_ name: String, _ operation: String, _ site: CallSite) {
        if dtype.isComplex {
            fail(operation, "a \(dtype) \(name) for real numbers: pass .real or .abs()", at: site)
        }
    }

    /// Stops the program where the elements are complex, which have no order.
    func refuseOrderOfComplex(_ operation: String, _ site: CallSite?) {
        if dtype.isComplex {
            Tensor.refuseComplex(operation, dtype, "complex ones have no order", site)
        }
    }

    /// The same, with what complex numbers have instead.
    func refuseComplex(_ operation: String, insteadCall other: String, _ site: CallSite?) {
        if dtype.isComplex {
            Tensor.refuseComplex(operation, dtype, "complex ones have no order", insteadCall: other, site)
        }
    }

    /// Stops the program: says why, and what to call instead.
    ///
    /// - Parameter other: what complex numbers have in its place.
    static func refuseComplex(
        _ operation: String, _ dtype: DType, _ reason: String?, insteadCall other: String? = nil,
        _ site: CallSite?
    ) -> Never {
        let own = other.map { "call \($0), or" } ?? "call"
        fail(
            operation,
            "is defined for real numbers only\(reason.map { " (\($0))" } ?? ""), not for \(dtype): "
                + "\(own) it on .real and .imaginary, or on .abs()", at: site)
    }

    /// Itself, or float32 where it holds integers; complex numbers too.
    func floatingOrComplex() -> Tensor { dtype.isDifferentiable ? self : to(.float32) }
}

/// A real function of both parts of complex numbers, in one pass over memory.
protocol PartwisePrimitive: SingleResult {
    /// The function of real numbers.
    static var kernel: UnaryKernel { get }
    /// The gradient of the parts, from that of the result's parts and from these themselves.
    func gradient(_ gradient: Tensor, _ result: Tensor) -> Tensor
}

extension PartwisePrimitive {
    func value(of inputs: [Tensor]) -> Tensor {
        inputs[0].parts.computed(Self.kernel).viewAsComplex().reshape(inputs[0].shape)
    }

    func saved(for needs: [Bool]) -> Saved { .output }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [
            gradient(backward.gradient.parts, backward.output.parts).viewAsComplex()
                .reshape(backward.shape(0))
        ]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// Both parts of each element along a last axis; in one row where that axis would be one too many.
    fileprivate var parts: Tensor {
        (rank < Layout.maximumRank ? self : flatten()).viewAsReal()
    }
}
