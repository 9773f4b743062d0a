import Apus
import ApusModels
import ApusNN
import Testing

/// Pyramids and heads against torchvision's and the HorNet authors', with the same weights under the same
/// names.
@Suite struct PyramidTests {
    private let channels = [6, 8, 12, 16]
    private let levels = zip([6, 8, 12, 16], [13, 7, 4, 2]).enumerated().map { index, size in
        ReferenceWeights.tensor("level\(index)", [2, size.0, size.1, size.1]).to(.float32)
    }

    private func filled<M: Module>(_ model: M) throws -> M {
        try ReferenceWeights.fill(model, gain: 2)
        model.evaluate()
        return model
    }

    @Test func thePlainPyramidIsTorchvisions() throws {
        let found = try filled(FeaturePyramid(channels, outputs: 8))(levels)
        for (index, map) in found.enumerated() {
            #expect(DetectionFixture.distance(map, "fpn.\(index)") < 1e-5)
        }
    }

    @Test func horFPNIsTheAuthors() throws {
        let found = try filled(HorFPN(channels, outputs: 8))(levels)
        for (index, map) in found.enumerated() {
            #expect(DetectionFixture.distance(map, "horfpn.\(index)") < 1e-5)
        }
    }

    @Test(arguments: ["gated", "convolution"])
    func theHeadIsTheAuthors(_ fusion: String) throws {
        let head = UperHead(
            channels,
            .init(
                width: 8, classes: 3, fusion: fusion == "gated" ? .gated(.depthwise(kernel: 7)) : .convolution
            ))
        #expect(DetectionFixture.distance(try filled(head)(levels), "uper.\(fusion)") < 1e-5)
    }

    @Test(arguments: [UperHead.Configuration.Fusion.convolution, .gated(.global(size: 8))])
    func uperNetSaysOfEachPixel(_ fusion: UperHead.Configuration.Fusion) throws {
        var backbone = HorNet.Configuration(width: 8)
        backbone.depths = [1, 1, 1, 1]
        backbone.orders = [2, 2, 2, 2]
        let model = UperNet(
            .init(backbone: backbone, head: .init(width: 8, classes: 3, fusion: fusion)),
            using: RandomGenerator(seed: 1))
        let names = model.stateDictionary().keys
        #expect(names.contains("backbone.norm3.weight") && !names.contains { $0.hasPrefix("backbone.head") })
        #expect(names.contains("decode_head.fpn_bottleneck.bn.running_mean"))
        let logits = model(.uniform([2, 3, 40, 64], using: RandomGenerator(seed: 2)))
        #expect(logits.shape == [2, 3, 40, 64])
        // As a graph it computes the same.
        let graph = model.graph(input: [1, 3, 40, 64])
        model.evaluate()
        let x = Tensor.uniform([1, 3, 40, 64], using: RandomGenerator(seed: 3))
        #expect(try graph.run([x])[0].array(of: Float.self) == model(x).array(of: Float.self))
        // Every parameter takes part.
        logits.softmaxCrossEntropy(.zeros([2, 40, 64], dtype: .int64)).backward()
        #expect(model.namedParameters().allSatisfy { $0.parameter.grad != nil })
    }

    @Test func otherMapsStop() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = HorFPN([4, 8], outputs: 4)([.zeros([1, 4, 8, 8]), .zeros([1, 4, 4, 4])])
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("with [4, 8] channels"))
    }
}
