import Foundation

/// Four IDX files of a few images, which load and train in milliseconds.
package enum TinyMNIST {
    /// - Parameters:
    ///   - folder: made where it is not there.
    ///   - seed: another one gives other images.
    package static func write(to folder: String, train: Int = 40, test: Int = 20, seed: Int = 0) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (stem, count) in [("train", train), ("t10k", test)] {
            let labels = (0..<count).map { UInt8($0 % 10) }
            var images: [UInt8] = []
            for index in 0..<count {
                for pixel in 0..<784 {
                    let isInk = pixel / 78 == index % 10
                    images.append(isInk ? 200 + UInt8((pixel * 7 + index * 13 + seed) % 50) : 0)
                }
            }
            try Data([0, 0, 8, 3] + extent(count) + extent(28) + extent(28) + images).write(
                to: URL(filePath: "\(folder)/\(stem)-images-idx3-ubyte"))
            try Data([0, 0, 8, 1] + extent(count) + labels).write(
                to: URL(filePath: "\(folder)/\(stem)-labels-idx1-ubyte"))
        }
    }

    private static func extent(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
}
