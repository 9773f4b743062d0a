extension NamedModel {
    private static let efficientNetSource = "Tan & Le 2019, arXiv 1905.11946"

    static let efficientNets = [
        NamedModel(
            "efficientnet_b0", "mobile inverted residuals with squeeze and excitation", size: 224,
            parameters: 5_288_548,
            multiplyAdds: 0.386e9, source: efficientNetSource, heads: ["classifier.1"],
            preprocessing: .init(resize: 256, crop: 224, .bicubic)
        ) { EfficientNet(.b0.with(classes: $0)) },
        NamedModel(
            "efficientnet_b1", "B0, deeper, wider and for larger images", size: 240, parameters: 7_794_184,
            multiplyAdds: 0.687e9, source: efficientNetSource, heads: ["classifier.1"],
            preprocessing: .init(resize: 256, crop: 240, .bicubic)
        ) { EfficientNet(.b1.with(classes: $0)) },
        NamedModel(
            "efficientnet_b2", "B0, deeper, wider and for larger images", size: 260, parameters: 9_109_994,
            multiplyAdds: 1e9, source: efficientNetSource, heads: ["classifier.1"],
            preprocessing: .init(resize: 288, crop: 288, .bicubic)
        ) { EfficientNet(.b2.with(classes: $0)) },
        NamedModel(
            "efficientnet_b3", "B0, deeper, wider and for larger images", size: 300, parameters: 12_233_232,
            multiplyAdds: 1.827e9, source: efficientNetSource, heads: ["classifier.1"],
            preprocessing: .init(resize: 320, crop: 300, .bicubic)
        ) { EfficientNet(.b3.with(classes: $0)) },
        NamedModel(
            "efficientnet_b4", "B0, deeper, wider and for larger images", size: 380, parameters: 19_341_616,
            multiplyAdds: 4.394e9, source: efficientNetSource, heads: ["classifier.1"],
            preprocessing: .init(resize: 384, crop: 380, .bicubic)
        ) { EfficientNet(.b4.with(classes: $0)) },
        NamedModel(
            "efficientnet_b5", "B0, deeper, wider and for larger images", size: 456, parameters: 30_389_784,
            multiplyAdds: 10.266e9, source: efficientNetSource, heads: ["classifier.1"],
            preprocessing: .init(resize: 456, crop: 456, .bicubic)
        ) { EfficientNet(.b5.with(classes: $0)) },
        NamedModel(
            "efficientnet_b6", "B0, deeper, wider and for larger images", size: 528, parameters: 43_040_704,
            multiplyAdds: 19.068e9, source: efficientNetSource, heads: ["classifier.1"],
            preprocessing: .init(resize: 528, crop: 528, .bicubic)
        ) { EfficientNet(.b6.with(classes: $0)) },
        NamedModel(
            "efficientnet_b7", "B0, deeper, wider and for larger images", size: 600, parameters: 66_347_960,
            multiplyAdds: 37.746e9, source: efficientNetSource, heads: ["classifier.1"],
            preprocessing: .init(resize: 600, crop: 600, .bicubic)
        ) { EfficientNet(.b7.with(classes: $0)) },
        NamedModel(
            "efficientnet_v2_s", "inverted residuals with full convolutions in the early stages", size: 384,
            parameters: 21_458_488, multiplyAdds: 8.366e9, source: "Tan & Le 2021, arXiv 2104.00298",
            heads: ["classifier.1"], preprocessing: .init(resize: 384, crop: 384)
        ) { EfficientNet(.v2Small.with(classes: $0)) },
    ]
}
