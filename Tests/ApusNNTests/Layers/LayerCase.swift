import Apus
import ApusNN

/// A layer and an input that it takes: what the suites that go through all layers run.
struct LayerCase: Sendable {
    let name: String
    let shape: Shape
    let dtype: DType
    let make: @Sendable () -> any Layer

    init(
        _ name: String, _ shape: Shape, _ dtype: DType = .float32, _ make: @escaping @Sendable () -> any Layer
    ) {
        self.name = name
        self.shape = shape
        self.dtype = dtype
        self.make = make
    }

    /// One at least of each file in `Sources/ApusNN/Layers`; a new layer is a line here.
    static let all = [
        LayerCase("Linear", [2, 4]) { Linear(4, 3) },
        LayerCase("Conv1d", [2, 4, 6]) { Conv1d(4, 2, kernel: 3) },
        LayerCase("Conv2d", [2, 4, 5, 6]) { Conv2d(4, 2, kernel: 3, padding: 1, groups: 2) },
        LayerCase("Conv3d", [1, 2, 3, 3, 3]) { Conv3d(2, 2, kernel: 2) },
        LayerCase("ConvTranspose2d", [2, 4, 3, 3]) { ConvTranspose2d(4, 2, kernel: 3, stride: 2) },
        LayerCase("DepthwiseConv2d", [2, 4, 5, 5]) { DepthwiseConv2d(4, kernel: 3) },
        LayerCase("DepthwiseSeparableConv2d", [2, 4, 5, 5]) { DepthwiseSeparableConv2d(4, 3, kernel: 3) },
        LayerCase("FlattenedConv2d", [2, 4, 5, 5]) { FlattenedConv2d(4, 3, kernel: 3) },
        LayerCase("SpatiallySeparableConv2d", [2, 4, 5, 5]) { SpatiallySeparableConv2d(4, 3, kernel: 3) },
        LayerCase("TrueConv2d", [2, 4, 5, 5]) { TrueConv2d(4, 3, kernel: 3) },
        LayerCase("PointwiseGroupedConv2d", [2, 4, 3, 3]) { PointwiseGroupedConv2d(4, 6, groups: 2) },
        LayerCase("ShuffledGroupedConv2d", [2, 4, 5, 5]) {
            ShuffledGroupedConv2d(4, 4, kernel: 3, groups: 2)
        },
        LayerCase("ShuffleNetUnit", [2, 8, 5, 5]) { ShuffleNetUnit(8, 8, groups: 2) },
        LayerCase("ResizeConv2d", [2, 4, 3, 3]) { ResizeConv2d(4, 3, kernel: 3) },
        LayerCase("BatchNorm1d", [4, 3]) { BatchNorm1d(3) },
        LayerCase("BatchNorm2d", [2, 3, 4, 4]) { BatchNorm2d(3) },
        LayerCase("BatchNorm3d", [2, 3, 2, 2, 2]) { BatchNorm3d(3) },
        LayerCase("InstanceNorm1d", [2, 3, 4]) {
            InstanceNorm1d(3, affine: true, trackRunningStatistics: true)
        },
        LayerCase("InstanceNorm2d", [2, 3, 4, 4]) { InstanceNorm2d(3) },
        LayerCase("LayerNorm", [2, 3, 4]) { LayerNorm([3, 4]) },
        LayerCase("RMSNorm", [2, 3, 4]) { RMSNorm([4]) },
        LayerCase("GroupNorm", [2, 4, 5]) { GroupNorm(groups: 2, 4) },
        LayerCase("ChannelLayerNorm", [2, 4, 5]) { ChannelLayerNorm(4) },
        LayerCase("LocalResponseNorm", [2, 4, 5]) { LocalResponseNorm(3) },
        LayerCase("PReLU", [2, 3, 4]) { PReLU(3) },
        LayerCase("MaxPool2d", [2, 3, 6, 6]) { MaxPool2d(2) },
        LayerCase("AvgPool2d", [2, 3, 6, 6]) { AvgPool2d(2) },
        LayerCase("LPPool2d", [2, 3, 6, 6]) { LPPool2d(2, 2) },
        LayerCase("AdaptiveAvgPool2d", [2, 3, 6, 6]) { AdaptiveAvgPool2d(2) },
        LayerCase("AdaptiveMaxPool2d", [2, 3, 6, 6]) { AdaptiveMaxPool2d(2) },
        LayerCase("Flatten", [2, 3, 4]) { Flatten() },
        LayerCase("Unfold", [2, 3, 5, 5]) { Unfold(2) },
        LayerCase("Fold", [2, 8, 9]) { Fold(4, 2) },
        LayerCase("PixelShuffle", [2, 8, 3, 3]) { PixelShuffle(2) },
        LayerCase("PixelUnshuffle", [2, 2, 4, 4]) { PixelUnshuffle(2) },
        LayerCase("ChannelShuffle", [2, 8, 3, 3]) { ChannelShuffle(groups: 2) },
        LayerCase("Upsample", [2, 3, 4, 4]) { Upsample(scale: 2, mode: .bilinear) },
        LayerCase("GLU", [2, 4]) { GLU() },
        LayerCase("Softmax", [2, 4]) { Softmax() },
        LayerCase("Softmax2d", [2, 3, 4, 4]) { Softmax2d() },
        LayerCase("Dropout2d", [2, 3, 4, 4]) { Dropout2d(0.5) },
        LayerCase("Dropout", [2, 3]) { Dropout() },
        LayerCase("StochasticDepth", [2, 3]) { StochasticDepth(0.5) },
        LayerCase("RReLU", [2, 3]) { RReLU() },
        LayerCase("ComplexBatchNorm1d", [4, 3], .complex64) { ComplexBatchNorm1d(3) },
        LayerCase("ComplexBatchNorm2d", [2, 3, 4, 4], .complex64) { ComplexBatchNorm2d(3) },
        LayerCase("NaiveComplexBatchNorm2d", [2, 3, 4, 4], .complex64) { NaiveComplexBatchNorm2d(3) },
        LayerCase("ComplexLayerNorm", [2, 3, 4], .complex64) { ComplexLayerNorm([3, 4]) },
        LayerCase("ComplexGroupNorm", [2, 4, 5], .complex64) { ComplexGroupNorm(groups: 2, 4) },
        LayerCase("ComplexMaxPool2d", [2, 3, 6, 6], .complex64) { ComplexMaxPool2d(2) },
        LayerCase("ModReLU", [2, 3, 4], .complex64) { ModReLU(3) },
        LayerCase("SplitPReLU", [2, 3, 4], .complex64) { SplitPReLU(3) },
        LayerCase("CReLU", [2, 3], .complex64) { CReLU() },
        LayerCase("Modulus", [2, 3], .complex64) { Modulus() },
        LayerCase("LearnedImaginaryPart", [2, 3, 4, 4]) { LearnedImaginaryPart(3) },
        LayerCase("complex Linear", [2, 4], .complex64) { Linear(4, 3, dtype: .complex64) },
        LayerCase("complex Conv2d", [2, 4, 5, 6], .complex64) { Conv2d(4, 2, kernel: 3, dtype: .complex64) },
        LayerCase("GELU", [2, 3]) { GELU() },
        LayerCase("MultiHeadAttention", [2, 5, 8]) { MultiHeadAttention(8, heads: 2) },
        LayerCase("TransformerEncoderLayer", [2, 20, 8]) { TransformerEncoderLayer(8, heads: 2, hidden: 12) },
        LayerCase("CausalAttention", [2, 20, 8]) { CausalAttention(8, heads: 2, keyHeads: 1) },
        LayerCase("Mamba", [2, 5, 8]) { Mamba(8, states: 3) },
        LayerCase("RWKVTimeMix", [2, 5, 8]) { RWKVTimeMix(8) },
        LayerCase("RWKVChannelMix", [2, 5, 8]) { RWKVChannelMix(8) },
        LayerCase("LinearAttention", [2, 5, 8]) {
            LinearAttention(8, heads: 2, features: .favor(3), isCausal: true, shiftsTokens: true)
        },
        LayerCase("GAU", [2, 5, 8]) { GAU(8, keyChannels: 4, rotary: true) },
        LayerCase("FLASH", [2, 5, 8]) {
            FLASH(8, group: 2, keyChannels: 4, isCausal: true, shiftsTokens: true)
        },
        LayerCase("ScaleNorm", [2, 5, 8]) { ScaleNorm(8) },
        LayerCase("Retention", [2, 5, 8]) { Retention(8, heads: 2) },
        LayerCase("RetNetBlock", [2, 5, 8]) { RetNetBlock(8, heads: 2) },
        LayerCase("GatedFeedforward", [2, 5, 8]) { GatedFeedforward(8, hidden: 6) },
        LayerCase("Mamba2", [2, 5, 8]) { Mamba2(8, states: 3, headChannels: 4) },
        LayerCase("Mamba2", [2, 5, 8]) { Mamba2(8, states: 3, headChannels: 4, groups: 2) },
        LayerCase("SinusoidalPositions", [2, 5, 8]) { SinusoidalPositions(8) },
        LayerCase("LearnedPositions", [2, 5, 8]) { LearnedPositions(6, 8) },
        LayerCase("Embedding", [2, 3], .int64) { Embedding(5, 4, paddingIndex: 0) },
        LayerCase("EmbeddingBag", [2, 3], .int64) { EmbeddingBag(5, 4, mode: .max) },
        LayerCase("S4D", [2, 5, 3]) { S4D(3, states: 4, dropout: 0.5) },
        LayerCase("LRU", [2, 5, 3]) { LRU(3, states: 4) },
        LayerCase("LRUBlock", [2, 5, 3]) { LRUBlock(3, states: 4, dropout: 0.5) },
        LayerCase("S4", [2, 5, 3]) { S4(3, length: 6, states: 4) },
        LayerCase("ConstantPad1d", [2, 3, 4]) { ConstantPad1d(2, value: 1.5) },
        LayerCase("ZeroPad2d", [2, 3, 4, 4]) { ZeroPad2d([(1, 2), (0, -1)]) },
        LayerCase("ReflectionPad2d", [2, 3, 4, 4]) { ReflectionPad2d(2) },
        LayerCase("ReplicationPad3d", [1, 2, 3, 3, 3]) { ReplicationPad3d(1) },
        LayerCase("CircularPad1d", [2, 3, 4]) { CircularPad1d(2) },
        LayerCase("Unflatten", [2, 6]) { Unflatten(1, [2, 3]) },
        LayerCase("AlphaDropout", [2, 3]) { AlphaDropout() },
        LayerCase("FeatureAlphaDropout", [2, 3, 4]) { FeatureAlphaDropout() },
        LayerCase("Identity", [2, 3]) { Identity() },
        LayerCase("Complexified", [2, 4], .complex64) {
            Complexified(real: Linear(4, 3), imaginary: Linear(4, 3))
        },
    ]
}
