import ApusModels
import ApusNN
import Testing

@testable import ApusModels

/// The parts of networks in the order of their depth.
@Suite struct DepthTests {
    private static let models: [(name: String, make: @Sendable () -> any Layer, size: Int, layers: Int)] = [
        ("resnet18", { ResNet(.resNet18) }, 32, 10),
        ("mobilenet_v3_small", { MobileNetV3(.small) }, 32, 15),
        ("efficientnet_b0", { EfficientNet(.b0) }, 32, 19),
        ("densenet", { DenseNet(.init(depths: [2, 3], growth: 4, classes: 2)) }, 32, 8),
        ("hornet", { HorNet(.digits) }, 28, 7),
        (
            "vit",
            {
                VisionTransformer(.init(size: 32, patch: 8, depth: 3, width: 16, heads: 2, hidden: 32))
            }, 32, 5
        ),
        ("googlenet", { GoogLeNet(.googLeNet) }, 64, 13),
    ]

    @Test(arguments: models.map(\.name))
    func everyParameterIsInOneLayer(_ name: String) throws {
        let (_, make, size, count) = try #require(Self.models.first { $0.name == name })
        let model = make()
        let channels = name == "hornet" ? 1 : 3
        let layers = model.parametersByDepth(input: [1, channels, size, size])
        #expect(layers.count == count)
        #expect(layers.flatMap { $0.map(\.name) }.sorted() == model.namedParameters().map(\.name).sorted())
        let head = model.namedParameters().last!.name
        #expect(layers.last!.contains { $0.name == head }, "\(head)")
    }

    /// HorNet has the layers between its stages in an array of their own.
    @Test func theOrderIsThatOfTheComputation() {
        let layers = HorNet(.digits).parametersByDepth(input: [1, 1, 28, 28])
        let beginnings = layers.map {
            $0.first { $0.name.hasSuffix("weight") && $0.parameter.shape.count > 1 }!.name
        }
        #expect(
            beginnings.map { $0.split(separator: ".").prefix(2).joined(separator: ".") } == [
                "downsample_layers.0", "stages.0", "stages.0", "downsample_layers.1", "stages.1", "stages.1",
                "head.weight",
            ])
    }
}
