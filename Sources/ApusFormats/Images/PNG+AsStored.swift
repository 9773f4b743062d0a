import CPNG

/// Samples as they are stored, whatever a file says of how they are to be seen: what Pillow reads.
extension PNG {
    /// The file with the chunks alone that samples are made of; libpng then knows of no gamma, and of no transparent colour.
    static func withoutAncillary(_ bytes: [UInt8]) -> [UInt8] {
        var kept = Array(bytes[..<8])
        kept.reserveCapacity(bytes.count)
        var start = 8
        while start + 12 <= bytes.count {
            let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            let end = min(start + 12 + length, bytes.count)
            // The first letter of a critical chunk's name is large.
            if bytes[start + 4] & 0x20 == 0 { kept += bytes[start..<end] }
            start = end
        }
        return kept + bytes[min(start, bytes.count)...]
    }

    /// The upper bytes of samples of 16 bits, without opacities among them.
    static func upperBytes(_ bytes: UnsafeRawBufferPointer, name: String) throws(FileError) -> Image {
        let reader = try PNGReader(bytes, name: name)
        let format: Image.Format = reader.hasColor ? .rgb : .gray
        // Both the file and the result are linear to libpng, so that it leaves the samples as they are.
        let samples: [UInt16] = try reader.pixels(
            format: PNG_FORMAT_FLAG_LINEAR | (format == .rgb ? PNG_FORMAT_FLAG_COLOR : 0),
            channels: format.channels)
        return Image(
            width: reader.width, height: reader.height, format: format, pixels: samples.map { UInt8($0 >> 8) }
        )
    }

    /// Pixels without the last sample of each, their opacity.
    static func withoutAlpha(_ pixels: [UInt8], _ format: Image.Format) -> [UInt8] {
        let channels = format.channels
        let count = pixels.count / (channels + 1)
        return [UInt8](unsafeUninitializedCapacity: count * channels) { out, written in
            for i in 0..<count {
                for channel in 0..<channels {
                    out[i * channels + channel] = pixels[i * (channels + 1) + channel]
                }
            }
            written = count * channels
        }
    }
}
