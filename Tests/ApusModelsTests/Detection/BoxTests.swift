import Apus
import Testing

@testable import ApusModels

@Suite struct BoxTests {
    private let a = DetectionFixture.tensor("a")
    private let b = DetectionFixture.tensor("b")

    @Test func overlapsAreThoseOfTorchvision() {
        let all = a.unsqueeze(1).boxIoU(b.unsqueeze(0))
        #expect(DetectionFixture.distance(all, "iou") < 1e-7)
        #expect(DetectionFixture.distance(a.completeBoxIoU(b), "ciou") < 1e-6)
    }

    @Test func gradientsAreThoseOfTorchvision() {
        let boxes = a.requiringGradient()
        let gradient = gradient(of: boxes.completeBoxIoU(b).sum(), at: [boxes])[0]
        // Where edges coincide the gradient is a matter of choice.
        #expect(DetectionFixture.distance(gradient[..<14], "ciou.gradient") < 1e-5)
    }

    @Test func gradientsAreDifferences() throws {
        let (a, b) = (a[..<14], b[..<14])
        try checkGradients(at: [a, b]) { $0[0].boxIoU($0[1]) }
        // The complete IoU holds α fixed: its parts are what can be compared with differences.
        try checkGradients(at: [a, b]) { centerDistance(BoxEdges($0[0]), BoxEdges($0[1])) }
        try checkGradients(at: [a, b]) { diagonalAngles(BoxEdges($0[0]), BoxEdges($0[1])) }
        try checkGradients(at: [a]) { $0[0].boxEdges }
    }

    @Test func boxesOfHand() {
        let boxes = Tensor([0, 0, 2, 2, 1, 1, 3, 3, 5, 5, 6, 6], shape: [3, 4], dtype: .float64)
        let overlaps = boxes[0].boxIoU(boxes).array(of: Double.self)
        #expect(zip(overlaps, [1, 1.0 / 7, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
        // Far apart: the distance of the centers, squared 4.5² + 4.5², over the diagonal's, 6² + 6².
        let complete = boxes[0].completeBoxIoU(boxes[2]).item(as: Double.self)
        #expect(abs(complete + 40.5 / 72) < 1e-6)
        let edges = Tensor([5, 6, 2, 4], dtype: .float64).boxEdges.array(of: Double.self)
        #expect(edges == [4, 4, 6, 8])
    }

    @Test func emptyBoxesHaveNumbers() {
        let boxes = Tensor([1, 1, 1, 1, 0, 0, 0, 5, 2, 2, 3, 3], shape: [3, 4], dtype: .float32)
            .requiringGradient()
        let found = boxes.completeBoxIoU(Tensor([1, 1, 1, 1], dtype: .float32))
        #expect(found.isFinite().all().item(as: Bool.self))
        #expect(gradient(of: found.sum(), at: [boxes])[0].isFinite().all().item(as: Bool.self))
        #expect(Tensor.zeros([0, 4]).boxIoU(.zeros([0, 4])).shape == [0])
    }

    @Test func otherShapesStop() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([2, 5]).boxIoU(.zeros([2, 4]))
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("boxIoU: boxes of shapes [2, 5] and [2, 4]"))
    }
}
