import Apus

/// The modes e^(lΔA), l = 0, 1, …, of a diagonal state space, of which a half is stored and the other conjugate.
///
/// With l = i·b + j and b about √length, e^(lΔA) = e^(ibΔA)·e^(jΔA): sums over modes at all l are a product of two small
/// matrices for each channel, with √length exponentials each instead of length.
struct DiagonalModes {
    /// ΔA, complex [channels, modes].
    let exponents: Tensor

    /// 2·Re Σ cₙ·e^(lΔAₙ), for l below a length.
    ///
    /// - Parameter coefficients: c, complex [.., channels, modes].
    /// - Returns: real [.., channels, length].
    func sums(_ coefficients: Tensor, length: Int) -> Tensor {
        let (rows, columns) = DiagonalModes.split(length)
        // The real part of a product is a real product of twice as many numbers: Re x*·y = Re x·Re y + Im x·Im y.
        let outer =
            (coefficients.conjugate() * 2).unsqueeze(-2) * powers(exponents.conjugate(), rows, columns)
        let inner = DiagonalModes.interleaved(powers(exponents, columns, 1))
        let all = DiagonalModes.interleaved(outer).matmul(inner.transpose())
        return all.reshape(coefficients.shape.dropLast() + [rows * columns])
            .narrow(axis: -1, start: 0, count: length)
    }

    /// Σ e^((T − 1 − t)ΔA)·uₜ: what T inputs leave in the modes, but for the factors of the input.
    ///
    /// - Parameter u: real [batch, channels, T].
    /// - Returns: complex [batch, channels, modes].
    func leftovers(of u: Tensor) -> Tensor {
        let length = u.shape[2]
        let (rows, columns) = DiagonalModes.split(length)
        let parts = u.flip(axis: 2).pad([(0, rows * columns - length)])
            .reshape(u.shape[0], u.shape[1], rows, columns)
        let inner = parts.matmul(DiagonalModes.interleaved(powers(exponents, columns, 1)))
        let modes = inner.reshape(inner.shape.dropLast() + [exponents.shape[1], 2]).viewAsComplex()
        return (modes * powers(exponents, rows, columns)).sum(axis: 2)
    }

    /// About √length rows and columns, with room for it.
    private static func split(_ length: Int) -> (rows: Int, columns: Int) {
        let columns = max(1, Int(Double(length).squareRoot().rounded(.up)))
        return ((length + columns - 1) / columns, columns)
    }

    /// e^(k·stride·ΔA) for k below a count, [channels, count, modes].
    private func powers(_ exponents: Tensor, _ count: Int, _ stride: Int) -> Tensor {
        let steps = withDevice(exponents.device) {
            Tensor.arange(0, count, dtype: exponents.dtype.realType) * stride
        }
        return (exponents.unsqueeze(-2) * steps.unsqueeze(-1)).exp()
    }

    /// Complex [.., n] as real [.., 2n], the parts of each number side by side.
    private static func interleaved(_ x: Tensor) -> Tensor {
        x.viewAsReal().reshape(x.shape.dropLast() + [2 * x.shape[x.rank - 1]])
    }
}
