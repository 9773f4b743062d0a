import Apus
import ApusModels
import ApusNN
import Testing

/// Models know where rows of a batch are in whatever they draw: on a part that is the whole batch they give what they give without
/// one, and another shape would stop the program.
@Suite struct BatchPartModelTests {
    private static func check(_ name: String, _ x: Tensor, _ body: (Tensor) -> Tensor) {
        let whole = BatchPart(start: 0, count: x.shape[0], total: x.shape[0])
        func run(_ part: BatchPart?) -> (bytes: [UInt8], state: RandomGenerator.State) {
            let generator = RandomGenerator(seed: 5)
            let y = withRandomGenerator(generator) { withBatchPart(part) { body(x) } }
            return (y.withUnsafeBytes { Array($0) }, generator.state)
        }
        let (found, expected) = (run(whole), run(nil))
        #expect(found.state == expected.state, "\(name)")
        #expect(found.bytes == expected.bytes, "\(name)")
    }

    /// All kinds that draw, as far as they are small.
    @Test(
        .serialized,
        arguments: [
            "mnist-complex", "mnist-lstm", "mnist-pixels", "digits-efficientnet", "digits-hornet",
            "squeezenet1_1", "mobilenet_v2", "mobilenet_v3_small", "googlenet", "efficientnet_v2_s",
            "convnext_tiny", "swin_t", "densenet121", "dcgan-discriminator", "word2vec",
        ])
    func namedModels(_ name: String) throws {
        defer { Memory.clear() }
        let named = try NamedModel.named(name)
        let model = withRandomGenerator(RandomGenerator(seed: 1)) { named.make() }
        var shape = named.input
        if shape.count == 4, shape[1] == 3, (try? named.check(input: [1, 3, 64, 64])) != nil {
            shape = [1, 3, 64, 64]
        }
        shape[0] = 3
        let random = RandomGenerator(seed: 2)
        let x =
            named.dtype.isInteger
            ? Tensor.randomIntegers(shape, high: 100, using: random) : .uniform(shape, using: random)
        Self.check(name, x) { model($0) }
    }

    @Test func transformers() {
        let images = VisionTransformer(
            .init(size: 32, patch: 8, depth: 2, width: 16, heads: 2, hidden: 32, dropout: 0.3, classes: 3))
        Self.check("ViT", .uniform([3, 3, 32, 32], using: RandomGenerator(seed: 2))) { images($0) }
        let tokens = Tensor.randomIntegers([3, 20], high: 10, using: RandomGenerator(seed: 2))
        let bert = BERT(
            .init(vocabulary: 10, positions: 20, width: 16, heads: 2, hidden: 32, depth: 2, dropout: 0.3))
        Self.check("BERT", tokens) { bert($0) }
        let language = LanguageModel(
            .init(vocabulary: 10, channels: 64, layers: 2, mixer: .attention, heads: 2, dropout: 0.3))
        Self.check("LanguageModel", tokens) { language($0) }
    }
}
