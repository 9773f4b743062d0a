import ApusCore
import CJPEG

extension JPEG {
    /// Encodes an image as a baseline file.
    ///
    /// - Parameter quality: 1 to 100; 75 is Pillow's. Colours have half the resolution each way, as Pillow's.
    public static func encode(
        _ image: Image, quality: Int = 75, file: StaticString = #fileID, line: UInt = #line
    ) -> [UInt8] {
        let site = CallSite(file: file, line: line)
        if !(1...100).contains(quality) {
            fail("JPEG.encode", "quality \(quality) is not in 1...100", at: site)
        }
        if max(image.width, image.height) > 65535 {
            fail(
                "JPEG.encode", "\(image.width) × \(image.height) pixels are more than 65535 a side", at: site)
        }
        let isGray = image.format == .gray
        let subsampling = isGray ? TJSAMP_GRAY : TJSAMP_420
        guard let compressor = tjInitCompress() else {
            fail("JPEG.encode", String(cString: tjGetErrorStr2(nil)), at: site)
        }
        defer { tjDestroy(compressor) }
        let room = tjBufSize(Int32(image.width), Int32(image.height), Int32(subsampling.rawValue))
        return [UInt8](unsafeUninitializedCapacity: Int(room)) { buffer, count in
            var start = buffer.baseAddress
            var size = room
            let result = tjCompress2(
                compressor, image.pixels, Int32(image.width), 0, Int32(image.height),
                Int32((isGray ? TJPF_GRAY : TJPF_RGB).rawValue), &start, &size, Int32(subsampling.rawValue),
                Int32(quality), TJFLAG_NOREALLOC)
            if result != 0 { fail("JPEG.encode", String(cString: tjGetErrorStr2(compressor)), at: site) }
            count = Int(size)
        }
    }

    /// Writes an image as a baseline file, whole or not at all.
    ///
    /// - Parameter quality: 1 to 100.
    public static func write(
        _ image: Image, to path: String, quality: Int = 75, file: StaticString = #fileID, line: UInt = #line
    ) throws(FileError) {
        let bytes = encode(image, quality: quality, file: file, line: line)
        try AtomicFile.write(format: path) { file throws(FileError) in try file.write(bytes) }
    }
}
