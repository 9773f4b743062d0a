extension NamedModel {
    static let horNets = [
        horNet("tiny_7x7", "filters of 7×7", .tiny, 22_409_512, 4.0e9),
        horNet("tiny_gf", "global filters in late stages", .tinyGF, 22_991_848, 3.9e9),
        horNet("small_7x7", "filters of 7×7", .small, 49_528_264, 8.8e9),
        horNet("small_gf", "global filters in late stages", .smallGF, 50_401_768, 8.7e9),
        horNet("base_7x7", "filters of 7×7", .base, 87_256_680, 15.6e9),
        horNet("base_gf", "global filters in late stages", .baseGF, 88_421_352, 15.5e9),
        horNet("large_7x7", "filters of 7×7", .large, 194_542_504, 34.8e9),
        horNet("large_gf", "global filters in late stages", .largeGF, 196_289_512, 34.7e9),
    ]

    private static func horNet(
        _ size: String, _ filters: String, _ configuration: HorNet.Configuration, _ parameters: Int,
        _ multiplyAdds: Double
    ) -> NamedModel {
        NamedModel(
            "hornet_\(size)",
            "recursive gated convolutions from \(configuration.width) channels on, \(filters)",
            smallest: 32, parameters: parameters, multiplyAdds: multiplyAdds,
            source: "Rao et al. 2022, arXiv 2207.14284", heads: ["head"],
            preprocessing: .init(resize: 256, crop: 224, .bicubic)
        ) { HorNet(configuration.with(classes: $0)) }
    }
}
