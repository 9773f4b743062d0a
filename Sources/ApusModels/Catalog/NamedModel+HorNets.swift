extension NamedModel {
    private static let horNetSource = "Rao et al. 2022, arXiv 2207.14284"

    static let horNets = [
        NamedModel(
            "hornet_tiny_7x7", "recursive gated convolutions, 64 channels at first, filters of 7×7",
            smallest: 32, parameters: 22_409_512, multiplyAdds: 4.0e9, source: horNetSource, heads: ["head"],
            preprocessing: .init(resize: 256, crop: 224, .bicubic)
        ) { HorNet(.tiny.with(classes: $0)) },
        NamedModel(
            "hornet_tiny_gf", "the same with filters as large as the image in the last two stages",
            smallest: 32, parameters: 22_991_848, multiplyAdds: 3.9e9, source: horNetSource, heads: ["head"],
            preprocessing: .init(resize: 256, crop: 224, .bicubic)
        ) { HorNet(.tinyGF.with(classes: $0)) },
        NamedModel(
            "hornet_small_7x7", "recursive gated convolutions, 96 channels at first, filters of 7×7",
            smallest: 32, parameters: 49_528_264, multiplyAdds: 8.8e9, source: horNetSource, heads: ["head"],
            preprocessing: .init(resize: 256, crop: 224, .bicubic)
        ) { HorNet(.small.with(classes: $0)) },
        NamedModel(
            "hornet_small_gf", "the same with filters as large as the image in the last two stages",
            smallest: 32, parameters: 50_401_768, multiplyAdds: 8.7e9, source: horNetSource, heads: ["head"],
            preprocessing: .init(resize: 256, crop: 224, .bicubic)
        ) { HorNet(.smallGF.with(classes: $0)) },
        NamedModel(
            "hornet_base_7x7", "recursive gated convolutions, 128 channels at first, filters of 7×7",
            smallest: 32, parameters: 87_256_680, multiplyAdds: 15.6e9, source: horNetSource, heads: ["head"],
            preprocessing: .init(resize: 256, crop: 224, .bicubic)
        ) { HorNet(.base.with(classes: $0)) },
        NamedModel(
            "hornet_base_gf", "the same with filters as large as the image in the last two stages",
            smallest: 32, parameters: 88_421_352, multiplyAdds: 15.5e9, source: horNetSource, heads: ["head"],
            preprocessing: .init(resize: 256, crop: 224, .bicubic)
        ) { HorNet(.baseGF.with(classes: $0)) },
        NamedModel(
            "hornet_large_7x7", "recursive gated convolutions, 192 channels at first, filters of 7×7",
            smallest: 32, parameters: 194_542_504, multiplyAdds: 34.8e9, source: horNetSource,
            heads: ["head"],
            preprocessing: .init(resize: 256, crop: 224, .bicubic)
        ) { HorNet(.large.with(classes: $0)) },
        NamedModel(
            "hornet_large_gf", "the same with filters as large as the image in the last two stages",
            smallest: 32, parameters: 196_289_512, multiplyAdds: 34.7e9, source: horNetSource,
            heads: ["head"],
            preprocessing: .init(resize: 256, crop: 224, .bicubic)
        ) { HorNet(.largeGF.with(classes: $0)) },
    ]
}
