import ApusModels

extension ReferenceCase {
    static let transformers = [
        ReferenceCase("convnext_tiny", [1, 3, 224, 224]) { ConvNeXt(.tiny) },
        ReferenceCase("convnext_tiny at 64x100", [2, 3, 64, 100]) { ConvNeXt(.tiny) },
        ReferenceCase("convnext_small", [2, 3, 64, 64]) { ConvNeXt(.small) },
        ReferenceCase("convnext_base", [2, 3, 64, 64]) { ConvNeXt(.base) },
        ReferenceCase("convnext_large", [2, 3, 64, 64]) { ConvNeXt(.large) },
        ReferenceCase("swin_t", [1, 3, 224, 224]) { SwinTransformer(.tiny) },
        ReferenceCase("swin_t at 68x260", [2, 3, 68, 260]) { SwinTransformer(.tiny) },
        ReferenceCase("swin_s", [2, 3, 64, 64]) { SwinTransformer(.small) },
        ReferenceCase("swin_b", [2, 3, 64, 64]) { SwinTransformer(.base) },
        ReferenceCase("vit_b_16", [2, 3, 224, 224]) { VisionTransformer(.base16) },
        ReferenceCase("vit_b_32", [2, 3, 224, 224]) { VisionTransformer(.base32) },
        ReferenceCase("vit_l_16", [1, 3, 224, 224]) { VisionTransformer(.large16) },
    ]
}
