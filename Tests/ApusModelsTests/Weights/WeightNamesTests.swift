import Apus
import ApusFormats
import ApusNN
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusModels

/// Files with timm's names, or those of torchvision's first versions, are a model's weights.
@Suite struct WeightNamesTests {
    private struct Fixture: Decodable {
        let shapes: [String: Shape]
        /// The first ten of `Scripts/timm_fixtures.py`, of the small models.
        let logits: [Double]?

        static let all: [String: Fixture] = {
            let file = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../Fixtures/timm.json")
            return try! JSONDecoder().decode([String: Fixture].self, from: Data(contentsOf: file))
        }()
    }

    private let folder = TemporaryFolder()

    private static func same(_ a: Tensor?, _ b: Tensor) -> Bool {
        a.map { $0.shape == b.shape && ($0 .== b).all().item(as: Bool.self) } ?? false
    }

    @Test(arguments: Fixture.all.keys.sorted())
    func timmsNamesBecomeTheModels(_ name: String) throws {
        let named = try NamedModel.named(name)
        let shapes = try #require(Fixture.all[name]).shapes
        let own = named.make().stateDictionary().mapValues(\.shape)
        let names = WeightNames.others(for: named.kind).first { shapes[$0.marker] != nil }
        let renamed = names.map { $0(shapes.keys) }
        var rest = Set(own.keys)
        for (theirs, shape) in shapes {
            let ours = renamed?[theirs] ?? theirs
            #expect(rest.remove(ours) != nil, "\(theirs) became \(ours)")
            #expect(own[ours]?.elementCount == shape.elementCount, "\(theirs) became \(ours)")
        }
        #expect(rest.allSatisfy { $0.contains("relative_position_index") || $0.hasPrefix("AuxLogits.") })
    }

    /// Values too, and ε: in a file of timm's weights.
    @Test(arguments: Fixture.all.filter { $0.value.logits != nil }.keys.sorted(), ["safetensors", "pth"])
    func timmsFilesGiveTimmsResults(_ name: String, _ ending: String) throws {
        let fixture = try #require(Fixture.all[name])
        let path = "\(folder.path)/weights.\(ending)"
        try TensorFile.save(
            Dictionary(
                uniqueKeysWithValues: fixture.shapes.map { name, shape in
                    let isCount = name.hasSuffix("num_batches_tracked")
                    let value =
                        isCount
                        ? Tensor(0) : ReferenceWeights.weight(name, shape, gain: 2).to(.float32)
                    return (name, value)
                }), to: path)
        let model = try NamedModel.named(name).model(weights: path)
        model.evaluate()
        let y = withoutGradient { model(ReferenceWeights.tensor("input", [1, 3, 64, 64]).to(.float32)) }
        let expected = try #require(fixture.logits)
        let found = y[0, 0..<10].array(of: Float.self).map(Double.init)
        let scale = y.abs().max().item(as: Double.self)
        for (a, b) in zip(found, expected) { #expect(abs(a - b) <= 1e-4 * scale, "\(a), expected \(b)") }
    }

    /// What the published files of torchvision are like.
    @Test func olderNamesAndWhatOlderFilesLeaveOutAreKnown() throws {
        let path = "\(folder.path)/older.pth"
        for (name, changes) in [
            (
                "densenet121",
                [
                    (".norm1.", ".norm.1."), (".norm2.", ".norm.2."), (".conv1.", ".conv.1."),
                    (".conv2.", ".conv.2."),
                ]
            ),
            ("vit_b_32", [(".mlp.0.", ".mlp.linear_1."), (".mlp.3.", ".mlp.linear_2.")]),
            ("resnet18", []),
        ] {
            let named = try NamedModel.named(name)
            let state = named.make(classes: 7).stateDictionary().filter { !$0.key.hasSuffix("tracked") }
            var older: [String: Tensor] = [:]
            for (name, value) in state {
                older["module." + changes.reduce(name) { $0.replacing($1.0, with: $1.1) }] = value
            }
            try TensorFile.save(older, to: path)
            let loaded = try named.model(weights: path).stateDictionary()
            for (name, value) in state { #expect(Self.same(loaded[name], value), "\(name)") }
        }
    }

    @Test func anAuxiliaryHeadMayBeLeftOut() throws {
        let named = try NamedModel.named("googlenet")
        let model = named.make(classes: 5)
        let path = "\(folder.path)/googlenet.safetensors"
        try TensorFile.save(model.stateDictionary().filter { !$0.key.hasPrefix("aux") }, to: path)
        let loaded = try named.model(weights: path)
        #expect(Self.same(loaded.stateDictionary()["fc.bias"], model.stateDictionary()["fc.bias"]!))
        // But not a part of one.
        try TensorFile.save(model.stateDictionary().filter { $0.key != "aux2.fc2.bias" }, to: path)
        let error = #expect(throws: StateMismatch.self) { try named.model(weights: path) }
        #expect(error?.missing == ["aux2.fc2.bias"])
    }

    @Test func aModelOfOtherClassesHasANewHead() throws {
        let named = try NamedModel.named("squeezenet1_1")
        let model = named.make(classes: 5)
        let path = "\(folder.path)/five.safetensors"
        try model.save(path)
        let five = try named.model(weights: path)
        #expect(five(.zeros([1, 3, 32, 32])).shape == [1, 5])
        let other = try named.model(weights: path, classes: 3)
        #expect(other(.zeros([1, 3, 32, 32])).shape == [1, 3])
        let (before, after) = (model.stateDictionary(), other.stateDictionary())
        for (name, value) in after where !name.hasPrefix("classifier") {
            #expect(Self.same(before[name], value))
        }
    }

    /// Every name at once, in a line that can be read.
    @Test func weightsOfAnotherModelAreRefused() throws {
        let path = "\(folder.path)/weights.safetensors"
        let other = try NamedModel.named("resnet18").make()
        try other.save(path)
        let error = #expect(throws: StateMismatch.self) {
            try NamedModel.named("squeezenet1_1").model(weights: path)
        }
        let mismatch = try #require(error)
        let own = try NamedModel.named("squeezenet1_1").make().stateDictionary()
        #expect(mismatch.missing.count == own.count)
        #expect(mismatch.unexpected == other.stateDictionary().keys.sorted())
        #expect(mismatch.description.count < 400, "\(mismatch)")
        #expect(
            mismatch.description.hasPrefix(
                "the weights are another model's: missing 52, such as features.0.weight, features.0.bias, "),
            "\(mismatch)")
        #expect(mismatch.description.contains("; unexpected 122, such as bn1.bias, "), "\(mismatch)")

        // The same names in other shapes.
        try NamedModel.named("shufflenet_v2_x0_5").make().save(path)
        let shapes = #expect(throws: StateMismatch.self) {
            try NamedModel.named("shufflenet_v2_x1_0").model(weights: path)
        }
        #expect(shapes?.missing == [] && shapes?.unexpected == [] && shapes?.misshapen.count ?? 0 > 200)
        #expect(shapes?.description.contains("misshapen ") == true)
        #expect(shapes?.description.count ?? 1000 < 400, "\(String(describing: shapes))")
    }
}
