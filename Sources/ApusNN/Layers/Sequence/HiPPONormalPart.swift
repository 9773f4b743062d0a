import Apus

/// HiPPO's LegS as a diagonal matrix and a rest of rank 1: A = V(Λ − PP*)V*.
///
/// With pₙ = √(n + ½), A + ppᵀ + ½I is skew-symmetric, so −i times it is Hermitian: its eigenvalues are real and its
/// eigenvectors orthogonal. Of each pair of conjugates, the one with a negative imaginary part is kept.
struct HiPPONormalPart {
    /// −Im λ, positive and descending, float64 [N/2]; all real parts are −½.
    let frequencies: Tensor
    /// P = V*p, complex128 [N/2].
    let p: Tensor
    /// B = V*r, complex128 [N/2].
    let b: Tensor

    init(states: Int) {
        let hippo = HiPPO(.legS, size: states)
        let p = Tensor((0..<states).map { (Double($0) + 0.5).squareRoot() }, shape: [states], dtype: .float64)
        let skew = hippo.a + p.unsqueeze(1) * p.unsqueeze(0) + Tensor.eye(states, dtype: .float64) * 0.5
        let hermitian = Tensor.complex(real: .zeros(like: skew), imaginary: -skew)
        do {
            let (values, vectors) = try hermitian.eigh()
            let half = states / 2
            frequencies = -values.narrow(axis: 0, start: 0, count: half)
            let adjoint = vectors.narrow(axis: 1, start: 0, count: half).conjugate().transpose()
            self.p = adjoint.matmul(p.to(.complex128))
            b = adjoint.matmul(hippo.b.to(.complex128))
        } catch {
            fail("HiPPO", "no eigenvalues of LegS with \(states) states: \(error)")
        }
    }
}
