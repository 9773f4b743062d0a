// The messages of operations that are not defined for complex numbers, or for real ones.

extension Tensor {
    /// Stops the program where the elements are not complex.
    ///
    /// - Parameter other: what real numbers have instead.
    func requireComplex(_ operation: String, insteadCall other: String, _ site: CallSite?) {
        if !dtype.isComplex {
            fail(operation, "takes complex numbers, not \(dtype): call \(other) for real ones", at: site)
        }
    }

    /// Stops the program where the elements of a parameter of real numbers are complex.
    func requireReal(_ name: String, _ operation: String, _ site: CallSite?) {
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
    /// - Parameter other: the operation for complex numbers, for the message.
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
}
