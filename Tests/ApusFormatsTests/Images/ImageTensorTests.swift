import Apus
import ApusFormats
import Foundation
import Testing

@Suite struct ImageTensorTests {
    @Test func smallestIsBlackAndLargestWhite() {
        let image = Image(gray: Tensor([[1.0, 2], [3, 5]]))
        #expect(image == Image(width: 2, height: 2, format: .gray, pixels: [0, 64, 128, 255]))
        let counts = Image(gray: Tensor([[4, 2, 0]], dtype: .int64).transpose())
        #expect(counts == Image(width: 1, height: 3, format: .gray, pixels: [255, 128, 0]))
    }

    @Test func rangesAndUnusualNumbers() {
        let row = Tensor([[-1.0, 0, 0.5, 1, 7, .nan, .infinity]])
        #expect(Image(gray: row, range: 0...1).pixels == [0, 0, 128, 255, 255, 0, 255])
        #expect(Image(gray: row).pixels == [0, 32, 48, 64, 255, 0, 255])
        #expect(Image(gray: .ones([1, 2])).pixels == [128, 128])
    }

    @Test func spansThatOverflow() async {
        let wide = Tensor([-1.7e308, 0, 1.7e308], shape: [1, 3], dtype: .float64)
        #expect(Image(gray: wide).pixels == [0, 128, 255])
        #expect(Image(gray: wide, range: -1.7e308...1.7e308).pixels == [0, 128, 255])
        let tiny = Tensor([0, Double.leastNonzeroMagnitude], shape: [1, 2], dtype: .float64)
        #expect(Image(gray: tiny).pixels == [0, 255])
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Image(gray: .ones([1, 2]), range: -Double.infinity...Double.infinity)
        }
        let refused = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(refused.contains("Image: "), "\(refused)")
        let large = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Image(gray: .ones([1, 2]), scale: 1 << 31)
        }
        let tooLarge = String(decoding: large?.standardErrorContent ?? [], as: UTF8.self)
        #expect(tooLarge.contains("Image: "), "\(tooLarge)")
    }

    @Test func scaledPixelsSurviveAFile() throws {
        let image = Image(gray: Tensor([[0.0, 1], [1, 0]]), scale: 3)
        #expect(image.width == 6 && image.height == 6)
        #expect(image.pixels[0..<6] == [0, 0, 0, 255, 255, 255])
        #expect(image.pixels[18..<24] == [255, 255, 255, 0, 0, 0])
        let path = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID().uuidString).png")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try PNG.write(image, to: path)
        #expect(try PNG.read(path) == image)
    }
}
