import Apus
import ApusNN
import Testing

/// What samples against PyTorch cannot show of embeddings, and the other layers of this kind.
@Suite struct EmbeddingTests {
    @Test func paddingStartsAtZeroAndStays() {
        let layer = Embedding(4, 3, paddingIndex: -1)
        #expect(layer.paddingIndex == 3)
        #expect(layer.weight.value[3].array(of: Float.self) == [0, 0, 0])
        layer(Tensor([3, 1, 3], shape: [3])).sum().backward()
        let gradient = layer.weight.grad!.array(of: Float.self)
        #expect(gradient == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    }

    @Test func idsOfAllIntegerTypesAndShapes() {
        let layer = Embedding(300, 2)
        let ids = Tensor([1, 2, 250, 0], shape: [2, 2])
        for dtype in [DType.int64, .int32, .uint8] {
            let found = layer(ids.to(dtype))
            #expect(found.shape == [2, 2, 2])
            #expect(found[1, 0].array(of: Float.self) == layer.weight.value[250].array(of: Float.self))
        }
        #expect(layer(Tensor(7)).shape == [2] && layer(.zeros([0, 3], dtype: .int64)).shape == [0, 3, 2])
    }

    @Test func largeNormsAreScaledDownInPlace() {
        let layer = Embedding(pretrained: Tensor([[3.0, 4], [0.3, 0.4], [30, 40]]), maxNorm: 1)
        #expect(!layer.weight.isTrainable)
        let found = layer(Tensor([0, 1, 0], shape: [3]))
        expectClose(found, Tensor([[0.6, 0.8], [0.3, 0.4], [0.6, 0.8]]), relative: 1e-6)
        expectClose(layer.weight.value, Tensor([[0.6, 0.8], [0.3, 0.4], [30, 40]]), relative: 1e-6)
    }

    /// The same bits on one thread and on two, though rows repeat.
    @Test func gradientsDoNotDependOnThreads() {
        let ids = Tensor.randomIntegers([5000], low: 0, high: 7, using: RandomGenerator(seed: 1))
        let upstream = Tensor.normal([5000, 200], using: RandomGenerator(seed: 2))
        let before = Apus.threads
        defer { Apus.threads = before }
        let found = [1, 2].map { threads in
            Apus.threads = threads
            let table = Tensor.zeros([7, 200]).requiringGradient()
            return gradient(of: ids.embedding(table), at: table, upstream: upstream).array(of: Float.self)
        }
        #expect(found[0] == found[1])
    }

    @Test func bagsOfEachMode() {
        let table = Tensor([[1.0, -1], [2, 0], [3, -5]], dtype: .float64)
        let ids = Tensor([0, 2, 1, 1], shape: [4])
        func bags(_ mode: EmbeddingBagMode, padding: Int? = nil) -> [Double] {
            ids.embeddingBag(
                table, offsets: Tensor([0, 2, 2], shape: [3]), mode: mode, paddingIndex: padding
            ).array(of: Double.self)
        }
        #expect(bags(.sum) == [4, -6, 0, 0, 4, 0])
        #expect(bags(.mean) == [2, -3, 0, 0, 2, 0])
        #expect(bags(.max) == [3, -1, 0, 0, 2, 0])
        #expect(bags(.max, padding: 0) == [3, -5, 0, 0, 2, 0])
        #expect(bags(.mean, padding: 0) == [3, -5, 0, 0, 2, 0])
        let layer = EmbeddingBag(3, 2, mode: .sum)
        #expect(layer(ids, offsets: Tensor([0, 1], shape: [2])).shape == [2, 2])
    }

    @Test func idsOutsideAreNamed() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Embedding(5, 2)(Tensor([[0, 4], [-1, 2]]))
        }
        #expect(message(result).contains("embedding in Embedding: id -1 at position 2: there are 5 rows"))
        await #expect(processExitsWith: .failure) { _ = Embedding(5, 2)(Tensor([5], shape: [1])) }
        await #expect(processExitsWith: .failure) { _ = Embedding(5, 2, paddingIndex: 5) }
        await #expect(processExitsWith: .failure) {
            _ = Tensor([0, 1], shape: [2]).embeddingBag(.zeros([3, 2]), offsets: Tensor([1], shape: [1]))
        }
    }

    @Test func bilinearLayersAreTheFormula() {
        let layer = Bilinear(3, 4, 2, dtype: .float64)
        let (x, y) = (Tensor.normal([5, 3], dtype: .float64), Tensor.normal([5, 4], dtype: .float64))
        let expected = einsum("bi,oij,bj->bo", x, layer.weight.value, y) + layer.bias!.value
        expectClose(layer(x, y).detach(), expected.detach())
        let largest = layer.weight.value.abs().max().item(as: Double.self)
        #expect(largest <= 1 / 3.0.squareRoot())
    }
}
