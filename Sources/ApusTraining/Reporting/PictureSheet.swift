import ApusFormats

/// A picture that others, lines and letters are put on.
struct PictureSheet {
    typealias Color = SIMD3<UInt8>

    let width: Int
    let height: Int
    private var pixels: [UInt8]

    /// A dark sheet.
    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        pixels = [UInt8](repeating: 32, count: 3 * width * height)
    }

    var image: Image { Image(width: width, height: height, format: .rgb, pixels: pixels) }

    /// What lies beyond the sheet is left out.
    mutating func fill(x: Range<Int>, y: Range<Int>, _ color: Color) {
        let (columns, rows) = (x.clamped(to: 0..<width), y.clamped(to: 0..<height))
        for row in rows {
            for column in columns {
                for channel in 0..<3 { pixels[3 * (row * width + column) + channel] = color[channel] }
            }
        }
    }

    /// An RGB picture, each of its pixels `scale` wide and high.
    mutating func put(_ picture: Image, x: Int, y: Int, scale: Int) {
        for row in 0..<picture.height {
            for column in 0..<picture.width {
                let at = 3 * (row * picture.width + column)
                let (left, top) = (x + column * scale, y + row * scale)
                let color = Color(picture.pixels[at], picture.pixels[at + 1], picture.pixels[at + 2])
                fill(x: left..<left + scale, y: top..<top + scale, color)
            }
        }
    }

    /// The lines of a rectangle, two pixels wide.
    mutating func outline(x: Range<Int>, y: Range<Int>, _ color: Color) {
        fill(x: x, y: y.lowerBound..<y.lowerBound + 2, color)
        fill(x: x, y: y.upperBound - 2..<y.upperBound, color)
        fill(x: x.lowerBound..<x.lowerBound + 2, y: y, color)
        fill(x: x.upperBound - 2..<x.upperBound, y: y, color)
    }

    /// Letters and digits, 5 pixels wide and 10 high each, with a ground of their own.
    ///
    /// - Returns: the x where they end.
    @discardableResult
    mutating func write(_ text: String, x: Int, y: Int, _ color: Color, on ground: Color) -> Int {
        let letters = Array(text.uppercased())
        let end = x + 8 * letters.count + 2
        fill(x: x..<end, y: y..<y + 14, ground)
        for (index, letter) in letters.enumerated() {
            guard let rows = PictureSheet.letters[letter] else { continue }
            for (row, bits) in rows.enumerated() {
                for column in 0..<3 where bits >> (2 - column) & 1 == 1 {
                    let (left, top) = (x + 2 + 8 * index + 2 * column, y + 2 + 2 * row)
                    fill(x: left..<left + 2, y: top..<top + 2, color)
                }
            }
        }
        return end
    }

    /// Five rows of three pixels, as bits; a pixel is drawn 2×2.
    private static let letters: [Character: [UInt8]] = [
        "A": [2, 5, 7, 5, 5], "B": [6, 5, 6, 5, 6], "C": [3, 4, 4, 4, 3], "D": [6, 5, 5, 5, 6],
        "E": [7, 4, 6, 4, 7], "F": [7, 4, 6, 4, 4], "G": [3, 4, 5, 5, 3], "H": [5, 5, 7, 5, 5],
        "I": [7, 2, 2, 2, 7], "J": [1, 1, 1, 5, 2], "K": [5, 5, 6, 5, 5], "L": [4, 4, 4, 4, 7],
        "M": [5, 7, 7, 5, 5], "N": [6, 5, 5, 5, 5], "O": [2, 5, 5, 5, 2], "P": [6, 5, 6, 4, 4],
        "Q": [2, 5, 5, 6, 3], "R": [6, 5, 6, 5, 5], "S": [3, 4, 2, 1, 6], "T": [7, 2, 2, 2, 2],
        "U": [5, 5, 5, 5, 7], "V": [5, 5, 5, 5, 2], "W": [5, 5, 7, 7, 5], "X": [5, 5, 2, 5, 5],
        "Y": [5, 5, 2, 2, 2], "Z": [7, 1, 2, 4, 7], "0": [7, 5, 5, 5, 7], "1": [2, 6, 2, 2, 7],
        "2": [6, 1, 2, 4, 7], "3": [6, 1, 2, 1, 6], "4": [5, 5, 7, 1, 1], "5": [7, 4, 6, 1, 6],
        "6": [3, 4, 7, 5, 7], "7": [7, 1, 1, 2, 2], "8": [7, 5, 7, 5, 7], "9": [7, 5, 7, 1, 6],
        ".": [0, 0, 0, 0, 2],
    ]
}
