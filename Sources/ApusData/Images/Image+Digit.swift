import ApusFormats

extension Image {
    /// The picture as MNIST's digits were made: light strokes on black, scaled to fit 20×20 with their aspect ratio kept, and
    /// moved so that their centre of mass is in the middle of 28×28; nil where the picture is blank.
    ///
    /// Ink may be lighter or darker than its ground, which need not be even. A picture of MNIST is left as it is, but that
    /// its lightest pixel becomes white.
    ///
    /// Source: LeCun, Cortes and Burges, The MNIST database of handwritten digits.
    public func digit() -> Image? {
        // Beyond this, finding strokes takes long and finds nothing more.
        let largest = 1024
        let longer = max(width, height)
        if longer > largest {
            let (w, h) = (max(width * largest / longer, 1), max(height * largest / longer, 1))
            return Image(width: w, height: h, format: format, pixels: resampled(to: w, h)).digit()
        }
        return strokes()?.digit()
    }
}

extension Strokes {
    static let side = 28
    private static let box = 20.0

    func digit() -> Image {
        var (left, top, right, bottom) = (width, height, 0, 0)
        for y in 0..<height {
            for x in 0..<width where isDrawn[y * width + x] {
                (left, right) = (min(left, x), max(right, x + 1))
                (top, bottom) = (min(top, y), max(bottom, y + 1))
            }
        }
        // Of this picture's pixels along each side of a pixel of the result.
        let cell = Double(max(right - left, bottom - top)) / Strokes.box
        // With the faint outline around the strokes.
        let margin = Int(cell.rounded(.up))
        var (mass, massX, massY) = (0.0, 0.0, 0.0)
        for y in max(top - margin, 0)..<min(bottom + margin, height) {
            for x in max(left - margin, 0)..<min(right + margin, width) {
                let strength = Double(strength[y * width + x])
                mass += strength
                massX += strength * (Double(x) + 0.5)
                massY += strength * (Double(y) + 0.5)
            }
        }
        // Whole pixels, so that what has the right size stays sharp. MNIST rounds so, too.
        func first(_ edge: Int, _ center: Double) -> Double {
            let middle = Double(Strokes.side / 2)
            return Double(edge) - (middle - (center - Double(edge)) / cell).rounded(.up) * cell
        }
        let columns = Strokes.spans(from: first(left, massX / mass), cell: cell, within: width)
        let rows = Strokes.spans(from: first(top, massY / mass), cell: cell, within: height)
        var pixels: [UInt8] = []
        for row in rows {
            for column in columns {
                var sum = 0.0
                for (y, share) in row {
                    for (x, part) in column { sum += share * part * Double(strength[y * width + x]) }
                }
                pixels.append(UInt8((sum * 255).rounded()))
            }
        }
        return Image(width: Strokes.side, height: Strokes.side, format: .gray, pixels: pixels)
    }

    /// For each pixel of the result along an axis, the pixels it covers and which share of it each fills; beyond the picture
    /// is ground.
    private static func spans(from first: Double, cell: Double, within count: Int) -> [[(Int, Double)]] {
        (0..<side).map { index in
            let low = first + Double(index) * cell
            let high = low + cell
            let (begin, end) = (max(Int(low.rounded(.down)), 0), min(Int(high.rounded(.up)), count))
            if begin >= end { return [] }
            return (begin..<end).map { ($0, (min(high, Double($0 + 1)) - max(low, Double($0))) / cell) }
        }
    }
}
