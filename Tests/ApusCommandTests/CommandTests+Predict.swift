import ApusData
import Foundation
import Testing

extension CommandTests {
    @Suite struct Predict {
        let folder = TemporaryFolder()

        @Test func drawnDigitsAreRecognised() throws {
            let trained = try CommandTests.run(
                "train", "mnist-mlp", "--epochs", "2", "--threads", "1", "--output", "run", in: folder.path)
            #expect(trained.status == 0, "\(trained.errors)")

            let digits = SyntheticDigits()
            var right = 0
            for digit in 0..<10 {
                let index = try #require((0..<1000).first { digits.label($0, of: .test) == digit })
                let pixels = digits.pixels(index, of: .test)
                let drawn = Image(width: 28, height: 28, format: .gray, pixels: pixels)
                let shares = try predicted(drawn)
                if shares.first?.digit == digit { right += 1 }
                #expect(shares.count == 3 && Set(shares.map(\.digit)).count == 3)
                #expect(shares.map(\.percent) == shares.map(\.percent).sorted(by: >))
                #expect(shares.map(\.percent).reduce(0, +) <= 100.2)

                // Ink on paper, in colour and twice as large, is the same digit.
                let paper = try predicted(Self.blackOnWhite(drawn))
                #expect(paper.map(\.digit) == shares.map(\.digit), "\(digit)")
                #expect(paper.map(\.percent) == shares.map(\.percent), "\(digit)")
            }
            #expect(right >= 8, "\(right) of ten")
        }

        private func predicted(_ image: Image) throws -> [(digit: Int, percent: Double)] {
            try PNG.write(image, to: "\(folder.path)/digit.png")
            let result = try CommandTests.run("predict", "run", "digit.png", in: folder.path)
            #expect(result.status == 0, "\(result.errors)")
            return try result.output.split(separator: "\n").map { line in
                let words = line.split(separator: " ")
                try #require(words.count == 3 && words[2] == "%", "\(line)")
                return (try #require(Int(words[0])), try #require(Double(words[1])))
            }
        }

        /// RGB, 56 × 56.
        private static func blackOnWhite(_ drawn: Image) -> Image {
            var pixels: [UInt8] = []
            for y in 0..<56 {
                for x in 0..<56 {
                    let ink = drawn.pixels[y / 2 * 28 + x / 2]
                    pixels += [UInt8](repeating: 255 - ink, count: 3)
                }
            }
            return Image(width: 56, height: 56, format: .rgb, pixels: pixels)
        }
    }
}
