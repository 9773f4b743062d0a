import Apus
import ApusNN
import Testing

@Suite struct PoolingLayerTests {
    private func numbers(_ shape: Shape) -> Tensor { .normal(shape, using: RandomGenerator(seed: 3)) }

    private func expectEqual(_ layer: any Layer, _ input: Tensor, _ expected: Tensor) {
        let found = layer(input)
        #expect(found.shape == expected.shape)
        #expect(found.array(of: Float.self) == expected.array(of: Float.self), "\(type(of: layer))")
    }

    @Test func layersPassOnWhatTheyWereGiven() {
        let line = numbers([2, 3, 11])
        let plane = numbers([2, 4, 9, 7])
        let volume = numbers([1, 2, 6, 5, 7])
        expectEqual(
            MaxPool1d(3, stride: 2, padding: 1, dilation: 2, ceilMode: true), line,
            line.maxPool1d(3, stride: 2, padding: 1, dilation: 2, ceilMode: true))
        expectEqual(
            MaxPool2d([3, 2], stride: [2, 1], padding: [1, 0], dilation: [1, 2], ceilMode: true), plane,
            plane.maxPool2d([3, 2], stride: [2, 1], padding: [1, 0], dilation: [1, 2], ceilMode: true))
        expectEqual(MaxPool3d(2, stride: 3), volume, volume.maxPool3d(2, stride: 3))
        expectEqual(
            AvgPool1d(3, padding: 1, countIncludePad: false), line,
            line.avgPool1d(3, padding: 1, countIncludePad: false))
        expectEqual(
            AvgPool2d(3, stride: 2, padding: 1, ceilMode: true, divisorOverride: 5), plane,
            plane.avgPool2d(3, stride: 2, padding: 1, ceilMode: true, divisorOverride: 5))
        expectEqual(AvgPool3d([1, 2, 3]), volume, volume.avgPool3d([1, 2, 3]))
        expectEqual(AdaptiveAvgPool1d(4), line, line.adaptiveAvgPool1d(4))
        expectEqual(AdaptiveAvgPool2d([2, 3]), plane, plane.adaptiveAvgPool2d([2, 3]))
        expectEqual(AdaptiveAvgPool2d([nil, 3]), plane, plane.adaptiveAvgPool2d([9, 3]))
        expectEqual(AdaptiveMaxPool3d([2, nil, nil]), volume, volume.adaptiveMaxPool3d([2, 5, 7]))
        expectEqual(AdaptiveAvgPool3d(1), volume, volume.globalAvgPool())
        expectEqual(AdaptiveMaxPool1d(4), line, line.adaptiveMaxPool1d(4))
        expectEqual(AdaptiveMaxPool2d([2, 3]), plane, plane.adaptiveMaxPool2d([2, 3]))
        expectEqual(AdaptiveMaxPool3d(1), volume, volume.globalMaxPool())
        expectEqual(LPPool1d(2, 3, stride: 2), line, line.lpPool1d(2, 3, stride: 2))
        expectEqual(LPPool2d(4, 2, ceilMode: true), plane, plane.lpPool2d(4, 2, ceilMode: true))
        expectEqual(LPPool3d(2, [1, 2, 2]), volume, volume.lpPool3d(2, [1, 2, 2]))
        expectEqual(PixelShuffle(2), plane, plane.pixelShuffle(2))
        expectEqual(PixelUnshuffle(3), numbers([1, 2, 6, 3]), numbers([1, 2, 6, 3]).pixelUnshuffle(3))
        expectEqual(
            Upsample(size: [5, 8], mode: .bicubic, alignCorners: true), plane,
            plane.interpolate(size: [5, 8], mode: .bicubic, alignCorners: true))
        expectEqual(
            Upsample(scales: [1.5, 2, 1], mode: .trilinear), volume,
            volume.interpolate(scales: [1.5, 2, 1], mode: .trilinear))
        expectEqual(Upsample(scale: 1.7), line, line.interpolate(scale: 1.7))
        expectEqual(UpsamplingNearest2d(scale: 2), plane, plane.interpolate(scale: 2))
        expectEqual(
            UpsamplingBilinear2d(size: 12), plane,
            plane.interpolate(size: 12, mode: .bilinear, alignCorners: true))
        expectEqual(
            Unfold(3, dilation: [1, 2], padding: 1, stride: [2, 1]), plane,
            plane.unfoldImage(3, dilation: [1, 2], padding: 1, stride: [2, 1]))
        let columns = numbers([2, 12, 12])
        expectEqual(Fold([4, 5], 2), columns, columns.foldImage([4, 5], 2))
    }

    @Test func unpoolingTakesTheIndicesOfPooling() {
        let plane = numbers([2, 4, 9, 7])
        let (values, indices) = MaxPool2d(2).withIndices(plane)
        let back = MaxUnpool2d(2)(values, indices, outputSize: [9, 7])
        #expect(back.shape == plane.shape)
        let (again, indicesAgain) = back.maxPool2dWithIndices(2)
        let positive = values.array(of: Float.self).enumerated().filter { $0.element > 0 }.map(\.offset)
        #expect(!positive.isEmpty)
        for i in positive {
            #expect(again.array(of: Float.self)[i] == values.array(of: Float.self)[i])
            #expect(indicesAgain.array(of: Int.self)[i] == indices.array(of: Int.self)[i])
        }
        let line = numbers([1, 2, 8])
        let (tops, at) = MaxPool1d(2).withIndices(line)
        #expect(MaxUnpool1d(2)(tops, at).shape == line.shape)
        let volume = numbers([1, 2, 4, 4, 2])
        let (peaks, spots) = MaxPool3d(2).withIndices(volume)
        #expect(MaxUnpool3d(2)(peaks, spots).shape == volume.shape)
    }
}
