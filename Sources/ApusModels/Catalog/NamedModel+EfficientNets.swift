extension NamedModel {
    static let efficientNets = [
        efficientNet("b0", .b0, 5_288_548, 0.386e9, resize: 256, crop: 224),
        efficientNet("b1", .b1, 7_794_184, 0.687e9, resize: 256, crop: 240),
        efficientNet("b2", .b2, 9_109_994, 1e9, resize: 288, crop: 288),
        efficientNet("b3", .b3, 12_233_232, 1.827e9, resize: 320, crop: 300),
        efficientNet("b4", .b4, 19_341_616, 4.394e9, resize: 384, crop: 380),
        efficientNet("b5", .b5, 30_389_784, 10.266e9, resize: 456, crop: 456),
        efficientNet("b6", .b6, 43_040_704, 19.068e9, resize: 528, crop: 528),
        efficientNet("b7", .b7, 66_347_960, 37.746e9, resize: 600, crop: 600),
        NamedModel(
            "efficientnet_v2_s", "inverted residuals with full convolutions in the early stages", size: 384,
            parameters: 21_458_488, multiplyAdds: 8.366e9, source: "Tan & Le 2021, arXiv 2104.00298",
            heads: ["classifier.1"], preprocessing: .init(resize: 384, crop: 384)
        ) { EfficientNet(.v2Small.with(classes: $0)) },
    ]

    /// - Parameters:
    ///   - resize: of the published weights.
    ///   - crop: likewise; B2's are for larger images than the paper's.
    private static func efficientNet(
        _ size: String, _ configuration: EfficientNet.Configuration, _ parameters: Int,
        _ multiplyAdds: Double, resize: Int, crop: Int
    ) -> NamedModel {
        NamedModel(
            "efficientnet_\(size)",
            "mobile inverted residuals with squeeze and excitation at the scale of \(size.uppercased())",
            size: configuration.resolution, parameters: parameters, multiplyAdds: multiplyAdds,
            source: "Tan & Le 2019, arXiv 1905.11946", heads: ["classifier.1"],
            preprocessing: .init(resize: resize, crop: crop, .bicubic)
        ) { EfficientNet(configuration.with(classes: $0)) }
    }
}
