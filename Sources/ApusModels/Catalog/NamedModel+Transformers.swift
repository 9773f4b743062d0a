extension NamedModel {
    static let transformers = [
        NamedModel(
            "convnext_tiny", "convolutional network made like a transformer, 18 blocks",
            smallest: 32, parameters: 28_589_128,
            multiplyAdds: 4.456e9, source: "Liu et al. 2022, arXiv 2201.03545", heads: ["classifier.2"],
            preprocessing: .init(resize: 236, crop: 224)
        ) { ConvNeXt(.tiny.with(classes: $0)) },
        NamedModel(
            "convnext_small", "convolutional network made like a transformer, 36 blocks",
            smallest: 32, parameters: 50_223_688,
            multiplyAdds: 8.684e9, source: "Liu et al. 2022, arXiv 2201.03545", heads: ["classifier.2"],
            preprocessing: .init(resize: 230, crop: 224)
        ) { ConvNeXt(.small.with(classes: $0)) },
        NamedModel(
            "convnext_base", "ConvNeXt of 36 blocks from 128 channels on", smallest: 32,
            parameters: 88_591_464,
            multiplyAdds: 15.355e9, source: "Liu et al. 2022, arXiv 2201.03545", heads: ["classifier.2"],
            preprocessing: .init(resize: 232, crop: 224)
        ) { ConvNeXt(.base.with(classes: $0)) },
        NamedModel(
            "convnext_large", "ConvNeXt of 36 blocks from 192 channels on", smallest: 32,
            parameters: 197_767_336,
            multiplyAdds: 34.361e9, source: "Liu et al. 2022, arXiv 2201.03545", heads: ["classifier.2"],
            preprocessing: .init(resize: 232, crop: 224)
        ) { ConvNeXt(.large.with(classes: $0)) },
        NamedModel(
            "swin_t", "transformer with attention in shifted windows, 12 blocks", smallest: 4,
            parameters: 28_288_354,
            multiplyAdds: 4.491e9, source: "Liu et al. 2021, arXiv 2103.14030", heads: ["head"],
            preprocessing: .init(resize: 232, crop: 224, .bicubic)
        ) { SwinTransformer(.tiny.with(classes: $0)) },
        NamedModel(
            "swin_s", "transformer with attention in shifted windows, 24 blocks", smallest: 4,
            parameters: 49_606_258,
            multiplyAdds: 8.741e9, source: "Liu et al. 2021, arXiv 2103.14030", heads: ["head"],
            preprocessing: .init(resize: 246, crop: 224, .bicubic)
        ) { SwinTransformer(.small.with(classes: $0)) },
        NamedModel(
            "swin_b", "Swin transformer of 24 blocks from 128 channels on", smallest: 4,
            parameters: 87_768_224,
            multiplyAdds: 15.431e9, source: "Liu et al. 2021, arXiv 2103.14030", heads: ["head"],
            preprocessing: .init(resize: 238, crop: 224, .bicubic)
        ) { SwinTransformer(.base.with(classes: $0)) },
        NamedModel(
            "vit_b_16", "transformer of patches of 16×16 pixels", takesAnySize: false, parameters: 86_567_656,
            multiplyAdds: 17.564e9, source: "Dosovitskiy et al. 2020, arXiv 2010.11929", heads: ["heads.head"]
        ) { VisionTransformer(.base16.with(classes: $0)) },
        NamedModel(
            "vit_b_32", "transformer of patches of 32×32 pixels", takesAnySize: false, parameters: 88_224_232,
            multiplyAdds: 4.409e9, source: "Dosovitskiy et al. 2020, arXiv 2010.11929", heads: ["heads.head"]
        ) { VisionTransformer(.base32.with(classes: $0)) },
        NamedModel(
            "vit_l_16", "larger transformer of patches of 16×16 pixels", takesAnySize: false,
            parameters: 304_326_632,
            multiplyAdds: 61.555e9, source: "Dosovitskiy et al. 2020, arXiv 2010.11929",
            heads: ["heads.head"], preprocessing: .init(resize: 242, crop: 224)
        ) { VisionTransformer(.large16.with(classes: $0)) },
    ]
}
