import CPNG

/// libpng's state while it reads a file, at one address: libpng keeps that for its errors.
final class PNGReader {
    private let control: UnsafeMutablePointer<png_image>
    private let name: String

    /// Reads the header of a file, whose bytes must live as long as this object.
    init(_ bytes: UnsafeRawBufferPointer, name: String) throws(FileError) {
        self.name = name
        control = .allocate(capacity: 1)
        control.initialize(to: png_image())
        control.pointee.version = png_uint_32(PNG_IMAGE_VERSION)
        if png_image_begin_read_from_memory(control, bytes.baseAddress, bytes.count) == 0 {
            throw PNG.damaged(name, control.pointee.messageText)
        }
    }

    deinit {
        png_image_free(control)
        control.deallocate()
    }

    var width: Int { Int(control.pointee.width) }
    var height: Int { Int(control.pointee.height) }
    var hasColor: Bool { control.pointee.format & png_uint_32(PNG_FORMAT_FLAG_COLOR) != 0 }
    var hasAlpha: Bool { control.pointee.format & png_uint_32(PNG_FORMAT_FLAG_ALPHA) != 0 }

    /// Reads the pixels in a format of libpng's, whose samples have the element type.
    func pixels<Sample: FixedWidthInteger>(
        format: UInt32, flags: UInt32 = 0, channels: Int, behind gray: UInt8 = 255
    ) throws(FileError) -> [Sample] {
        control.pointee.format = format
        control.pointee.flags |= flags
        var samples = [Sample](repeating: 0, count: width * height * channels)
        var behind = png_color(red: gray, green: gray, blue: gray)
        guard png_image_finish_read(control, &behind, &samples, 0, nil) != 0 else {
            throw PNG.damaged(name, control.pointee.messageText)
        }
        return samples
    }
}
