import Apus
import Testing

/// Two tensors along a new last axis are joined element by element, in a loop of its own.
struct InterleaveTests {
    @Test(arguments: DType.allCases)
    func joinsElementsInTurn(_ dtype: DType) {
        for count in [0, 1, 7, 64, 20_000] {
            let numbers = (0..<count).map { Float($0 % 2) }
            let a = Tensor(numbers, shape: [count]).to(dtype)
            let b = Tensor.ones([count]).to(dtype)
            let expected = numbers.flatMap { [$0, Float(1)] }
            let joined = Tensor.stack([a, b], axis: -1)
            #expect(joined.shape == [count, 2])
            #expect(joined.to(.float32).array(of: Float.self) == expected)
            #expect(joined.dtype == dtype)
        }
    }

    @Test func readsOperandsInAnyOrderOfMemory() {
        let x = Tensor.uniform([6, 5, 4], using: RandomGenerator(seed: 1))
        let (a, b) = (x.permute(2, 0, 1), x.flip(axes: [0]).permute(2, 0, 1))
        let joined = Tensor.stack([a, b], axis: -1)
        #expect(joined[.ellipsis, 0].array(of: Float.self) == a.array(of: Float.self))
        #expect(joined[.ellipsis, 1].array(of: Float.self) == b.array(of: Float.self))
    }

    @Test func itsGradientTakesThemApart() {
        let x = Tensor.uniform([3, 5], dtype: .float64, using: RandomGenerator(seed: 1)).requiringGradient()
        let weight = Tensor.uniform([3, 5, 2], dtype: .float64, using: RandomGenerator(seed: 2))
        (Tensor.stack([x, x * x], axis: -1) * weight).sum().backward()
        let expected = weight[.ellipsis, 0] + 2 * x.detach() * weight[.ellipsis, 1]
        #expect(x.grad!.allClose(expected, relative: 1e-12))
    }
}
