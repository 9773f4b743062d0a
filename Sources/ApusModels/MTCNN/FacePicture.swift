import Apus
import ApusFormats

/// A picture in which faces are looked for, and its parts as MTCNN's networks take them.
struct FacePicture {
    /// float32 [1, 3, height, width], of bytes.
    private let pixels: Tensor
    let width: Int
    let height: Int

    init(_ image: Image) {
        (width, height) = (image.width, image.height)
        pixels = Tensor(image.rgb.pixels, shape: [1, height, width, 3]).to(.float32).permute(0, 3, 1, 2)
    }

    /// [1, 3, ⌊height · scale + 1⌋, ⌊width · scale + 1⌋].
    func scaled(_ scale: Double) -> Tensor {
        let extents = [height, width].map { Int(Double($0) * scale + 1) }
        return normalized(pixels.adaptiveAvgPool2d([extents[0], extents[1]]))
    }

    /// What is in boxes, as squares of `extent` pixels: [boxes, 3, extent, extent]; boxes beyond the picture are left out.
    func parts(_ boxes: [Box], extent: Int) -> (boxes: [Box], pixels: Tensor) {
        var (inside, parts): ([Box], [Tensor]) = ([], [])
        for box in boxes {
            // The first pixel has the number 1.
            let (left, top) = (max(Int(box.left), 1) - 1, max(Int(box.top), 1) - 1)
            let (right, bottom) = (min(Int(box.right), width), min(Int(box.bottom), height))
            if right <= left || bottom <= top { continue }
            inside.append(box)
            parts.append(
                pixels[0..., 0..., top..<bottom, left..<right].adaptiveAvgPool2d([extent, extent]))
        }
        return (inside, parts.isEmpty ? pixels : normalized(Tensor.cat(parts)))
    }

    private func normalized(_ x: Tensor) -> Tensor { (x - 127.5) / 128 }
}

extension Box {
    /// Those in the rows of [boxes, 4].
    static func list(_ rows: Tensor) -> [Box] {
        let numbers = rows.array(of: Float.self)
        return stride(from: 0, to: numbers.count, by: 4).map {
            Box(left: numbers[$0], top: numbers[$0 + 1], right: numbers[$0 + 2], bottom: numbers[$0 + 3])
        }
    }

    /// With edges moved by parts of the width and the height.
    ///
    /// - Parameter margin: pixels that are added to width and height for that; 1 where edges are the first and the last
    ///   pixel.
    func moved(by change: Box, margin: Float) -> Box {
        let (width, height) = (right - left + margin, bottom - top + margin)
        return Box(
            left: left + change.left * width, top: top + change.top * height,
            right: right + change.right * width, bottom: bottom + change.bottom * height)
    }

    /// The square around the same middle with the longer side.
    var square: Box {
        let (width, height) = (right - left, bottom - top)
        let side = max(width, height)
        let (left, top) = (left + (width - side) / 2, top + (height - side) / 2)
        return Box(left: left, top: top, right: left + side, bottom: top + side)
    }

    /// The area that both share over the smaller one's, where edges are the first and the last pixel.
    func sharedPart(_ other: Box) -> Float {
        let (a, b) = (wholePixels, other.wholePixels)
        let width = min(a.right, b.right) - max(a.left, b.left)
        let height = min(a.bottom, b.bottom) - max(a.top, b.top)
        return max(width, 0) * max(height, 0) / min(a.area, b.area)
    }

    private var wholePixels: Box { Box(left: left, top: top, right: right + 1, bottom: bottom + 1) }
}
