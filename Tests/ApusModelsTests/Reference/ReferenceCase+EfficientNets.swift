import ApusModels

extension ReferenceCase {
    static let efficientNets = [
        ReferenceCase("efficientnet_b0", [1, 3, 224, 224]) { EfficientNet(.b0) },
        ReferenceCase("efficientnet_b1", [2, 3, 64, 64]) { EfficientNet(.b1) },
        ReferenceCase("efficientnet_b2", [2, 3, 64, 64]) { EfficientNet(.b2) },
        ReferenceCase("efficientnet_b3", [2, 3, 64, 64]) { EfficientNet(.b3) },
        ReferenceCase("efficientnet_b4", [2, 3, 64, 64]) { EfficientNet(.b4) },
        ReferenceCase("efficientnet_b5", [2, 3, 64, 64]) { EfficientNet(.b5) },
        ReferenceCase("efficientnet_b6", [2, 3, 64, 64]) { EfficientNet(.b6) },
        ReferenceCase("efficientnet_b7", [2, 3, 64, 64], gain: 1.6) { EfficientNet(.b7) },
        ReferenceCase("efficientnet_v2_s", [2, 3, 64, 64], gain: 1.3) { EfficientNet(.v2Small) },
    ]
}
