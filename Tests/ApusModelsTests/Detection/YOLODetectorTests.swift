import Apus
import ApusNN
import Testing

@testable import ApusModels

@Suite struct YOLODetectorTests {
    private static var backbone: HorNet.Configuration {
        var small = HorNet.Configuration(width: 8)
        small.depths = [1, 1, 1, 1]
        return small
    }

    /// YOLOv5's own, and gⁿConv in each of its three places.
    static let configurations: [YOLODetector.Configuration] = [
        .init(classes: 3, backbone: .csp(width: 8, depths: [1, 1, 1, 1])),
        .init(
            classes: 3, backbone: .csp(width: 8, depths: [1, 1, 1, 1]), neck: .c3HorBlock(depth: 1, order: 3)),
        .init(classes: 3, backbone: .csp(width: 8, depths: [0, 0, 0, 0]), hasGatedOutputs: true),
        .init(classes: 3, backbone: .horNet(backbone)),
    ]

    @Test(arguments: [(YOLODetector.Configuration.nano, 1_872_157), (.small, 7_235_389)])
    func parametersAreAsPublished(_ configuration: YOLODetector.Configuration, count: Int) {
        let model = YOLODetector(configuration)
        #expect(model.parameterCount == count)
        let names = model.stateDictionary().keys
        #expect(names.contains("model.0.conv.weight") && names.contains("model.24.m.2.bias"))
        #expect(names.contains("model.13.m.0.cv2.bn.running_var") && names.contains("model.9.cv2.bn.bias"))
    }

    @Test(arguments: configurations.indices)
    func everyPartLearns(_ index: Int) {
        let model = YOLODetector(Self.configurations[index], using: RandomGenerator(seed: 1))
        let x = Tensor.uniform([2, 3, 64, 96], using: RandomGenerator(seed: 2))
        let levels = model.levels(x)
        #expect(levels.map(\.shape) == [[2, 8, 12, 3, 8], [2, 4, 6, 3, 8], [2, 2, 3, 3, 8]])
        let objects = Tensor([[0, 1, 10, 12, 30, 40], [1, 2, 20, 5, 80, 60]] as [[Double]]).to(.float32)
        let loss = YOLOLoss()(levels, objects: objects, model.configuration)
        loss.total.backward()
        let idle = model.namedParameters().filter {
            $0.parameter.grad.map { !($0.abs().max().item(as: Double.self) > 0) } ?? true
        }
        #expect(idle.isEmpty, "\(idle.map(\.name))")
        model.evaluate()
        let found = withoutGradient { model(x) }
        #expect(found.shape == [2, 3 * (96 + 24 + 6), 8])
        let (low, high) = (found[.ellipsis, 0..<2], found[.ellipsis, 2..<4])
        #expect((high .> low).all().item(as: Bool.self))
    }

    /// With logits of 0 the box is the anchor, around the middle of its cell.
    @Test func boxesAreDecoded() {
        let logits = Tensor([0, 0, 0, 0, 1e9, -1e9, 1e9, 0] as [Float], shape: [2, 4])
        let cells = Tensor([3, 1, 3, 1] as [Float], shape: [2, 2])
        let anchors = Tensor([10, 20, 10, 20] as [Float], shape: [2, 2])
        let found = YOLODetector.decoded(logits, cells: cells, anchors: anchors, stride: 8)
        // x from half a cell before to one and a half behind, the width up to four times the anchor's.
        #expect(found.array(of: Float.self) == [23, 2, 33, 22, 16, -6, 56, 14])
    }

    @Test func forwardIsTheDecodedLevels() {
        let model = YOLODetector(Self.configurations[0], using: RandomGenerator(seed: 1))
        model.evaluate()
        let x = Tensor.uniform([1, 3, 32, 64], using: RandomGenerator(seed: 2))
        withoutGradient {
            let (levels, found) = (model.levels(x), model(x))
            // Row 2, column 5, anchor 1 of the first map.
            let place = (2 * 8 + 5) * 3 + 1
            let box = YOLODetector.decoded(
                levels[0][0, 2, 5, 1, 0..<4], cells: Tensor([5, 2] as [Float]),
                anchors: Tensor([16, 30] as [Float]), stride: 8)
            #expect(found[0, place, 0..<4].array(of: Float.self) == box.array(of: Float.self))
            let rest = levels[0][0, 2, 5, 1, 4...].sigmoid()
            #expect(found[0, place, 4...].array(of: Float.self) == rest.array(of: Float.self))
        }
    }

    @Test(arguments: configurations.indices)
    func itRunsAsAGraphAndFrozen(_ index: Int) throws {
        let model = YOLODetector(Self.configurations[index], using: RandomGenerator(seed: 1))
        let graph = model.graph(input: [1, 3, 64, 32])
        let frozen = model.frozen(input: [1, 3, 64, 32])
        model.evaluate()
        let x = Tensor.uniform([1, 3, 64, 32], using: RandomGenerator(seed: 2))
        let expected = withoutGradient { model(x) }
        #expect(try graph.run([x])[0].array(of: Float.self) == expected.array(of: Float.self))
        #expect((try frozen(x) - expected).abs().max().item(as: Double.self) < 1e-2)
    }

    @Test func detectionsAreSureAndApart() {
        let model = YOLODetector(Self.configurations[0], using: RandomGenerator(seed: 1))
        model.evaluate()
        let x = Tensor.uniform([2, 3, 64, 64], using: RandomGenerator(seed: 2))
        let found = model.detections(x, confidence: 0.001, overlap: 0.5, limit: 20)
        #expect(!found.isEmpty && found.allSatisfy { $0.score >= 0.001 && (0..<3).contains($0.label) })
        #expect((0..<2).allSatisfy { image in found.count { $0.image == image } <= 20 })
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
        for (index, one) in found.enumerated() {
            for other in found[..<index] where other.image == one.image && other.label == one.label {
                #expect(one.box.iou(other.box) <= 0.5)
            }
        }
        #expect(model.detections(x, confidence: 1).isEmpty)
    }

    @Test func otherSizesStop() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = YOLODetector(.init(classes: 1, backbone: .csp(width: 8, depths: [0, 0, 0, 0])))(
                .zeros([1, 3, 40, 64]))
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("with multiples of 32 is wanted"))
    }
}
