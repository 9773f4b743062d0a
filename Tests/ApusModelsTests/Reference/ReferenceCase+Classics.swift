import Apus
import ApusModels
import ApusNN

extension ReferenceCase {
    static let classics: [ReferenceCase] = [
        ReferenceCase("alexnet", [1, 3, 224, 224]) { AlexNet(.alexNet) },
        ReferenceCase("alexnet at 64x64", [2, 3, 64, 64]) { AlexNet(.alexNet) },
        ReferenceCase("vgg11", [2, 3, 64, 64]) { VGG(.vgg11) },
        ReferenceCase("vgg13_bn", [2, 3, 64, 64]) { VGG(.vgg13BN) },
        ReferenceCase("vgg16", [1, 3, 224, 224]) { VGG(.vgg16) },
        ReferenceCase("vgg19_bn", [2, 3, 64, 64]) { VGG(.vgg19BN) },
        ReferenceCase("squeezenet1_0", [1, 3, 224, 224]) { SqueezeNet(.squeezeNet1_0) },
        ReferenceCase("squeezenet1_1", [2, 3, 64, 64]) { SqueezeNet(.squeezeNet1_1) },
        ReferenceCase("googlenet", [1, 3, 224, 224]) { GoogLeNet(.googLeNet) },
        ReferenceCase("googlenet with heads", [2, 3, 64, 64]) {
            WithHeads(GoogLeNet(.googLeNet)) {
                let (logits, aux1, aux2) = $0.logitsAndAuxiliaries($1)
                return [logits, aux2, aux1]
            }
        },
        ReferenceCase("inception_v3", [2, 3, 107, 91]) { InceptionV3(.inceptionV3) },
        ReferenceCase("inception_v3 with heads", [1, 3, 299, 299]) {
            WithHeads(InceptionV3(.inceptionV3)) {
                let (logits, auxiliary) = $0.logitsAndAuxiliaries($1)
                return [logits, auxiliary]
            }
        },
        ReferenceCase("densenet121", [1, 3, 224, 224]) { DenseNet(.denseNet121) },
        ReferenceCase("densenet161", [2, 3, 64, 64]) { DenseNet(.denseNet161) },
        ReferenceCase("densenet169", [2, 3, 64, 64]) { DenseNet(.denseNet169) },
        ReferenceCase("densenet201", [2, 3, 64, 64]) { DenseNet(.denseNet201) },
        ReferenceCase("resnet18", [2, 3, 64, 64]) { ResNet(.resNet18) },
        ReferenceCase("resnet50", [1, 3, 224, 224]) { ResNet(.resNet50) },
        ReferenceCase("resnext50_32x4d", [2, 3, 64, 64]) { ResNet(.resNeXt50_32x4d) },
        ReferenceCase("legacy_xception", [1, 3, 299, 299]) { Xception(.xception) },
        ReferenceCase("legacy_xception at 64x64", [2, 3, 64, 64]) { Xception(.xception) },
        ReferenceCase("context_basic", [2, 21, 20, 24]) { ContextNetwork(.basic) },
        ReferenceCase("context_large", [2, 21, 20, 24]) { ContextNetwork(.large) },
        ReferenceCase("dilated_vgg16", [1, 3, 187, 200]) { DilatedVGG(.basic) },
    ]
}

/// A model with the logits of its auxiliary heads after its own.
private final class WithHeads<Model: Layer>: Module, Layer {
    private let model: Model
    private let results: (Model, Tensor) -> [Tensor]

    init(_ model: Model, _ results: @escaping (Model, Tensor) -> [Tensor]) {
        self.model = model
        self.results = results
    }

    override var members: [(name: String, member: Member)] { model.members }

    func forward(_ x: Tensor) -> Tensor { Tensor.cat(results(model, x), axis: 1) }
}
