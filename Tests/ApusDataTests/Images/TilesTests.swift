import Apus
import ApusData
import ApusFormats
import Testing

@Suite struct TilesTests {
    @Test func grayTilesStandBesideEachOther() {
        let tiles = Tensor([0, 0.5, 1, 2, -1, 0, 0, 1, 1, 1, 1, 1] as [Float], shape: [3, 2, 2])
        let image = Image(tiles: tiles, columns: 2)
        // Two columns and two rows of 2×2 with gaps of 2 around them.
        #expect(image.width == 10 && image.height == 10 && image.format == .gray)
        let row = Array(image.pixels[20..<30])
        #expect(row == [64, 64, 0, 128, 64, 64, 0, 0, 64, 64])
        #expect(Array(image.pixels[30..<40]) == [64, 64, 255, 255, 64, 64, 0, 255, 64, 64])
        #expect(Image(tiles: tiles, columns: 8, scale: 3).width == 3 * 8 + 2)
    }

    @Test func coloredTilesHaveThreeChannels() {
        let tiles = Tensor([1, 0, 0, 1, 0, 0] as [Float], shape: [1, 3, 1, 2])
        let image = Image(tiles: tiles, columns: 4)
        #expect(image.format == .rgb && image.width == 6 && image.height == 5)
        let first = (2 * 6 + 2) * 3
        #expect(Array(image.pixels[first..<first + 6]) == [255, 0, 0, 0, 255, 0])
    }

    @Test func heatIsWarmWhereAMapIsLarge() {
        let image = Image(width: 4, height: 2, format: .gray, pixels: [UInt8](repeating: 100, count: 8))
        let heated = image.heated(by: Tensor([0, 0, 3, 3] as [Float], shape: [1, 4]))
        #expect(heated.width == 4 && heated.height == 2 && heated.format == .rgb)
        #expect(Array(heated.pixels[0..<3]) == [50, 50, 50])
        #expect(Array(heated.pixels[9..<12]) == [250, 250, 50])
        // Red before yellow.
        let ramp = image.heated(by: Tensor([0.3, 0.6, 0.9, 1] as [Float], shape: [1, 4])).pixels
        #expect(Array(ramp[0..<3]) == [170, 50, 50])
        #expect(Array(ramp[3..<6]) == [250, 90, 50] && Array(ramp[6..<9]) == [250, 210, 50])
        #expect(image.heated(by: .zeros([3, 3])).pixels == [UInt8](repeating: 50, count: 24))
    }
}
