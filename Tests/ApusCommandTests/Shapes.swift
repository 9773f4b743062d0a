import ApusFormats
import Foundation

/// Pictures of discs and squares: a folder with a folder for each of the two classes.
enum Shapes {
    /// A dark shape on a light ground, whose place, size and colours the number decides.
    static func image(isRound: Bool, _ number: Int) -> Image {
        let (width, height) = (36 + number % 3 * 4, 36 + number % 4 * 3)
        let reach = 11 + number % 4
        let (x, y) = (width / 2 + number % 5 - 2, height / 2 + number % 7 - 3)
        var pixels: [UInt8] = []
        for row in 0..<height {
            for column in 0..<width {
                let (dx, dy) = (column - x, row - y)
                let isInside =
                    isRound ? dx * dx + dy * dy <= reach * reach : max(abs(dx), abs(dy)) <= reach
                for channel in 1...3 {
                    pixels.append(UInt8((isInside ? 20 : 180) + number * channel * 13 % 70))
                }
            }
        }
        return Image(width: width, height: height, format: .rgb, pixels: pixels)
    }

    /// So many pictures of each class, every other one a JPEG.
    static func write(to folder: String, count: Int) throws {
        for (name, isRound) in [("disc", true), ("square", false)] {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            for number in 0..<count {
                let ending = number % 2 == 0 ? "png" : "jpg"
                try image(isRound: isRound, number).write("\(folder)/\(name)/\(number).\(ending)")
            }
        }
    }
}

extension Image {
    /// Writes a PNG or a JPEG file, as its name ends.
    func write(_ path: String) throws {
        if path.hasSuffix(".jpg") { try JPEG.write(self, to: path) } else { try PNG.write(self, to: path) }
    }
}
