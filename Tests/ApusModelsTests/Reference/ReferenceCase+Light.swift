import ApusModels

extension ReferenceCase {
    static let light = mobileNets + shuffleNets

    private static let mobileNets = [
        ReferenceCase("mobilenetv1_100", [2, 3, 64, 64]) { MobileNetV1(.mobileNetV1) },
        ReferenceCase("mobilenetv1_125", [2, 3, 64, 64]) { MobileNetV1(.init(width: 1.25)) },
        ReferenceCase("mobilenet_v2", [1, 3, 224, 224]) { MobileNetV2(.mobileNetV2) },
        ReferenceCase("mobilenet_v2 at width 0.75", [2, 3, 64, 64]) { MobileNetV2(.init(width: 0.75)) },
        ReferenceCase("mobilenet_v2 at width 1.4", [2, 3, 64, 64]) { MobileNetV2(.init(width: 1.4)) },
        ReferenceCase("mobilenet_v3_small", [1, 3, 224, 224]) { MobileNetV3(.small) },
        ReferenceCase("mobilenet_v3_large", [2, 3, 64, 64]) { MobileNetV3(.large) },
    ]

    private static let shuffleNets = [
        shuffleNetV1("g3_x0_5", .g3x05), shuffleNetV1("g3_x1_0", .g3x10), shuffleNetV1("g3_x1_5", .g3x15),
        shuffleNetV1("g3_x2_0", .g3x20), shuffleNetV1("g8_x0_5", .g8x05), shuffleNetV1("g8_x1_0", .g8x10),
        shuffleNetV1("g8_x1_5", .g8x15), shuffleNetV1("g8_x2_0", .g8x20),
        ReferenceCase("shufflenet_v2_x0_5", [2, 3, 64, 64]) { ShuffleNetV2(.x05) },
        ReferenceCase("shufflenet_v2_x1_0", [1, 3, 224, 224]) { ShuffleNetV2(.x10) },
        ReferenceCase("shufflenet_v2_x1_5", [2, 3, 64, 64]) { ShuffleNetV2(.x15) },
        ReferenceCase("shufflenet_v2_x2_0", [2, 3, 64, 64]) { ShuffleNetV2(.x20) },
    ]

    private static func shuffleNetV1(_ size: String, _ configuration: ShuffleNetV1.Configuration) -> Self {
        ReferenceCase("shufflenet_v1_\(size)", [2, 3, 193, 193]) { ShuffleNetV1(configuration) }
    }
}
