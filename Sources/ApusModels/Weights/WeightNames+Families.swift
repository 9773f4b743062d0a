import ApusNN

extension WeightNames {
    /// The names that files may have instead of a model's own: timm's (version 1.0), and torchvision's of years ago.
    /// Families that are not here have the same names everywhere.
    static func others(for kind: any Layer.Type) -> [WeightNames] {
        if kind == ConvNeXt.self { return [convNeXt] }
        if kind == SwinTransformer.self { return [swin] }
        if kind == VisionTransformer.self { return [visionTransformer, olderVisionTransformer] }
        if kind == VGG.self { return [vgg] }
        if kind == DenseNet.self { return [olderDenseNet] }
        if kind == EfficientNet.self { return [efficientNet] }
        if kind == MobileNetV2.self { return [mobileNetV2] }
        if kind == MobileNetV3.self { return [mobileNetV3] }
        return []
    }

    private static let convNeXt = WeightNames(
        marker: "stages.0.blocks.0.conv_dw.weight",
        rules: [
            Rule("stem.#") { "features.0.\($0[0])" },
            Rule("stages.#.downsample.#") { "features.\(2 * $0[0]).\($0[1])" },
            Rule("stages.#.blocks.#.conv_dw") { "features.\(2 * $0[0] + 1).\($0[1]).block.0" },
            Rule("stages.#.blocks.#.norm") { "features.\(2 * $0[0] + 1).\($0[1]).block.2" },
            Rule("stages.#.blocks.#.mlp.fc1") { "features.\(2 * $0[0] + 1).\($0[1]).block.3" },
            Rule("stages.#.blocks.#.mlp.fc2") { "features.\(2 * $0[0] + 1).\($0[1]).block.5" },
            Rule("stages.#.blocks.#.gamma") { "features.\(2 * $0[0] + 1).\($0[1]).layer_scale" },
            Rule("head.norm", "classifier.0"), Rule("head.fc", "classifier.2"),
        ])

    private static let swin = WeightNames(
        marker: "layers.0.blocks.0.attn.qkv.weight",
        rules: [
            Rule("patch_embed.proj", "features.0.0"), Rule("patch_embed.norm", "features.0.2"),
            Rule("layers.#.downsample") { "features.\(2 * $0[0])" },
            Rule("layers.#.blocks.#.mlp.fc1") { "features.\(2 * $0[0] + 1).\($0[1]).mlp.0" },
            Rule("layers.#.blocks.#.mlp.fc2") { "features.\(2 * $0[0] + 1).\($0[1]).mlp.3" },
            Rule("layers.#.blocks.#") { "features.\(2 * $0[0] + 1).\($0[1])" },
            Rule("head.fc", "head"),
        ])

    private static let visionTransformer = WeightNames(
        marker: "blocks.0.attn.qkv.weight",
        rules: [
            Rule("cls_token", "class_token"), Rule("pos_embed", "encoder.pos_embedding"),
            Rule("patch_embed.proj", "conv_proj"),
            Rule("blocks.#.norm1") { "encoder.layers.encoder_layer_\($0[0]).ln_1" },
            Rule("blocks.#.attn.qkv.weight") {
                "encoder.layers.encoder_layer_\($0[0]).self_attention.in_proj_weight"
            },
            Rule("blocks.#.attn.qkv.bias") {
                "encoder.layers.encoder_layer_\($0[0]).self_attention.in_proj_bias"
            },
            Rule("blocks.#.attn.proj") { "encoder.layers.encoder_layer_\($0[0]).self_attention.out_proj" },
            Rule("blocks.#.norm2") { "encoder.layers.encoder_layer_\($0[0]).ln_2" },
            Rule("blocks.#.mlp.fc1") { "encoder.layers.encoder_layer_\($0[0]).mlp.0" },
            Rule("blocks.#.mlp.fc2") { "encoder.layers.encoder_layer_\($0[0]).mlp.3" },
            Rule("norm", "encoder.ln"), Rule("head", "heads.head"),
        ])

    /// torchvision's before version 0.13, in which its files were published.
    private static let olderVisionTransformer = WeightNames(
        marker: "encoder.layers.encoder_layer_0.mlp.linear_1.weight"
    ) { _ in
        { $0.replacing(".mlp.linear_1.", with: ".mlp.0.").replacing(".mlp.linear_2.", with: ".mlp.3.") }
    }

    private static let vgg = WeightNames(
        marker: "pre_logits.fc1.weight",
        rules: [
            Rule("pre_logits.fc1", "classifier.0"), Rule("pre_logits.fc2", "classifier.3"),
            Rule("head.fc", "classifier.6"),
        ])

    /// torchvision's files, which were written before PyTorch 0.4: `norm.1` for `norm1`.
    private static let olderDenseNet = WeightNames(
        marker: "features.denseblock1.denselayer1.norm.1.weight"
    ) { _ in
        { name in
            ["norm", "conv"].reduce(name) { name, kind in
                name.replacing(".\(kind).1.", with: ".\(kind)1.")
                    .replacing(".\(kind).2.", with: ".\(kind)2.")
            }
        }
    }
}
