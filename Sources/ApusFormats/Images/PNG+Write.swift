import CPNG

extension PNG {
    /// Encodes an image as an 8-bit gray or RGB PNG file.
    public static func encode(_ image: Image) -> [UInt8] {
        var control = png_image()
        control.version = png_uint_32(PNG_IMAGE_VERSION)
        control.width = png_uint_32(image.width)
        control.height = png_uint_32(image.height)
        control.format = image.format == .rgb ? png_uint_32(PNG_FORMAT_FLAG_COLOR) : 0
        defer { png_image_free(&control) }

        // Where the first try lacks room, libpng says how much it wants.
        var size = png_alloc_size_t(image.pixels.count + image.pixels.count / 8 + 4096)
        while true {
            let room = size
            let bytes = [UInt8](unsafeUninitializedCapacity: Int(room)) { buffer, count in
                let done = png_image_write_to_memory(
                    &control, buffer.baseAddress, &size, 0, image.pixels, 0, nil)
                count = done != 0 ? Int(size) : 0
            }
            if !bytes.isEmpty { return bytes }
            if size <= room { fatalError("PNG.encode: \(control.messageText)") }
        }
    }

    /// Writes an image as an 8-bit gray or RGB PNG file, whole or not at all.
    public static func write(_ image: Image, to path: String) throws(FileError) {
        try AtomicFile.write(format: path) { file throws(FileError) in try file.write(encode(image)) }
    }
}
