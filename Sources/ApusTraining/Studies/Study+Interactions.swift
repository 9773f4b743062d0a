import ApusModels

extension Study {
    /// Which interactions of positions help (Rao et al. 2022, "HorNet", section 4.3), with networks that
    /// differ in what mixes positions and have widths that make their multiply-adds the same within 3 %.
    static let interactions = Study(
        name: "interactions",
        about:
            "what should mix positions: gated convolutions of orders 1 to 5, filters, or attention, at equal cost",
        recipe: .digitsMetaFormer,
        variants: StudiedMixer.all.map { Variant(name: $0.name, settings: ["mixer": .text($0.name)]) })
}

/// A spatial mixer with the widths of the two stages that make networks cost the same.
struct StudiedMixer {
    let name: String
    let mixer: SpatialMixer
    let widths: [Int]

    static let all = [
        StudiedMixer(name: "order-1", mixer: .gated(order: 1), widths: [34, 68]),
        StudiedMixer(name: "order-2", mixer: .gated(order: 2), widths: [32, 66]),
        StudiedMixer(name: "order-3", mixer: .gated(order: 3), widths: [32, 64]),
        StudiedMixer(name: "order-4", mixer: .gated(order: 4), widths: [32, 64]),
        StudiedMixer(name: "order-5", mixer: .gated(order: 5), widths: [32, 64]),
        StudiedMixer(name: "depthwise-3x3", mixer: .depthwise(kernel: 3), widths: [40, 82]),
        StudiedMixer(name: "depthwise-7x7", mixer: .depthwise(kernel: 7), widths: [40, 78]),
        StudiedMixer(name: "global-filter", mixer: .global, widths: [40, 82]),
        StudiedMixer(name: "attention", mixer: .attention(headChannels: 14), widths: [28, 56]),
    ]
}

extension Recipe {
    /// Two stages of one and two blocks at 14×14 and 7×7 positions, in which `mixer` mixes positions.
    public static let digitsMetaFormer = classifier(
        "digits-metaformer", "blocks that mix positions as `mixer` says, all at one cost, on 28×28 digits",
        epochs: 3,
        learningRate: 2e-3, settings: ["mixer": "order-3"],
        model: { settings in
            let chosen = try StudiedMixer.all.entry(settings["mixer"]?.asText ?? "", "mixer", \.name)
            return MetaFormer(
                .init(mixer: chosen.mixer, widths: chosen.widths, depths: [1, 2], extent: 28, classes: 10))
        })
}
