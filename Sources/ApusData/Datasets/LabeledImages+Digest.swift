import ApusCore
import ApusFormats
import CZlib
import Glibc

extension LabeledImages {
    /// Tells these images and labels from others, whatever files they came from: their number and the CRC-32 of
    /// both, as `60000-1a2b3c4d-5e6f7a8b`. It is no protection against someone who wants two sets to look alike.
    public var digest: String {
        let sums = [(pixels, count * sampleSize), (classNumbers, count)].map { storage, byteCount in
            hexadecimal(checksum(UnsafeRawBufferPointer(start: storage.pointer, count: byteCount)))
        }
        return "\(count)-" + sums.joined(separator: "-")
    }
}

extension Image {
    /// Tells this picture from others: its size and the CRC-32 of its pixels, as `128x96x3-1a2b3c4d`.
    package var digest: String {
        "\(width)x\(height)x\(format.channels)-" + pixels.withUnsafeBytes { hexadecimal(checksum($0)) }
    }
}

extension ImageFolder {
    /// Tells these files from others by their number, names and sizes, as `1200-1a2b3c4d`: what is in pictures of a name and
    /// size is not looked at, since that would take as long as an epoch.
    package var digest: String {
        let names = zip(paths, labels).map { path, label in
            var status = stat()
            let size = stat(path, &status) == 0 ? Int(status.st_size) : -1
            return "\(classNames[label])/\(path.split(separator: "/").last ?? "") \(size)\n"
        }
        return "\(count)-" + Array(names.joined().utf8).withUnsafeBytes { hexadecimal(checksum($0)) }
    }

    /// Tells what is in the files from what is in others of these names and sizes, as `1a2b3c4d`: the CRC-32 of whole files, evenly
    /// chosen, of which so many bytes are read; of all where they are no more than that.
    package func contentDigest(limit: Int) -> String {
        let total = paths.reduce(0) { sum, path in
            var status = stat()
            return stat(path, &status) == 0 ? sum + Int(status.st_size) : sum
        }
        var sum = crc32(0, nil, 0)
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        for index in stride(from: 0, to: count, by: max(1, (total + limit - 1) / limit)) {
            let file = open(paths[index], O_RDONLY | O_CLOEXEC)
            // Whose file cannot be read has it said when the run comes to it.
            if file < 0 { continue }
            defer { close(file) }
            while case let length = read(file, &buffer, buffer.count), length > 0 {
                sum = crc32(sum, buffer, UInt32(length))
            }
        }
        return hexadecimal(UInt(sum))
    }
}

private func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt {
    var sum = crc32(0, nil, 0)
    var rest = bytes[...]
    while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
        sum = crc32(sum, part.baseAddress!.assumingMemoryBound(to: UInt8.self), UInt32(part.count))
        rest = rest.dropFirst(part.count)
    }
    return UInt(sum)
}

private func hexadecimal(_ value: UInt) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
}
