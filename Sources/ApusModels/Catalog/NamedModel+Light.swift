extension NamedModel {
    static let light = mobileNets + shuffleNets

    private static let mobileNets = [
        NamedModel(
            "mobilenetv1_100", "depthwise separable convolutions", parameters: 4_231_976,
            multiplyAdds: 569e6, source: "Howard et al. 2017, arXiv 1704.04861", heads: ["classifier"],
            preprocessing: .symmetric(resize: 256, crop: 224, .bicubic)
        ) { MobileNetV1(.mobileNetV1.with(classes: $0)) },
        NamedModel(
            "mobilenet_v2", "inverted residuals with few channels between them", parameters: 3_504_872,
            multiplyAdds: 0.301e9, source: "Sandler et al. 2018, arXiv 1801.04381", heads: ["classifier.1"]
        ) { MobileNetV2(.mobileNetV2.with(classes: $0)) },
        NamedModel(
            "mobilenet_v3_small", "the same with hardswish and squeeze and excitation, found by search",
            parameters: 2_542_856, multiplyAdds: 0.057e9, source: "Howard et al. 2019, arXiv 1905.02244",
            heads: ["classifier.3"]
        ) { MobileNetV3(.small.with(classes: $0)) },
        NamedModel(
            "mobilenet_v3_large", "its larger brother, for more accuracy", parameters: 5_483_032,
            multiplyAdds: 0.217e9, source: "Howard et al. 2019, arXiv 1905.02244", heads: ["classifier.3"]
        ) { MobileNetV3(.large.with(classes: $0)) },
    ]

    private static let shuffleNets = [
        shuffleNetV1("g3_x0_5", "3 groups, half the width", 717_324, 38e6, .g3x05),
        shuffleNetV1("g3_x1_0", "3 groups", 1_864_728, 138e6, .g3x10),
        shuffleNetV1("g3_x1_5", "3 groups, 1.5 times the width", 3_441_168, 292e6, .g3x15),
        shuffleNetV1("g3_x2_0", "3 groups, twice the width", 5_449_776, 524e6, .g3x20),
        shuffleNetV1("g8_x0_5", "8 groups, half the width", 1_010_448, 40e6, .g8x05),
        shuffleNetV1("g8_x1_0", "8 groups", 2_433_768, 138e6, .g8x10),
        shuffleNetV1("g8_x1_5", "8 groups, 1.5 times the width", 4_268_952, 290e6, .g8x15),
        shuffleNetV1("g8_x2_0", "8 groups, twice the width", 6_521_232, 522e6, .g8x20),
        shuffleNetV2("x0_5", "half the width", 1_366_792, 0.04e9, .x05),
        shuffleNetV2("x1_0", "the paper's width", 2_278_604, 0.145e9, .x10),
        shuffleNetV2("x1_5", "1.5 times the width", 3_503_624, 0.296e9, .x15, resize: 232),
        shuffleNetV2("x2_0", "twice the width", 7_393_996, 0.583e9, .x20, resize: 232),
    ]

    private static func shuffleNetV1(
        _ size: String, _ about: String, _ parameters: Int, _ multiplyAdds: Double,
        _ configuration: ShuffleNetV1.Configuration
    ) -> NamedModel {
        NamedModel(
            "shufflenet_v1_\(size)", "grouped convolutions with channels shuffled between them, \(about)",
            parameters: parameters, multiplyAdds: multiplyAdds, source: "Zhang et al. 2017, arXiv 1707.01083",
            heads: ["classifier.0"], preprocessing: .bytesFromBlue
        ) { ShuffleNetV1(configuration.with(classes: $0)) }
    }

    private static func shuffleNetV2(
        _ size: String, _ about: String, _ parameters: Int, _ multiplyAdds: Double,
        _ configuration: ShuffleNetV2.Configuration, resize: Int = 256
    ) -> NamedModel {
        NamedModel(
            "shufflenet_v2_\(size)", "half the channels pass each unit unchanged, \(about)",
            parameters: parameters, multiplyAdds: multiplyAdds, source: "Ma et al. 2018, arXiv 1807.11164",
            preprocessing: .init(resize: resize, crop: 224)
        ) { ShuffleNetV2(configuration.with(classes: $0)) }
    }
}
