import Testing
import _ApusTestSupport

@testable import Apus

/// Matrix products and affine maps beyond the samples of the list.
@Suite struct MatrixProductTests {
    static func random(_ shape: Shape, _ seed: UInt64, _ dtype: DType = .float64) -> Tensor {
        .normal(shape, dtype: dtype, using: RandomGenerator(seed: seed))
    }

    /// Each product by itself.
    static func expected(_ a: Tensor, _ b: Tensor, _ lead: Shape) -> Tensor {
        let a = a.broadcast(to: lead + a.shape.suffix(2)).reshape([-1] + a.shape.suffix(2))
        let b = b.broadcast(to: lead + b.shape.suffix(2)).reshape([-1] + b.shape.suffix(2))
        let products = (0..<a.shape[0]).map { a[$0].matmul(b[$0]) }
        return Tensor.stack(products).reshape(lead + products[0].shape)
    }

    @Test(arguments: [
        ([2, 3], [2, 3]), ([2, 1], [1, 3]), ([1, 3], [2, 3]), ([3], [2, 3]), ([2, 1, 3], [4, 1]),
        ([2, 3, 4], [2, 1, 4]),
    ])
    func leadingAxesBroadcast(_ leads: (Shape, Shape)) {
        let a = MatrixProductTests.random(leads.0 + [3, 4], 1)
        let b = MatrixProductTests.random(leads.1 + [4, 2], 2)
        let lead = Shape.broadcast(leads.0, leads.1)!
        let expected = MatrixProductTests.expected(a, b, lead)
        #expect(difference(a.matmul(b), expected, relative: 1e-12, absolute: 1e-12) == nil)
        // Batch axes in other orders, matrices transposed in memory.
        let axes = Array((0..<a.rank - 2).reversed()) + [a.rank - 1, a.rank - 2]
        let other = a.permute(axes).contiguous().permute(axes)
        #expect(difference(other.matmul(b), expected, relative: 1e-12, absolute: 1e-12) == nil)
    }

    @Test func typesArePromoted() {
        let product = Tensor([[1, 2]]).matmul(Tensor([[0.5], [1.5]]))
        #expect(product.dtype == .float32 && product.item(as: Float.self) == 3.5)
    }

    @Test(arguments: [DType.float32, .float64, .bfloat16])
    func fusedReLUEqualsReLUOfTheMap(_ dtype: DType) {
        func leaves() -> [Tensor] {
            [[6, 5], [4, 5], [4]].enumerated().map {
                MatrixProductTests.random($1, UInt64($0), dtype).requiringGradient()
            }
        }
        let (a, b) = (leaves(), leaves())
        let fused = a[0].linear(a[1], bias: a[2], activation: .relu)
        let composed = b[0].linear(b[1], bias: b[2]).relu()
        #expect(fused.array(of: Float.self) == composed.array(of: Float.self))
        #expect(fused.array(of: Float.self).contains(0) && fused.sum().item(as: Float.self) > 0)
        (fused * fused).sum().backward()
        (composed * composed).sum().backward()
        for (x, y) in zip(a, b) {
            #expect(x.grad!.array(of: Float.self) == y.grad!.array(of: Float.self))
        }
    }

    @Test func theFusedReLUIsDifferentiableAgain() throws {
        let inputs = [[6, 5], [4, 5], [4]].enumerated().map {
            MatrixProductTests.random($1, UInt64($0) + 7).requiringGradient()
        }
        try checkGradients(at: inputs, tolerance: 1e-4) { inputs in
            withGradient {
                let inputs = inputs.map { $0.requiresGradient ? $0 : $0.requiringGradient() }
                let y = inputs[0].linear(inputs[1], bias: inputs[2], activation: .relu)
                let gradients = gradient(of: (y * y).sum(), at: inputs, createGraph: true)
                return gradients.reduce(Tensor(0.0, dtype: .float64)) { $0 + ($1 * $1).sum() }
            }
        }
    }
}
