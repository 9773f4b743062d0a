import Apus
import ApusNN
import Testing

/// The worked numbers of the reference: Howard et al. 2017 and others.
@Suite struct ConvolutionCostTests {
    let standard = ConvolutionCost.standard(inputs: 3, outputs: 128, kernel: 3, output: 5)

    @Test func standardConvolution() {
        #expect(standard == ConvolutionCost(weights: 3456, multiplications: 86_400))
        #expect(ConvolutionCost.dilated(inputs: 3, outputs: 128, kernel: 3, output: 5) == standard)
    }

    @Test func depthwiseSeparable() {
        #expect(ConvolutionCost.depthwise(channels: 3, kernel: 3, output: 5).multiplications == 675)
        #expect(ConvolutionCost.pointwise(inputs: 3, outputs: 128, output: 5).multiplications == 9600)
        let separable = ConvolutionCost.depthwiseSeparable(inputs: 3, outputs: 128, kernel: 3, output: 5)
        #expect(separable == ConvolutionCost(weights: 27 + 384, multiplications: 10_275))
        #expect(abs(separable.ratio(to: standard) - (1.0 / 128 + 1.0 / 9)) < 1e-12)
    }

    @Test func spatiallySeparable() {
        let separable = ConvolutionCost.spatiallySeparable(
            inputs: 1, outputs: 1, kernel: 3, width: 5, output: 3)
        let whole = ConvolutionCost.standard(inputs: 1, outputs: 1, kernel: 3, output: 3)
        #expect(separable == ConvolutionCost(weights: 6, multiplications: 45 + 27))
        #expect(whole.multiplications == 81)
        let (n, k) = (100_000, 7)
        let ratio = ConvolutionCost.spatiallySeparable(
            inputs: 1, outputs: 1, kernel: 7, width: n, output: Extents(n - k + 1)
        ).ratio(to: .standard(inputs: 1, outputs: 1, kernel: 7, output: Extents(n - k + 1)))
        #expect(abs(ratio - 2 / Double(k)) < 1e-4)
    }

    @Test(arguments: [1, 2, 4, 8]) func groupsDivideTheCost(groups: Int) {
        let grouped = ConvolutionCost.grouped(inputs: 16, outputs: 24, groups: groups, kernel: 3, output: 10)
        #expect(grouped.weights == 9 * (16 / groups) * (24 / groups) * groups)
        let whole = ConvolutionCost.standard(inputs: 16, outputs: 24, kernel: 3, output: 10)
        #expect(grouped.weights * groups == whole.weights)
        #expect(grouped.multiplications * groups == whole.multiplications)
        let pointwise = ConvolutionCost.pointwiseGrouped(inputs: 16, outputs: 24, groups: groups, output: 10)
        #expect(pointwise == ConvolutionCost(weights: 384 / groups, multiplications: 38_400 / groups))
        let shuffled = ConvolutionCost.shuffledGrouped(
            inputs: 16, middle: 8, outputs: 24, groups: groups, kernel: 3, second: 1, output: 10)
        #expect(shuffled.weights == (16 * 8 * 9 + 8 * 24) / groups)
    }

    @Test func flattenedAndTransposed() {
        let flattened = ConvolutionCost.flattened(
            inputs: 6, outputs: 4, kernel: 3, input: [8, 9], output: [6, 7])
        #expect(flattened.weights == 4 * (6 + 3 + 3))
        #expect(flattened.multiplications == 24 * 72 + 12 * 6 * 9 + 12 * 6 * 7)
        let transposed = ConvolutionCost.transposed(inputs: 4, outputs: 6, groups: 2, kernel: 3, input: 5)
        #expect(transposed == ConvolutionCost(weights: 108, multiplications: 2700))
        let volume = ConvolutionCost.standard(inputs: 2, outputs: 3, kernel: 3, output: [2, 3, 4], axes: 3)
        #expect(volume == ConvolutionCost(weights: 162, multiplications: 162 * 24))
    }
}
