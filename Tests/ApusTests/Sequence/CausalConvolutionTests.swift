import Apus
import Testing
import _ApusTestSupport

/// Convolutions by Fourier transforms against sums of delayed inputs.
@Suite struct CausalConvolutionTests {
    private static func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
        Tensor.normal(shape, using: RandomGenerator(seed: seed)).to(.float64)
    }

    private static func direct(_ x: Tensor, _ kernel: Tensor) -> Tensor {
        let (steps, length) = (x.shape[x.rank - 1], kernel.shape[1])
        var sum = Tensor.zeros(like: x)
        for delay in 0..<min(steps, length) {
            let none = Tensor.zeros(x.shape.dropLast() + [delay], dtype: x.dtype)
            let delayed = Tensor.cat([none, x.narrow(axis: -1, start: 0, count: steps - delay)], axis: -1)
            sum = sum + delayed * kernel.narrow(axis: 1, start: delay, count: 1)
        }
        return sum
    }

    private static func results(_ t: [Tensor], _ body: (Tensor, Tensor) -> Tensor) -> [Tensor] {
        let leaves = t.map { $0.detach().requiringGradient() }
        let y = body(leaves[0], leaves[1])
        (y * y).sum().backward()
        return [y.detach()] + leaves.map { $0.grad! }
    }

    /// One step, quick lengths and others, kernels that are shorter and longer than the sequence.
    @Test(arguments: [
        ([1, 1, 1], 1), ([2, 3, 17], 17), ([4, 2, 64], 64), ([3, 100], 7), ([2, 2, 2, 31], 50),
        ([1, 1, 257], 257),
    ])
    func theyEqualSumsOfDelayedInputs(_ shape: Shape, _ length: Int) {
        let t = [Self.random(shape, 1), Self.random([shape[shape.count - 2], length], 2)]
        let wanted = Self.results(t, Self.direct)
        for (dtype, error) in [(DType.float64, 1e-13), (.float32, 2e-6)] {
            let found = Self.results(t.map { $0.to(dtype) }) { $0.causalConvolution(kernel: $1) }
            for (found, wanted) in zip(found, wanted) {
                let largest = wanted.abs().max().item(as: Double.self)
                #expect((found.to(.float64) - wanted).abs().max().item(as: Double.self) <= error * largest)
            }
        }
    }

    /// What comes later changes what is before by no more than rounding.
    @Test func whatComesLaterChangesNothingBefore() {
        let (x, kernel) = (Self.random([2, 3, 50], 1), Self.random([3, 50], 2))
        let later = Tensor.cat(
            [x.narrow(axis: 2, start: 0, count: 30), x.narrow(axis: 2, start: 30, count: 20) * 9], axis: 2)
        let rows = [x, later].map {
            $0.causalConvolution(kernel: kernel).narrow(axis: 2, start: 0, count: 30)
        }
        #expect((rows[0] - rows[1]).abs().max().item(as: Double.self) <= 1e-12)
    }

    @Test func threadsChangeNothing() {
        let t = [Self.random([5, 7, 300], 1), Self.random([7, 300], 2)].map { $0.to(.float32) }
        let all = [1, 2, 3].map { threads in
            withThreads(threads) {
                Self.results(t) { $0.causalConvolution(kernel: $1) }.map { $0.array(of: Float.self) }
            }
        }
        #expect(all[0] == all[1] && all[0] == all[2])
    }

    @Test func nothingGivesNothing() {
        for (shape, length) in [([2, 3, 0], 4), ([0, 3, 5], 5), ([2, 3, 4], 0)] as [(Shape, Int)] {
            let t = [Self.random(shape, 1), Self.random([3, length], 2)]
            for (found, wanted) in zip(
                Self.results(t) { $0.causalConvolution(kernel: $1) }, [t[0], t[0], t[1]])
            {
                #expect(found.shape == wanted.shape)
                #expect(found.array(of: Double.self).allSatisfy { $0 == 0 })
            }
        }
    }

    @Test func silenceIsAsSmallAsRounding() {
        let kernel = (Tensor.arange(2000, dtype: .float32) * -0.5).exp().reshape([1, 2000])
        let x = Tensor.cat([Tensor.ones([1, 1]), .zeros([1, 1999])], axis: 1)
        let y = x.causalConvolution(kernel: kernel).array(of: Float.self)
        #expect(y.allSatisfy { $0 == 0 || $0.isNormal } && y.suffix(1900).allSatisfy { abs($0) < 1e-6 })
    }
}
