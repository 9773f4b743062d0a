import Apus

private func product(_ function: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> Counterpart {
    { call in [function(try call.x, try call.tensor(1))] }
}

/// beta·x + alpha·(a ∘ b), the form of `addmm` and the like.
private func added(_ function: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> Counterpart {
    { call in
        let x = try call.x
        let result = function(try call.tensor(1), try call.tensor(2))
        let product = scaled(result, by: try call.number(nil, "alpha", of: result.dtype))
        guard let beta = try call.number(nil, "beta", of: x.dtype) else { return [x + product] }
        // What is multiplied by 0 is not looked at, so that its NaN do not count.
        if let zero = beta as? Int, zero == 0 { return [(Tensor.zeros(like: x) + product)] }
        return [scaled(x, by: beta) + product]
    }
}

/// What is given as Hermitian, with a gradient for all of it.
private func hermitian(_ x: Tensor) -> Tensor { (x + x.adjoint()) / 2 }

private func solveTriangular(_ a: Tensor, _ b: Tensor, upper: Bool, left: Bool, unit: Bool) -> Tensor {
    a.triangularSolve(b, upper: upper, left: left, unitDiagonal: unit)
}

let linearAlgebraCounterparts: [String: Counterpart] = [
    "matmul": product { $0.matmul($1) },
    "mm": product { $0.matmul($1) },
    "bmm": product { $0.matmul($1) },
    "mv": product { $0.matmul($1) },
    "dot": product { $0.dot($1) },
    "vdot": product { $0.vdot($1) },
    "outer": product { $0.outer($1) },
    "inner": product { $0.inner($1) },
    "kron": product { $0.kron($1) },
    "linalg.vecdot": { call in
        let axis = try call.int(nil, "dim", -1)
        return [(try call.x.conjugate() * call.tensor(1)).sum(axis: axis)]
    },
    "addmm": added { $0.matmul($1) },
    "addmv": added { $0.matmul($1) },
    "baddbmm": added { $0.matmul($1) },
    "addbmm": added { $0.matmul($1).sum(axis: 0) },
    "addr": added { $0.outer($1) },
    "einsum": { call in
        let operands = try call.tensors(0)
        guard let equation = try call.optionalString(1) else { throw Inexpressible("no equation") }
        return [einsum(equation, operands)]
    },
    "nn.functional.linear": { call in
        [linear(try call.x, try call.tensor(1, "weight"), bias: try call.optionalTensor(2, "bias"))]
    },
    "trace": unary { $0.trace() },
    "linalg.multi_dot": { call in
        let all = try call.tensors(0)
        return [all.dropFirst().reduce(all[0]) { $0.matmul($1) }]
    },
    "linalg.cholesky": { call in [try call.x.cholesky(upper: call.bool(nil, "upper"))] },
    "linalg.det": unary { try $0.determinant() },
    "linalg.slogdet": { call in
        let result = try call.x.logDeterminant()
        return [result.sign, result.logAbs]
    },
    "logdet": unary { x in
        let result = try x.logDeterminant()
        if x.dtype.isComplex { return Tensor.complex(real: result.logAbs, imaginary: result.sign.angle()) }
        return Tensor.where(result.sign .< 0, Double.nan, result.logAbs)
    },
    "linalg.inv": unary { try $0.inverse() },
    "linalg.pinv": { call in
        if call.has(nil, "hermitian") { throw Inexpressible("a Hermitian pseudoinverse") }
        if call.isTensor(1) || call.isTensor(9, "rtol") || call.has(nil, "atol") {
            throw Inexpressible("tolerances of their own for each matrix, or absolute ones")
        }
        return [try call.x.pinverse(tolerance: call.optionalDouble(1, "rtol"))]
    },
    "pinverse": { call in [try call.x.pinverse(tolerance: call.optionalDouble(1, "rcond"))] },
    "linalg.solve": { call in
        if !(try call.bool(nil, "left", true)) { throw Inexpressible("solving from the right") }
        return [try call.x.solve(call.tensor(1))]
    },
    "linalg.solve_triangular": { call in
        [
            solveTriangular(
                try call.x, try call.tensor(1), upper: try call.bool(nil, "upper"),
                left: try call.bool(nil, "left", true), unit: try call.bool(nil, "unitriangular"))
        ]
    },
    // The vectors of these are determined up to factors of modulus 1: what does not depend on them is compared.
    "linalg.eigvalsh": { call in
        [try hermitian(call.x).eigvalsh(lower: call.optionalString(nil, "UPLO") ?? "L" == "L")]
    },
    "linalg.eigh": { call in
        let result = try hermitian(call.x).eigh(lower: call.optionalString(nil, "UPLO") ?? "L" == "L")
        return [result.values, result.vectors.abs()]
    },
    "linalg.svdvals": unary { try $0.svdvals() },
    "linalg.svd": { call in
        let result = try call.x.svd(full: call.bool(nil, "full_matrices", true))
        let k = result.s.shape.last ?? 0
        let u = result.u.narrow(axis: -1, start: 0, count: k)
        let vh = result.vh.narrow(axis: -2, start: 0, count: k)
        return [u.abs(), result.s, vh.abs()]
    },
    "linalg.qr": { call in
        switch try call.optionalString(1, "mode") ?? "reduced" {
        case "reduced":
            let result = try call.x.qr()
            return [result.q, result.r]
        case "complete":
            let result = try call.x.qr(complete: true)
            return [result.q, result.r]
        case let mode: throw Inexpressible("the mode \(mode)")
        }
    },
]
