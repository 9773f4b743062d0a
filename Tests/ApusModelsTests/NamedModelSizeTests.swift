import Apus
import ApusNN
import Testing

@testable import ApusModels

/// An input size that a model cannot take is refused before anything is computed, and the error says which it can.
@Suite struct NamedModelSizeTests {
    static let sizes = [1, 31, 33, 100, 225]

    /// A small model of each kind.
    private static let kinds = [
        "alexnet", "vgg11", "squeezenet1_0", "squeezenet1_1", "googlenet", "inception_v3", "densenet121",
        "resnet18",
        "resnext50_32x4d", "legacy_xception", "mobilenetv1_100", "mobilenet_v2", "mobilenet_v3_small",
        "shufflenet_v1_g3_x0_5", "shufflenet_v2_x0_5", "efficientnet_b0", "efficientnet_v2_s",
        "hornet_tiny_7x7",
        "hornet_tiny_gf", "convnext_tiny", "swin_t",
    ]

    @Test(arguments: NamedModel.all.filter { $0.preprocessing != nil }.map(\.name))
    func everySizeIsTakenOrRefused(_ name: String) throws {
        let model = try NamedModel.named(name)
        for size in Self.sizes {
            let takes = (try? model.check(input: [1, 3, size, size])) != nil
            #expect(takes == (size >= model.smallest && !name.hasPrefix("vit")), "\(size)")
        }
        try model.check(input: model.input)
        #expect(throws: NamedModelError.self) { try model.check(input: [1, 1, 224, 224]) }
        #expect(throws: NamedModelError.self) { try model.check(input: [1, 3, 300, model.smallest - 1]) }
    }

    /// What is not refused is computed, down to the smallest size.
    @Test(arguments: kinds) func takenSizesAreComputed(_ name: String) throws {
        let named = try NamedModel.named(name)
        let model = named.make()
        model.evaluate()
        for size in [named.smallest] + Self.sizes where (try? named.check(input: [1, 3, size, size])) != nil {
            let y = withoutGradient { model(.ones([1, 3, size, size])) }
            #expect(y.shape == [1, 1000] && y.isFinite().all().item(as: Bool.self), "\(size)")
        }
    }

    @Test func theErrorSaysWhichSizesThereAre() {
        for (name, size, text) in [
            ("inception_v3", 31, "inception_v3 takes N×3×H×W from 75×75 on, not an input of 1×3×31×31"),
            ("hornet_tiny_gf", 31, "hornet_tiny_gf takes N×3×H×W from 32×32 on, not an input of 1×3×31×31"),
            ("swin_t", 1, "swin_t takes N×3×H×W from 4×4 on, not an input of 1×3×1×1"),
            ("vit_b_16", 225, "vit_b_16 takes N×3×224×224, not an input of 1×3×225×225"),
            (
                "dilated_vgg16", 186,
                "dilated_vgg16 takes N×3×H×W from 187×187 on, not an input of 1×3×186×186"
            ),
        ] {
            let error = #expect(throws: NamedModelError.self) {
                try NamedModel.named(name).check(input: [1, 3, size, size])
            }
            #expect(error?.description == text)
        }
    }

    @Test func unknownNamesSuggestTheNearest() {
        for (name, text) in [
            (
                "resnet51",
                "there is no model 'resnet51'; did you mean 'resnet50', 'resnet18' or 'resnet34'?"
            ),
            (
                "hornet",
                "there is no model 'hornet'; did you mean 'digits-hornet', 'hornet_tiny_7x7' or 'hornet_tiny_gf'?"
            ),
            ("efficientnet_b8", "efficientnet_b"), ("mobilenet_v4", "'mobilenet_v2'"),
            ("quark", "there is no model 'quark'; `apus models` lists those there are"),
        ] {
            let error = #expect(throws: NamedModelError.self) { try NamedModel.named(name) }
            #expect(error?.description.contains(text) == true, "\(String(describing: error))")
        }
    }
}
