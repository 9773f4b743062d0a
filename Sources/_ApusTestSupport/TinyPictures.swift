import ApusFormats
import Foundation

/// Folders of small pictures by class, which are told apart by their color.
package enum TinyPictures {
    /// The colors of the classes, by their names.
    package static let colors: KeyValuePairs<String, [UInt8]> = [
        "blue": [30, 60, 220], "green": [40, 200, 50], "red": [210, 40, 30],
    ]

    /// A picture of a class, with a dark square at another place in each.
    package static func picture(_ name: String, _ number: Int, width: Int = 40, height: Int = 36) -> Image {
        let color = colors.first { $0.key == name }!.value
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let isSquare = x / 8 == number % 5 && y / 8 == number % 4
                let shade = UInt8((x * 5 + y * 3 + number * 11) % 30)
                pixels += color.map { isSquare ? 10 : $0 + shade }
            }
        }
        return Image(width: width, height: height, format: .rgb, pixels: pixels)
    }

    /// Writes so many PNG files of each class to a folder, which is made where it is not there.
    package static func write(to folder: String, each count: Int, classes: [String]? = nil) throws {
        for (name, _) in colors where classes?.contains(name) ?? true {
            let place = "\(folder)/\(name)"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            for number in 0..<count {
                // Some are wide, some are high.
                let (width, height) = number % 2 == 0 ? (40, 36) : (34, 44)
                try PNG.write(
                    picture(name, number, width: width, height: height), to: "\(place)/\(number).png")
            }
        }
    }
}
