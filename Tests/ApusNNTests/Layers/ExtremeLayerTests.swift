import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// Numbers at the ends of `Int` for the settings of layers and initialisers: a layer, or a message with its name.
@Suite struct ExtremeLayerTests {
    private static let generator = RandomGenerator(seed: 1)
    private static func x() -> Tensor { .ones([1, 2, 6, 6]) }

    private static let calls: [CallWithNumber] = [
        .init("Linear") { _ = Linear($0, 2, using: generator) },
        .init("Linear") { _ = Linear(2, $0, using: generator) },
        .init("Linear") { _ = Linear($0, $0, dtype: .complex64, using: generator) },
        .init("Conv2d") { _ = Conv2d($0, 2, kernel: 3, using: generator) },
        .init("Conv2d") { _ = Conv2d(2, $0, kernel: 3, using: generator) },
        .init("Conv2d") { _ = Conv2d($0, $0, kernel: 3, groups: $0, using: generator) },
        .init("Conv2d") { _ = Conv2d(2, 2, kernel: Extents($0), using: generator)(x()) },
        .init("Conv2d") { _ = Conv2d(2, 2, kernel: 3, stride: Extents($0), using: generator)(x()) },
        .init("Conv2d") {
            _ = Conv2d(2, 2, kernel: 3, padding: .symmetric(Extents($0)), using: generator)(x())
        },
        .init("Conv2d") { _ = Conv2d(2, 2, kernel: 3, dilation: Extents($0), using: generator)(x()) },
        .init("Conv2d") { _ = Conv2d(2, 2, kernel: 3, groups: $0, using: generator)(x()) },
        .init("Conv2d") { n in
            _ = Conv2d(
                2, 2, kernel: 3, padding: .symmetric(Extents(n)), paddingMode: .circular, using: generator)(
                    x())
        },
        .init("Conv1d") { _ = Conv1d(1 << 20, 1 << 20, kernel: Extents($0), using: generator) },
        .init("Conv3d") { _ = Conv3d(2, 2, kernel: Extents($0), using: generator) },
        .init("ConvTranspose2d") { _ = ConvTranspose2d($0, 2, kernel: 3, using: generator) },
        .init("ConvTranspose2d") { _ = ConvTranspose2d(2, 2, kernel: Extents($0), using: generator) },
        .init("convTranspose2d") {
            _ = ConvTranspose2d(2, 2, kernel: 3, stride: Extents($0), using: generator)(x())
        },
        .init("convTranspose2d") { n in
            _ = ConvTranspose2d(2, 2, kernel: 3, outputPadding: Extents(n), using: generator)(x())
        },
        .init("DepthwiseConv2d") { _ = DepthwiseConv2d(2, multiplier: $0, kernel: 3, using: generator) },
        .init("DepthwiseConv2d") { _ = DepthwiseConv2d($0, multiplier: $0, kernel: 3, using: generator) },
        .init("DepthwiseConv2d") {
            _ = DepthwiseSeparableConv2d(2, 2, kernel: 3, multiplier: $0, using: generator)
        },
        .init("Conv2d") { _ = FlattenedConv2d($0, 2, kernel: 3, using: generator) },
        .init("FlattenedConv2d") {
            _ = FlattenedConv2d(2, 2, kernel: Extents($0 | 1 << 60), using: generator)
        },
        .init("ShuffleNetUnit") { _ = ShuffleNetUnit($0, 8, groups: 2, stride: 2, using: generator) },
        .init("ShuffleNetUnit") { _ = ShuffleNetUnit(4, 8, groups: $0, stride: 2, using: generator) },
        .init("batchNorm2d") { _ = BatchNorm2d($0) },
        .init("instanceNorm2d") { _ = InstanceNorm2d($0, affine: true) },
        .init("complexBatchNorm2d") { _ = ComplexBatchNorm2d($0) },
        .init("layerNorm") { _ = LayerNorm([$0, $0]) }, .init("rmsNorm") { _ = RMSNorm($0) },
        .init("channelLayerNorm") { _ = ChannelLayerNorm($0) },
        .init("groupNorm") { _ = GroupNorm(groups: 2, $0) },
        .init("groupNorm") { _ = GroupNorm(groups: $0, 4) },
        .init("complexLayerNorm") { _ = ComplexLayerNorm([$0]) },
        .init("complexGroupNorm") { _ = ComplexGroupNorm(groups: 1, $0) },
        .init("localResponseNorm") { _ = LocalResponseNorm($0)(x()) },
        .init("PReLU") { _ = PReLU($0) }, .init("ModReLU") { _ = ModReLU($0) },
        .init("SplitPReLU") { _ = SplitPReLU($0) },
        .init("ComplexGRU") { _ = ComplexGRU($0, 2, using: generator) },
        .init("ComplexLSTM") { _ = ComplexLSTM(2, $0, using: generator) },
        .init("ComplexLSTM") { n in
            if n < 1 || n > 1 << 44 { _ = ComplexLSTM(2, 2, layers: n, using: generator) }
        },
        .init("ComplexConvLSTM2d") { _ = ComplexConvLSTM2d(2, $0, kernel: 3, using: generator) },
        .init("ComplexConvLSTM2d") { _ = ComplexConvLSTM2d(2, 2, kernel: Extents($0), using: generator) },
        .init("S4D") { _ = S4D($0, states: 4, using: generator) },
        .init("S4D") { _ = S4D(2, states: $0, using: generator) },
        .init("S4D") { _ = S4DKernel(2, states: 4, using: generator)(length: $0) },
        .init("S4") { _ = S4($0, length: 8, states: 4, using: generator) },
        .init("S4") { _ = S4(2, length: $0, states: 4, using: generator) },
        .init("S4") { _ = S4(2, length: 8, states: $0, using: generator) },
        .init("LRU") { _ = LRU($0, states: 4, using: generator) },
        .init("LRU") { _ = LRU(2, states: $0, using: generator) },
        .init("LinearAttention") { _ = LinearAttention($0, heads: 1, using: generator) },
        .init("LinearAttention") { _ = LinearAttention(2, heads: $0, using: generator) },
        .init("LinearAttention") { _ = LinearAttention(2, heads: 1, features: .favor($0), using: generator) },
        .init("GAU") { _ = GAU($0, using: generator) },
        .init("GAU") { _ = GAU(2, keyChannels: $0, using: generator) },
        .init("GAU") { _ = GAU(2, expansion: $0, using: generator) },
        .init("GAU") { _ = GAU(2, length: $0, using: generator)(.ones([1, 3, 2])) },
        .init("FLASH") { _ = FLASH($0, using: generator) },
        .init("FLASH") { _ = FLASH(2, group: $0, isCausal: true, using: generator)(.ones([1, 3, 2])) },
        .init("ScaleNorm") { _ = ScaleNorm($0) },
        .init("Retention") { _ = Retention($0, heads: 1, using: generator) },
        .init("Retention") { _ = Retention(4, heads: 1, valueChannels: $0, using: generator) },
        .init("GatedFeedforward") { _ = GatedFeedforward(4, hidden: $0, using: generator) },
        .init("Mamba2") { _ = Mamba2($0, headChannels: 1, using: generator) },
        .init("Mamba2") { _ = Mamba2(4, states: $0, headChannels: 1, using: generator) },
        .init("Mamba2") { _ = Mamba2(4, headChannels: 1, groups: $0, using: generator) },
        .init("Mamba2") { _ = Mamba2(4, headChannels: 1, kernel: $0, using: generator) },
        .init("Mamba2") { _ = Mamba2(4, headChannels: 1, expansion: $0, using: generator) },
        .init("HiPPO") { _ = HiPPO(.legS, size: $0).b },
        .init("maxPool2d") { _ = MaxPool2d(Extents($0))(x()) },
        .init("avgPool2d") { _ = AvgPool2d(Extents($0))(x()) },
        .init("adaptiveAvgPool2d") { _ = AdaptiveAvgPool2d(AdaptiveExtents($0))(x()) },
        .init("interpolate") { _ = Upsample(size: Extents($0))(x()) },
        .init("pixelShuffle") { _ = PixelShuffle($0)(x()) },
        .init("channelShuffle") { _ = ChannelShuffle(groups: $0)(x()) },
        .init("softmax") { _ = Softmax(axis: $0)(x()) }, .init("flatten") { _ = Flatten(from: $0)(x()) },
        .init("Initializer") { _ = Initializer.heUniform()([$0, 2], using: generator) },
        .init("Initializer") { _ = Initializer.xavierNormal()([2, $0, $0], using: generator) },
        .init("Initializer") { _ = Initializer.unitary(.he)([2, $0, $0], using: generator) },
        .init("ConvolutionCost") {
            _ = ConvolutionCost.standard(inputs: $0, outputs: $0, kernel: 3, output: 5)
        },
        .init("ConvolutionCost") {
            _ = ConvolutionCost.depthwise(channels: 2, multiplier: $0, kernel: 3, output: 5)
        },
        .init("Checkerboard") { _ = Checkerboard(kernel: Extents($0), stride: 2) },
        .init("Checkerboard") { _ = Checkerboard(kernel: 3, stride: Extents($0)) },
    ]

    @Test func layersAreMadeOrRefusedByName() async {
        await #expect(processExitsWith: .success) {
            for line in extremeNumbersThatGoWrong(Self.calls) { Issue.record("\(line)") }
        }
    }
}
