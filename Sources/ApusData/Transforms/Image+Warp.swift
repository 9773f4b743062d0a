import ApusCore
import ApusFormats

/// Where each pixel of a warped picture comes from.
enum Warp {
    /// (ax + by + c, dx + ey + f).
    case affine([Double])
    /// ((ax + by + c) / (gx + hy + 1), (dx + ey + f) / (gx + hy + 1)).
    case perspective([Double])
}

extension Image {
    /// The pixels of this picture that a map from the new positions to the old ones finds, as Pillow's `transform`.
    func warped(
        width: Int, height: Int, _ warp: Warp, _ resampling: Resampling, fill: Color
    ) -> Image {
        if resampling != .nearest && resampling != .bilinear {
            fail("warp", "pictures are warped by nearest or bilinear resampling, not \(resampling.rawValue)")
        }
        let color = fill.samples(format)
        let channels = format.channels
        let bytes = pixels.withUnsafeBufferPointer { pixels in
            [UInt8](unsafeUninitializedCapacity: width * height * channels) { out, count in
                let view = WarpSource(
                    pixels: pixels.baseAddress!, width: self.width, height: self.height, channels: channels)
                var to = out.baseAddress!
                for _ in 0..<width * height {
                    for channel in 0..<channels { to[channel] = color[channel] }
                    to += channels
                }
                switch (warp, resampling) {
                case (.affine(let matrix), .nearest):
                    view.copyNearest(matrix, width, height, to: out.baseAddress!)
                case (.affine(let m), _):
                    view.interpolate(width, height, to: out.baseAddress!) { x, y in
                        (m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5])
                    }
                case (.perspective(let m), _):
                    let position = { (x: Double, y: Double) -> (Double, Double) in
                        let depth = m[6] * x + m[7] * y + 1
                        return ((m[0] * x + m[1] * y + m[2]) / depth, (m[3] * x + m[4] * y + m[5]) / depth)
                    }
                    if resampling == .nearest {
                        view.copyNearest(width, height, to: out.baseAddress!, from: position)
                    } else {
                        view.interpolate(width, height, to: out.baseAddress!, from: position)
                    }
                }
                count = width * height * channels
            }
        }
        return Image(width: width, height: height, format: format, pixels: bytes)
    }
}

private struct WarpSource {
    let pixels: UnsafePointer<UInt8>
    let width: Int
    let height: Int
    let channels: Int

    func copy(_ x: Int, _ y: Int, to out: UnsafeMutablePointer<UInt8>) {
        let pixel = pixels + (y * width + x) * channels
        for channel in 0..<channels { out[channel] = pixel[channel] }
    }

    /// The pixel that a position lies in; nil outside.
    func index(_ position: Double, _ count: Int) -> Int? {
        position >= 0 && position < Double(count) ? Int(position) : nil
    }

    /// Nearest pixels under an affine map. Positions are added up, in 16 fractional bits where the map has both axes in it:
    /// which pixel is the nearest depends on it.
    func copyNearest(_ m: [Double], _ width: Int, _ height: Int, to out: UnsafeMutablePointer<UInt8>) {
        if m[1] == 0 && m[3] == 0 {
            var position = m[2] + m[0] * 0.5
            let columns = (0..<width).map { _ in
                defer { position += m[0] }
                return index(position, self.width) ?? -1
            }
            var row = m[5] + m[4] * 0.5
            for y in 0..<height {
                if let old = index(row, self.height) {
                    for x in 0..<width where columns[x] >= 0 {
                        copy(columns[x], old, to: out + (y * width + x) * channels)
                    }
                }
                row += m[4]
            }
            return
        }
        let corners = [(0, 0), (width, 0), (0, height), (width, height)].map { (Double($0), Double($1)) }
        let isNear = corners.allSatisfy { x, y in
            abs(m[0] * x + m[1] * y + m[2]) < 32768 && abs(m[3] * x + m[4] * y + m[5]) < 32768
        }
        if !isNear {
            var (startX, startY) = (m[2] + m[1] * 0.5 + m[0] * 0.5, m[5] + m[4] * 0.5 + m[3] * 0.5)
            for y in 0..<height {
                var (x, row) = (startX, startY)
                for column in 0..<width {
                    if let old = index(x, self.width), let oldRow = index(row, self.height) {
                        copy(old, oldRow, to: out + (y * width + column) * channels)
                    }
                    x += m[0]
                    row += m[3]
                }
                startX += m[1]
                startY += m[4]
            }
            return
        }
        func fixed(_ value: Double) -> Int { Int((value * 65536 + 0.5).rounded(.down)) }
        let (stepX, stepY, lineX, lineY) = (fixed(m[0]), fixed(m[3]), fixed(m[1]), fixed(m[4]))
        var startX = fixed(m[2] + m[0] * 0.5 + m[1] * 0.5)
        var startY = fixed(m[5] + m[3] * 0.5 + m[4] * 0.5)
        for y in 0..<height {
            var (x, row) = (startX, startY)
            for column in 0..<width {
                let (old, oldRow) = (x >> 16, row >> 16)
                if old >= 0 && old < self.width && oldRow >= 0 && oldRow < self.height {
                    copy(old, oldRow, to: out + (y * width + column) * channels)
                }
                x += stepX
                row += stepY
            }
            startX += lineX
            startY += lineY
        }
    }

    @inline(__always)
    func copyNearest(
        _ width: Int, _ height: Int, to out: UnsafeMutablePointer<UInt8>,
        from position: (Double, Double) -> (Double, Double)
    ) {
        for y in 0..<height {
            for x in 0..<width {
                let (column, row) = position(Double(x) + 0.5, Double(y) + 0.5)
                guard let old = index(column, self.width), let oldRow = index(row, self.height) else {
                    continue
                }
                copy(old, oldRow, to: out + (y * width + x) * channels)
            }
        }
    }

    /// Linear interpolation of the four nearest pixels; beyond the edge the last pixel goes on.
    @inline(__always)
    func interpolate(
        _ width: Int, _ height: Int, to out: UnsafeMutablePointer<UInt8>,
        from position: (Double, Double) -> (Double, Double)
    ) {
        for y in 0..<height {
            for x in 0..<width {
                var (column, row) = position(Double(x) + 0.5, Double(y) + 0.5)
                guard index(column, self.width) != nil, index(row, self.height) != nil else { continue }
                column -= 0.5
                row -= 0.5
                let (left, top) = (Int(column.rounded(.down)), Int(row.rounded(.down)))
                let (dx, dy) = (column - Double(left), row - Double(top))
                let (x0, x1) = (max(left, 0) * channels, min(left + 1, self.width - 1) * channels)
                let upper = pixels + max(top, 0) * self.width * channels
                let lower = pixels + min(top + 1, self.height - 1) * self.width * channels
                let to = out + (y * width + x) * channels
                for channel in 0..<channels {
                    func between(_ row: UnsafePointer<UInt8>) -> Double {
                        let (a, b) = (Double(row[x0 + channel]), Double(row[x1 + channel]))
                        return a + (b - a) * dx
                    }
                    let (above, below) = (between(upper), between(lower))
                    to[channel] = UInt8(above + (below - above) * dy)
                }
            }
        }
    }
}
