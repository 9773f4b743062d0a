import Apus
import ApusNN
import ApusOptim
import Testing

@testable import ApusModels

@Suite struct YOLOLossTests {
    private static let configuration = YOLODetector.Configuration(
        classes: 2, backbone: .csp(width: 8, depths: [0, 0, 0, 0]),
        anchors: [
            [[8, 8], [16, 16], [12, 24]], [[24, 24], [32, 32], [48, 24]], [[48, 48], [64, 64], [32, 64]],
        ])

    private static func object(_ left: Float, _ top: Float, _ right: Float, _ bottom: Float) -> Detection {
        Detection(image: 1, label: 1, box: Box(left: left, top: top, right: right, bottom: bottom))
    }

    private static func matches(_ object: Detection, _ anchors: [[Double]] = [[8, 8]]) -> AnchorMatches {
        AnchorMatches([object], shape: [2, 4, 6, 3, 7], anchors: anchors, stride: 8)
    }

    /// A center at (2.25, 1.75) cells: its cell, the one to the left and the one below.
    @Test func theNearestCellsMatch() {
        let found = Self.matches(Self.object(14, 10, 22, 18))
        #expect(found.cells == [2, 1, 1, 1, 2, 2])
        #expect(found.positions == [(4 + 1) * 6 + 2, (4 + 1) * 6 + 1, (4 + 2) * 6 + 2].map { $0 * 3 })
        #expect(found.labels == [1, 1, 1] && Array(found.boxes[..<4]) == [14, 10, 22, 18])
        // In a corner there are no others.
        #expect(Self.matches(Self.object(0, 0, 6, 6)).cells == [0, 0])
    }

    @Test func anchorsOfLikeSizeMatch() {
        let object = Self.object(2, 2, 34, 10)
        // 32×8: four times as wide as the first, less than four times the others, too flat for the last.
        let found = Self.matches(object, [[8, 8], [9, 9], [32, 33]])
        #expect(found.anchors == [9, 9, 9, 9, 9, 9])
        #expect(found.positions.allSatisfy { $0 % 3 == 1 })
    }

    @Test func whatIsNowhereIsLeftOut() {
        for object in [
            Self.object(-20, 0, -10, 8), Self.object(0, 40, 8, 48), Self.object(4, 4, 4, 10),
            Self.object(10, 4, 4, 10),
        ] {
            #expect(Self.matches(object).positions.isEmpty)
        }
    }

    private static func levels(_ batch: Int = 1) -> [Tensor] {
        [8, 4, 2].enumerated().map { index, side in
            Tensor.normal([batch, side, side, 3, 7], std: 0.5, using: RandomGenerator(seed: UInt64(index)))
        }
    }

    @Test func withoutObjectsOnlyObjectnessCounts() {
        let parts = YOLOLoss()(Self.levels(), objects: .zeros([0, 6]), Self.configuration)
        #expect(parts.boxes.item(as: Double.self) == 0 && parts.classes.item(as: Double.self) == 0)
        let expected = zip(Self.levels(), [4, 1, 0.4]).reduce(0.0) { sum, next in
            let logits = next.0[.ellipsis, 4]
            return sum + next.1 * (1 + logits.exp()).log().mean().item(as: Double.self)
        }
        #expect(abs(parts.objectness.item(as: Double.self) - expected) < 1e-5)
        #expect(parts.total.item(as: Double.self) == parts.objectness.item(as: Double.self))
    }

    /// A cell that says the truth has no loss.
    @Test func theTruthHasNoLoss() {
        // 16×16 around the middle of cell (2, 3) of the first map, just as its second anchor with logits of
        // 0.
        let objects = Tensor([0, 1, 12, 20, 28, 36] as [Float], shape: [1, 6])
        var levels = Self.levels().map { Tensor.zeros(like: $0) }
        for index in 0..<3 {
            levels[index][.ellipsis, 4] = Tensor(-20 as Float)
            levels[index][.ellipsis, 5] = Tensor(-20 as Float)
            levels[index][.ellipsis, 6] = Tensor(20 as Float)
        }
        let alone = YOLOLoss()(levels, objects: objects, Self.configuration)
        #expect(alone.classes.item(as: Double.self) < 1e-6)
        let before = alone.objectness.item(as: Double.self)
        levels[0][0, 3, 2, 1, 4] = Tensor(20 as Float)
        let sure = YOLOLoss()(levels, objects: objects, Self.configuration)
        // One of 192 cells said no to what it should say yes to, with a logit of 20.
        #expect(abs(before - sure.objectness.item(as: Double.self) - 4 * 20 / 192) < 1e-3)
        #expect(sure.boxes.item(as: Double.self) == alone.boxes.item(as: Double.self))
    }

    @Test func objectsOfNoClassStop() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = YOLOLoss()(
                YOLOLossTests.levels(), objects: Tensor([0, 2, 1, 1, 9, 9] as [Float], shape: [1, 6]),
                YOLOLossTests.configuration)
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("an object of class 2 in picture 0: there are 2 classes and 1 pictures"))
    }

    /// A few steps on one picture, and it finds in it what is there.
    @Test func aDetectorLearnsAPicture() {
        let model = YOLODetector(Self.configuration, using: RandomGenerator(seed: 3))
        var picture = Tensor.full([1, 3, 64, 64], 0.2)
        picture[0, 0, 10..<30, 20..<36] = Tensor(1 as Float)
        picture[0, 2, 30..<58, 30..<58] = Tensor(1 as Float)
        let objects = Tensor(
            [0, 0, 20, 10, 36, 30, 0, 1, 30, 30, 58, 58] as [Float], shape: [2, 6])
        let optimizer = AdamW(model.parameters(), learningRate: 5e-3)
        for _ in 0..<80 {
            optimizer.zeroGradients()
            let loss = YOLOLoss(.init(boxes: 1, objectness: 1, classes: 1))
            loss(model.levels(picture), objects: objects, Self.configuration).total.backward()
            optimizer.step()
        }
        // A cell that both objects claim says each class with a half, however long it learns.
        let found = model.detections(picture, confidence: 0.6)
        #expect(found.count == 2 && Set(found.map(\.label)) == [0, 1], "\(found)")
        for (one, there) in zip(found.sorted { $0.label < $1.label }, Detection.list(objects)) {
            #expect(one.box.iou(there.box) > 0.7)
        }
    }
}
