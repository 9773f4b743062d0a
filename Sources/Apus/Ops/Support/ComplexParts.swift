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

    /// Stops the program where the elements are complex, which have no order.
    ///
    /// - Parameter other: what to call instead.
    func refuseComplex(_ operation: String, insteadCall other: String, _ site: CallSite?) {
        if dtype.isComplex {
            fail(
                operation, "\(dtype) elements have no order (complex numbers have none): call \(other)",
                at: site)
        }
    }

    /// Itself, or float32 where it holds integers; complex numbers too.
    func floatingOrComplex() -> Tensor { dtype.isDifferentiable ? self : to(.float32) }

    /// A real function applied to both parts of each element, in one pass.
    ///
    /// - Parameter gradient: from the gradient of the parts and the parts of the result.
    func onParts(
        _ name: String, _ function: (Tensor) -> Tensor,
        gradient: @escaping @Sendable (_ gradient: Tensor, _ result: Tensor) -> Tensor
    ) -> Tensor {
        let result = function(detach().viewAsReal()).viewAsComplex()
        return record(name, result, [self], savesOutput: true) { backward in
            [gradient(backward.gradient.viewAsReal(), backward.output.viewAsReal()).viewAsComplex()]
        }
    }
}
