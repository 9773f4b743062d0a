import ApusFormats

/// How strongly each pixel is drawn on, from 0 (ground) to 1, whatever the colours of ink and ground.
struct Strokes {
    let width: Int
    let height: Int
    /// [height, width] in C order.
    let strength: [Float]
    /// Where the drawing is: pixels well above the ground, in pieces that are not specks.
    let isDrawn: [Bool]
}

extension Image {
    /// What stands out from the ground, light or dark; nil where nothing does.
    ///
    /// The ground is the gray of the border, or where that is uneven, as on a photograph, a surface through the pixels that
    /// belong to it.
    func strokes() -> Strokes? {
        let luma = gray.pixels
        let ground = ground(luma)
        var difference = zip(luma, ground).map { Float($0) - $1 }
        // At least a quarter is ground, whose unevenness that quarter tells.
        let noise = 3 * Image.lowerQuartile(difference.map(abs))
        let threshold = max(6, 4 * noise)
        let (above, below) = difference.reduce(into: (Float(0), Float(0))) { sums, value in
            if value > threshold { sums.0 += value } else if value < -threshold { sums.1 -= value }
        }
        let isDark = below > above
        if isDark { for i in difference.indices { difference[i] = -difference[i] } }
        let largest = difference.max() ?? 0
        // An eighth of the full strength is the edge of a stroke.
        let edge = max(threshold, largest / 8)
        guard let isDrawn = Image.pieces(difference.map { $0 > edge }, width: width) else { return nil }
        // The ink has one gray, whatever is behind it.
        var ink: Float = isDark ? 255 : 0
        for i in luma.indices where isDrawn[i] {
            ink = isDark ? min(ink, Float(luma[i])) : max(ink, Float(luma[i]))
        }
        let floor = noise > 2 ? threshold : 0
        let strength = difference.indices.map { i -> Float in
            let full = max(abs(ink - ground[i]), threshold)
            return difference[i] > floor ? min(difference[i] / full, 1) : 0
        }
        return Strokes(width: width, height: height, strength: strength, isDrawn: isDrawn)
    }

    /// The ground's gray at every pixel.
    private func ground(_ luma: [UInt8]) -> [Float] {
        var border: [Int] = []
        for y in 0..<height {
            // All of the first and the last row, and the ends of the others.
            let step = y == 0 || y == height - 1 ? 1 : max(width - 1, 1)
            for x in stride(from: 0, to: width, by: step) { border.append(y * width + x) }
        }
        let grays = border.map { Float(luma[$0]) }.sorted()
        let middle = grays[grays.count / 2]
        if grays[grays.count * 9 / 10] - grays[grays.count / 10] <= 16 {
            return [Float](repeating: middle, count: luma.count)
        }
        // First an inclined plane through the border, on which strokes may end; then a curved surface through all that is
        // near the one before.
        var surface = GraySurface(flat: Double(middle))
        var all = border
        var reach = 48.0
        for round in 0..<8 {
            if round == 3 {
                let apart = max(1, Int((Double(luma.count) / 4096).squareRoot()))
                all = stride(from: 0, to: height, by: apart).flatMap { y in
                    stride(from: 0, to: width, by: apart).map { y * width + $0 }
                }
                reach = 32
            }
            let points = all.map { (point(at: $0), Double(luma[$0])) }
            let near = points.filter { abs($0.1 - surface($0.0)) <= reach }
            if near.count >= max(12, points.count / 4) {
                surface = GraySurface(through: near, isCurved: round >= 3) ?? surface
            }
            reach = max(reach * 0.75, 12)
        }
        return luma.indices.map { Float(surface(point(at: $0))) }
    }

    /// The position of a pixel, from −1 to 1 along each axis.
    private func point(at index: Int) -> (x: Double, y: Double) {
        (
            Double(2 * (index % width) + 1) / Double(width) - 1,
            Double(2 * (index / width) + 1) / Double(height) - 1
        )
    }

    /// To a half of a gray level.
    private static func lowerQuartile(_ values: [Float]) -> Float {
        var counts = [Int](repeating: 0, count: 1024)
        for value in values { counts[min(Int(value * 2), 1023)] += 1 }
        var below = 0
        let index = counts.firstIndex {
            below += $0
            return 4 * below > values.count
        }
        return Float(index ?? 0) / 2
    }

    /// Of the marked pixels those in pieces of at least a sixteenth of the largest one's size; nil where that has under
    /// three pixels.
    private static func pieces(_ marked: [Bool], width: Int) -> [Bool]? {
        var piece = [Int32](repeating: -1, count: marked.count)
        var sizes: [Int] = []
        var waiting: [Int] = []
        let height = marked.count / width
        for start in marked.indices where marked[start] && piece[start] < 0 {
            let number = Int32(sizes.count)
            var size = 0
            piece[start] = number
            waiting.append(start)
            while let pixel = waiting.popLast() {
                size += 1
                let (x, y) = (pixel % width, pixel / width)
                for row in max(y - 1, 0)...min(y + 1, height - 1) {
                    for column in max(x - 1, 0)...min(x + 1, width - 1) {
                        let neighbor = row * width + column
                        if marked[neighbor] && piece[neighbor] < 0 {
                            piece[neighbor] = number
                            waiting.append(neighbor)
                        }
                    }
                }
            }
            sizes.append(size)
        }
        guard let largest = sizes.max(), largest >= 3 else { return nil }
        return piece.map { $0 >= 0 && sizes[Int($0)] * 16 >= largest }
    }
}
