// How the types of operands meet: PyTorch's `result_type` between tensors, weakly typed numbers, and what a rule makes of
// the type they meet in.

extension TypeRule {
    /// The type in which an operation computes elements of one type.
    @inline(__always)
    package func type(_ common: DType) -> DType {
        switch inputs {
        case .common: common
        case .floating: common.isDifferentiable ? common : .float32
        case .counting: common.isDifferentiable ? common : .int64
        case .single: common.isDifferentiable && !common.isHalf ? common : .float32
        }
    }

    /// The type in which it computes two tensors.
    @inline(__always)
    func type(_ a: Tensor, _ b: Tensor) -> DType {
        a.dtype == b.dtype ? type(a.dtype) : type(Tensor.resultType(a, b))
    }

    /// The type in which it computes a tensor and a number.
    @inline(__always)
    func type(_ dtype: DType, beside number: WeakScalar) -> DType { type(dtype.beside(number.dtype)) }

    /// The inputs in the type in which the operation computes them.
    func promoted(_ tensors: [Tensor]) -> [Tensor] {
        let common = type(Tensor.resultType(tensors))
        return tensors.map { $0.to(common) }
    }

    /// Two inputs in that type.
    func promoted(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
        let common = type(a, b)
        return (a.to(common), b.to(common))
    }
}

extension Tensor {
    /// This tensor in the type in which an operation computes it.
    @inline(__always)
    func promoted(by rule: TypeRule) -> Tensor {
        let target = rule.type(dtype)
        return target == dtype ? self : to(target)
    }

    /// The common type of two tensors, as PyTorch's `result_type`: one without axes does not widen one of its kind.
    static func resultType(_ a: Tensor, _ b: Tensor) -> DType {
        if (a.rank == 0) == (b.rank == 0) { return DType.promote(a.dtype, b.dtype) }
        return a.rank == 0 ? b.dtype.besideScalar(a.dtype) : a.dtype.besideScalar(b.dtype)
    }

    /// The common type of at least one tensor.
    static func resultType(_ tensors: [Tensor]) -> DType {
        func common(_ tensors: [Tensor]) -> DType? {
            tensors.first.map { tensors.dropFirst().reduce($0.dtype) { DType.promote($0, $1.dtype) } }
        }
        let scalar = common(tensors.filter { $0.rank == 0 })
        guard let full = common(tensors.filter { $0.rank > 0 }) else { return scalar! }
        return scalar.map(full.besideScalar) ?? full
    }
}

extension DType {
    /// bool < integers < floats < complex.
    private var kind: Int {
        if isComplex { return 3 }
        if isFloatingPoint { return 2 }
        return self == .bool ? 0 : 1
    }

    /// The common type of a tensor with axes and one without.
    fileprivate func besideScalar(_ scalar: DType) -> DType {
        if scalar.kind <= kind { return self }
        return scalar.isComplex && isFloatingPoint ? complexType : DType.promote(self, scalar)
    }

    /// Whether elements of another type are no more than rounded in this one: fractions are lost in integers, imaginary
    /// parts in reals, and numbers in booleans.
    func holdsKind(of other: DType) -> Bool { other.kind <= kind }

    /// Whether a Swift number can stand among elements of this type.
    func holds(_ number: WeakScalar) -> Bool { beside(number.dtype).kind <= max(kind, 1) }

    /// The type in which a tensor of this one meets a Swift number of another type: its own, unless its kind cannot hold
    /// the number.
    @inline(__always)
    func beside(_ number: DType) -> DType {
        if number.isComplex && !isComplex { return complexType }
        if number.isFloatingPoint && !isDifferentiable { return .float32 }
        if number.isInteger && self == .bool { return .int64 }
        return self
    }
}
