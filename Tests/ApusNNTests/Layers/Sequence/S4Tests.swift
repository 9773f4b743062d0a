import Apus
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusNN

@Suite struct S4Tests {
    private static func layer(_ dtype: DType, length: Int, isTied: Bool = true, usesSoftplus: Bool = false)
        -> S4
    {
        S4(
            3, length: length, states: 8, isTied: isTied, usesSoftplus: usesSoftplus, dtype: dtype,
            using: RandomGenerator(seed: 3))
    }

    /// Λ − PP* with both conjugates is HiPPO's matrix in another basis: Σ C(ΔA)ᵏB, whatever the basis.
    @Test func theMatrixIsHiPPOs() {
        let size = 16
        let (hippo, part) = (HiPPO(.legS, size: size), HiPPONormalPart(states: size))
        let lambda = Tensor.complex(real: .full([8], -0.5, dtype: .float64), imaginary: -part.frequencies)
        let (full, p) = (
            Tensor.cat([lambda, lambda.conjugate()]), Tensor.cat([part.p, part.p.conjugate()])
        )
        let b = Tensor.cat([part.b, part.b.conjugate()])
        let matrix = full.diagonalEmbed() - p.unsqueeze(1) * p.conjugate().unsqueeze(0)
        // Powers of the matrices have the same traces and moments of B.
        var (x, y) = (hippo.b, b)
        for power in 0..<4 {
            let moment = (hippo.b * x).sum().item(as: Double.self)
            let found = (b.conjugate() * y).sum().real.item(as: Double.self)
            #expect(abs(found / moment - 1) < 1e-11, "\(power): \(found), \(moment)")
            (x, y) = (x.linear(hippo.a), matrix.matmul(y.unsqueeze(-1)).squeeze(axis: -1))
        }
    }

    @Test(arguments: [1, 2, 63, 64, 512])
    func theKernelIsTheRecurrence(_ length: Int) {
        for (isTied, usesSoftplus) in [(true, false), (false, true)] {
            let kernel = Self.layer(.float64, length: length, isTied: isTied, usesSoftplus: usesSoftplus)
                .kernel
            let steps = kernel.steps()
            var (x, values): (Tensor, [Tensor]) = (steps.b.broadcast(to: [3, 8]), [])
            for _ in 0..<length {
                values.append((x * steps.c).sum(axis: -1))
                x = steps.a.matmul(x.unsqueeze(-1)).squeeze(axis: -1)
            }
            expectClose(kernel(length: length), Tensor.stack(values, axis: 1), "\(length)", relative: 1e-10)
        }
    }

    /// Blocks of frequencies that do not come out even, and a kernel in float32.
    @Test func aLongKernelInFloat32() {
        let kernel = S4Kernel(64, length: 3000, using: RandomGenerator(seed: 8))
        let wide = S4Kernel(64, length: 3000, dtype: .float64, using: RandomGenerator(seed: 9))
        for (name, parameter) in wide.namedParameters() {
            parameter.value = kernel.stateDictionary()[name]!.to(.float64)
        }
        let (found, expected) = (kernel(length: 3000).to(.float64), wide(length: 3000))
        let error = (found - expected).abs().max().item(as: Double.self)
        let scale = expected.abs().max().item(as: Double.self)
        #expect(error < 1e-6 * scale, "\(error / scale)")
    }

    @Test func aConvolutionIsARecurrence() {
        for (dtype, tolerance) in [(DType.float64, 1e-10), (.float32, 1e-4)] {
            let layer = Self.layer(dtype, length: 100)
            let x = Tensor.normal([2, 80, 3], dtype: dtype, using: RandomGenerator(seed: 4))
            let y = layer(x)
            layer.form = .recurrent
            expectClose(layer(x), y, "\(dtype)", relative: tolerance)
            var state = layer.initialState(batch: 2)
            for time in 0..<80 {
                let step = layer.step(x[0..., time], &state)
                expectClose(step, y[0..., time], "\(dtype) \(time)", relative: tolerance)
            }
            var between = layer.initialState(batch: 2)
            let parts = x.split(sizes: [30, 50], axis: 1).map { layer.advance($0, &between) }
            expectClose(Tensor.cat(parts, axis: 1), y, relative: tolerance)
        }
    }

    @Test func gradientsAreThoseOfTheRecurrence() {
        let layer = Self.layer(.float64, length: 24, isTied: false)
        let x = Tensor.normal([2, 24, 3], dtype: .float64, using: RandomGenerator(seed: 4))
        let upstream = Tensor.normal(x.shape, dtype: .float64, using: RandomGenerator(seed: 6))
        let gradients = S4DTests.forms.map { form in
            layer.form = form
            return gradient(of: layer(x), at: layer.parameters().map(\.value), upstream: upstream)
        }
        for (x, y) in zip(gradients[0], gradients[1]) { expectClose(x, y, relative: 1e-8) }
    }

    /// Another length is the same state space.
    @Test func aKernelIsPreparedForMore() {
        let layer = Self.layer(.float64, length: 20)
        let short = layer.kernel(length: 20)
        layer.kernel.prepare(length: 50)
        #expect(layer.kernel.length.value.item(as: Int64.self) == 50)
        expectClose(layer.kernel(length: 20), short, relative: 1e-10)
        // A stored C that is plain.
        let plain = Self.layer(.float64, length: 30)
        let c = plain.kernel.steps().c
        let half = [c.narrow(axis: 1, start: 0, count: 4), -c.narrow(axis: 1, start: 4, count: 4)]
        let expected = plain.kernel(length: 30)
        plain.kernel.output.value = (Tensor.stack(half, axis: -1) / 2).unsqueeze(0)
        plain.kernel.length.value = Tensor.full([], 0, dtype: .int64)
        plain.kernel.prepare(length: 30)
        expectClose(plain.kernel(length: 30), expected, relative: 1e-10)
    }

    @Test func namesAndShapesAreTheAuthors() {
        let shapes = S4(4, length: 9, states: 6).stateDictionary().mapValues(\.shape)
        #expect(
            shapes == [
                "layer.D": [1, 4], "layer.kernel.inv_dt": [4, 1], "layer.kernel.A_real": [1, 3],
                "layer.kernel.A_imag": [1, 3], "layer.kernel.B": [1, 1, 3, 2],
                "layer.kernel.C": [1, 4, 3, 2],
                "layer.kernel.P": [1, 1, 3, 2], "layer.kernel.l_kernel": [],
                "output_linear.0.weight": [8, 4],
                "output_linear.0.bias": [8],
            ])
    }

    @Test func aLongerSequenceStops() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = S4(3, length: 4, states: 4)(Tensor.ones([2, 5, 3]))
        }
        #expect(message(result).contains("5 steps, and l_kernel is 4: call prepare(length:)"))
    }
}
