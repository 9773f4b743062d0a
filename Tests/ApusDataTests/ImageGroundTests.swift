import ApusData
import Testing

@Suite struct ImageGroundTests {
    private func image(_ width: Int, _ pixels: [UInt8]) -> Image {
        Image(width: width, height: pixels.count / width, format: .gray, pixels: pixels)
    }

    @Test func inkOnPaperIsInverted() {
        let paper = image(3, [255, 250, 255, 255, 5, 255, 255, 255, 255])
        #expect(paper.onDarkGround.pixels == [0, 5, 0, 0, 250, 0, 0, 0, 0])
        let colours = Image(width: 1, height: 1, format: .rgb, pixels: [255, 255, 255])
        #expect(colours.onDarkGround == image(1, [0]))
    }

    @Test func whatIsOnADarkGroundStays() {
        let night = image(3, [0, 9, 0, 0, 255, 0, 0, 0, 0])
        #expect(night.onDarkGround == night)
        // The inside does not count, however light, nor do a few light strokes that reach the border.
        var filled = image(4, [UInt8](repeating: 255, count: 16))
        for i in 0..<16 where i % 4 == 0 || i % 4 == 3 || i < 4 || i >= 12 { filled.pixels[i] = 100 }
        filled.pixels[0] = 255
        #expect(filled.onDarkGround == filled)
    }

    @Test func everyEdgeCountsOnce() {
        // Each of the four sides is light alone: half of the border at most, which does not tip it.
        for light in [[0, 1, 2, 3], [12, 13, 14, 15], [0, 4, 8, 12], [3, 7, 11, 15]] {
            var dark = image(4, [UInt8](repeating: 0, count: 16))
            for i in light { dark.pixels[i] = 255 }
            #expect(dark.onDarkGround == dark)
            // Together with two pixels of each neighbouring side it does.
            var half = dark
            for i in light { half.pixels[15 - i] = 255 }
            #expect(half.onDarkGround != half)
        }
        for size in [1, 2] {
            let light = Image(
                width: size, height: 3, format: .gray, pixels: [UInt8](repeating: 200, count: 3 * size))
            #expect(light.onDarkGround.pixels.allSatisfy { $0 == 55 })
        }
    }
}
