extension Image {
    /// Left and right exchanged.
    public func flippedHorizontally() -> Image {
        moved(width: width, height: height) { out, pixels, channels in
            for y in 0..<height {
                let row = pixels + y * width * channels
                var to = out + y * width * channels
                var from = row + (width - 1) * channels
                for _ in 0..<width {
                    for channel in 0..<channels { to[channel] = from[channel] }
                    to += channels
                    from -= channels
                }
            }
        }
    }

    /// Top and bottom exchanged.
    public func flippedVertically() -> Image {
        moved(width: width, height: height) { out, pixels, channels in
            let bytes = width * channels
            for y in 0..<height {
                (out + y * bytes).update(from: pixels + (height - 1 - y) * bytes, count: bytes)
            }
        }
    }

    /// Rows and columns exchanged: what was at (x, y) is at (y, x).
    public func transposed() -> Image {
        moved(width: height, height: width) { out, pixels, channels in
            for y in 0..<width {
                for x in 0..<height {
                    let (to, from) = (out + (y * height + x) * channels, pixels + (x * width + y) * channels)
                    for channel in 0..<channels { to[channel] = from[channel] }
                }
            }
        }
    }

    /// Turned counter-clockwise by so many quarters of a circle; negative ones turn clockwise.
    public func rotated(quarters: Int) -> Image {
        switch quarters & 3 {
        case 1: transposed().flippedVertically()
        case 2: flippedHorizontally().flippedVertically()
        case 3: transposed().flippedHorizontally()
        default: self
        }
    }

    /// Upright, where a camera says how it was held.
    ///
    /// Source: CIPA DC-008 (Exif 2.32), tag 274: the number says where the first row and column of the stored picture belong.
    func upright(from orientation: Int) -> Image {
        switch orientation {
        case 2: flippedHorizontally()
        case 3: rotated(quarters: 2)
        case 4: flippedVertically()
        case 5: transposed()
        case 6: rotated(quarters: -1)
        case 7: rotated(quarters: 2).transposed()
        case 8: rotated(quarters: 1)
        default: self
        }
    }

    /// As many pixels as before, each written once by `move`.
    @inline(__always)
    private func moved(
        width: Int, height: Int,
        _ move: (UnsafeMutablePointer<UInt8>, UnsafePointer<UInt8>, _ channels: Int) -> Void
    ) -> Image {
        let bytes = pixels.withUnsafeBufferPointer { pixels in
            [UInt8](unsafeUninitializedCapacity: pixels.count) { out, count in
                // With a constant in each call, the loops over channels become plain copies.
                switch format {
                case .gray: move(out.baseAddress!, pixels.baseAddress!, 1)
                case .rgb: move(out.baseAddress!, pixels.baseAddress!, 3)
                }
                count = pixels.count
            }
        }
        return Image(width: width, height: height, format: format, pixels: bytes)
    }
}
