/// The parts of complex numbers, each for itself.
struct PartTensors {
    let re: Tensor
    let im: Tensor

    init(re: Tensor, im: Tensor) {
        self.re = re
        self.im = im
    }

    init(_ values: Tensor) { self.init(re: values.real, im: values.imaginary) }

    static func + (a: PartTensors, b: PartTensors) -> PartTensors {
        PartTensors(re: a.re + b.re, im: a.im + b.im)
    }
}

/// Symmetric matrices of two rows, element by element; see `SymmetricPair` of the kernels.
struct SymmetricTensors {
    let rr: Tensor
    let ii: Tensor
    let ri: Tensor

    init(rr: Tensor, ii: Tensor, ri: Tensor) {
        self.rr = rr
        self.ii = ii
        self.ri = ri
    }

    /// From a last axis of 3.
    init(_ values: Tensor) {
        func element(_ i: Int) -> Tensor {
            values.narrow(axis: -1, start: i, count: 1).squeeze(axis: -1)
        }
        self.init(rr: element(0), ii: element(1), ri: element(2))
    }

    func callAsFunction(_ x: PartTensors) -> PartTensors {
        PartTensors(re: rr * x.re + ri * x.im, im: ri * x.re + ii * x.im)
    }

    func whitening(epsilon: Tensor) -> SymmetricTensors {
        let s = (rr * ii - ri * ri + (rr + ii + epsilon) * epsilon).sqrt()
        let t = (rr + ii + 2 * epsilon + 2 * s).sqrt()
        let factor = (s * t).reciprocal()
        return SymmetricTensors(
            rr: (ii + epsilon + s) * factor, ii: (rr + epsilon + s) * factor, ri: -ri * factor)
    }

    func around(_ other: SymmetricTensors) -> SymmetricTensors {
        SymmetricTensors(
            rr: rr * rr * other.rr + 2 * rr * ri * other.ri + ri * ri * other.ii,
            ii: ri * ri * other.rr + 2 * ri * ii * other.ri + ii * ii * other.ii,
            ri: rr * ri * other.rr + (rr * ii + ri * ri) * other.ri + ri * ii * other.ii)
    }

    func covarianceGradient(_ gradient: SymmetricTensors) -> SymmetricTensors {
        let inner = around(gradient)
        let outer = around(inner)
        let determinant = rr * ii - ri * ri
        let factor = -0.5 / (rr + ii)
        return SymmetricTensors(
            rr: factor * (outer.rr + determinant * inner.rr),
            ii: factor * (outer.ii + determinant * inner.ii),
            ri: factor * (outer.ri + determinant * inner.ri))
    }
}
