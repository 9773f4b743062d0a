import Apus
import ApusFormats
import ApusNN
import Foundation
import Testing

@testable import ApusModels

/// The three networks, and the faces that they find together.
@Suite struct MTCNNTests {
    private static let expected: [String: Tensor] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fixtures/models.safetensors").path
        return try! Safetensors.load(file)
    }()

    private static func check(_ found: Tensor, _ name: String) throws {
        let wanted = try #require(expected[name])
        #expect(found.shape == wanted.shape)
        // The largest are 17: six roundings of those are more than 1e-5.
        let tolerance = max(1e-5, 1e-6 * wanted.abs().max().item(as: Double.self))
        #expect((found - wanted).abs().max().item(as: Double.self) < tolerance, "\(name)")
    }

    /// Facenet_pytorch's networks, with the weights of a formula.
    @Test func theNetworksAreThoseOfThePackage() throws {
        func input(_ shape: Shape) -> Tensor { ReferenceWeights.tensor("input", shape).to(.float32) }
        let model = MTCNN()
        for network in [model.pnet, model.rnet, model.onet] { try ReferenceWeights.fill(network, gain: 2) }
        #expect([model.pnet, model.rnet, model.onet].map(\.parameterCount) == [6632, 100_178, 389_040])
        let first = model.pnet(input([2, 3, 29, 40]))
        try Self.check(first.edges, "mtcnn_pnet.output0")
        try Self.check(first.probabilities, "mtcnn_pnet.output1")
        let second = model.rnet(input([2, 3, 24, 24]))
        try Self.check(second.edges, "mtcnn_rnet.output0")
        try Self.check(second.probabilities, "mtcnn_rnet.output1")
        let third = model.onet(input([2, 3, 48, 48]))
        try Self.check(third.edges, "mtcnn_onet.output0")
        try Self.check(third.points, "mtcnn_onet.output1")
        try Self.check(third.probabilities, "mtcnn_onet.output2")
    }

    @Test func aPictureThatIsTooSmallHasNoFaces() {
        let pixels = [UInt8](repeating: 90, count: 3 * 15 * 19)
        let picture = Image(width: 19, height: 15, format: .rgb, pixels: pixels)
        #expect(MTCNN().faces(in: picture) == [])
        // The first network is sure of every window, the second of none.
        let model = MTCNN()
        for (network, name) in [(model.pnet, "conv4_1.bias"), (model.rnet, "dense5_1.bias")]
            as [(Module, String)]
        {
            let sign: Float = name == "conv4_1.bias" ? 1 : -1
            try! network.load([name: Tensor([-50 * sign, 50 * sign])], strict: false)
        }
        let larger = Image(
            width: 41, height: 33, format: .gray, pixels: [UInt8](repeating: 9, count: 41 * 33))
        #expect(model.faces(in: larger) == [])
    }

    @Test func ofBoxesAroundTheSameThingTheBestStays() {
        func box(_ left: Float, _ right: Float) -> Box { Box(left: left, top: 0, right: right, bottom: 10) }
        let boxes = [box(0, 10), box(1, 11), box(6, 16), box(40, 50), box(41, 42)]
        let scores: [Float] = [0.5, 0.9, 0.6, 0.2, 0.2]
        // 9/11 is shared by the first two, 5/15 by the second and the third.
        #expect(nonMaximumSuppression(boxes, scores: scores, threshold: 0.4) == [1, 2, 3, 4])
        #expect(nonMaximumSuppression(boxes, scores: scores, threshold: 0.3) == [1, 3, 4])
        #expect(nonMaximumSuppression(boxes, scores: scores, threshold: 0.9) == [1, 2, 0, 3, 4])
        let parts = nonMaximumSuppression(boxes, scores: scores, threshold: 0.7) { $0.sharedPart($1) }
        #expect(parts == [1, 2, 3])
        #expect(nonMaximumSuppression([], scores: [], threshold: 0.5) == [])
    }

    /// A copy of the package facenet_pytorch or of its repository, which has pictures besides.
    private static let package = ProcessInfo.processInfo.environment["APUS_FACENET"]

    @Test(.enabled(if: package != nil, "APUS_FACENET does not say where facenet_pytorch is"))
    func publishedWeightsLoad() throws {
        let model = try MTCNN(weights: "\(Self.package!)/data")
        #expect(model.parameterCount == 6632 + 100_178 + 389_040)
        #expect(throws: StateMismatch.self) { try model.rnet.load("\(Self.package!)/data/onet.pt") }
    }

    private static let picture = package.map { "\($0)/data/multiface.jpg" }

    @Test(
        .enabled(
            if: picture.map { FileManager.default.fileExists(atPath: $0) } ?? false,
            "facenet_pytorch's pictures are not in APUS_FACENET/data"))
    func theFacesAreThoseOfThePackage() throws {
        let model = try MTCNN(weights: "\(Self.package!)/data")
        let faces = model.faces(in: try Image.read(Self.picture!))
        // Of version 2.6.0: MTCNN(keep_all=True, select_largest=False).detect(picture).
        let expected: [(box: [Float], probability: Float)] = [
            ([420.14, 133.00, 502.67, 240.20], 0.99998), ([554.09, 45.48, 632.84, 158.14], 0.99998),
            ([859.19, 436.56, 953.56, 558.58], 0.99981), ([225.80, 249.07, 304.81, 356.84], 0.99978),
            ([622.18, 197.51, 694.83, 296.76], 0.99951), ([722.15, 464.39, 797.57, 573.20], 0.99843),
        ]
        #expect(faces.count == expected.count)
        for (face, wanted) in zip(faces, expected) {
            let box = face.box
            for (a, b) in zip([box.left, box.top, box.right, box.bottom], wanted.box) {
                #expect(abs(a - b) < 1, "\(face)")
            }
            #expect(abs(face.probability - wanted.probability) < 1e-3)
        }
        // The eyes and the mouth of the surest.
        let points: [SIMD2<Float>] = [
            [452.30, 175.17], [489.36, 178.61], [474.84, 202.48], [451.82, 216.01], [482.66, 217.38],
        ]
        for (a, b) in zip(faces[0].points, points) { #expect(abs(a.x - b.x) < 1 && abs(a.y - b.y) < 1) }
    }
}
