import Apus
import ApusModels
import Testing

@Suite struct DetectionTests {
    private func found(_ label: Int, _ x: Float, _ score: Float, image: Int = 0) -> Detection {
        Detection(
            image: image, label: label, box: Box(left: x, top: 0, right: x + 10, bottom: 10), score: score)
    }

    @Test func suppressionIsTorchvisions() {
        let boxes = DetectionFixture.tensor("many").array(of: Float.self)
        let scores = DetectionFixture.tensor("scores").array(of: Float.self)
        let labels = DetectionFixture.tensor("labels").array(of: Int.self)
        let all = scores.indices.map { i in
            Detection(
                image: 0, label: labels[i],
                box: Box(
                    left: boxes[4 * i], top: boxes[4 * i + 1], right: boxes[4 * i + 2],
                    bottom: boxes[4 * i + 3]), score: scores[i])
        }
        let kept = DetectionFixture.tensor("kept").array(of: Int.self)
        #expect(kept.count > 20 && kept.count < 150)
        #expect(all.suppressed(overlap: 0.4) == kept.map { all[$0] })
        #expect(all.suppressed(overlap: 0.4, limit: 7) == kept.prefix(7).map { all[$0] })
    }

    @Test func othersAreNotSuppressed() {
        let all = [found(0, 0, 0.5), found(0, 1, 0.9), found(1, 0, 0.4), found(0, 0, 0.8, image: 1)]
        #expect(all.suppressed() == [all[1], all[3], all[2]])
        // Equal scores: the first stays.
        #expect([found(0, 1, 0.5), found(0, 0, 0.5)].suppressed() == [found(0, 1, 0.5)])
        #expect([Detection]().suppressed().isEmpty)
    }

    @Test func rowsThereAndBack() {
        let all = [found(3, 2, 0.25, image: 5), found(0, 1, 1)]
        #expect(Detection.list(all.rows) == all)
        #expect(Detection.list(all.rows[1..., 0..<6]) == [all[1]])
        #expect([Detection]().rows.shape == [0, 7] && Detection.list(.zeros([0, 6])).isEmpty)
    }

    @Test func overlapsOfBoxes() {
        let box = Box(left: 0, top: 0, right: 4, bottom: 2)
        #expect(box.iou(Box(left: 2, top: 0, right: 4, bottom: 2)) == 0.5)
        #expect(box.iou(Box(left: 4, top: 0, right: 5, bottom: 2)) == 0)
        let turned = Box(left: 3, top: 3, right: 1, bottom: 1)
        #expect(turned.area == 0 && turned.iou(turned) == 0)
    }
}
