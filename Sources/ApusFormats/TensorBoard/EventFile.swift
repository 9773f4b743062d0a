import Foundation
import Synchronization

/// A file of records that is only ever appended to: each record's length and bytes, with a checksum of either.
final class EventFile: Sendable {
    let path: String
    private let descriptor: Int32
    /// Bytes of whole records.
    private let size = Mutex(0)
    private static let count = Atomic(0)

    /// Makes `events.out.tfevents.<time>.<host>.<process>.<number>`, by which TensorBoard knows files and their order.
    init(folder: String) throws(FileError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError(path: folder, action: "make the folder")
        }
        let seconds = String(Int(Date().timeIntervalSince1970))
        let time = String(repeating: "0", count: max(10 - seconds.count, 0)) + seconds
        let host = ProcessInfo.processInfo.hostName.replacing("/", with: "-")
        while true {
            let number = Self.count.add(1, ordering: .relaxed).oldValue
            let path =
                "\(folder)/events.out.tfevents.\(time).\(host.isEmpty ? "localhost" : host).\(getpid()).\(number)"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
            if descriptor < 0 {
                if errno == EEXIST { continue }
                throw FileError(path: path, action: "write")
            }
            (self.path, self.descriptor) = (path, descriptor)
            return
        }
    }

    deinit { close(descriptor) }

    /// Adds a record; where the system takes only a part of it, that part is cut off again.
    func append(_ bytes: [UInt8]) throws(FileError) {
        let length = withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) }
        let record = length + Self.checksum(length) + bytes + Self.checksum(bytes)
        try size.withLock { size throws(FileError) in
            var done = 0
            while done < record.count {
                let written = record.withUnsafeBytes {
                    write(descriptor, $0.baseAddress! + done, $0.count - done)
                }
                if written < 0 && errno == EINTR { continue }
                if written < 0 {
                    let error = FileError(path: path, action: "write")
                    ftruncate(descriptor, off_t(size))
                    throw error
                }
                done += written
            }
            size += record.count
        }
    }

    /// CRC-32C, turned and moved so that records may hold checksums themselves.
    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        let sum = CRC32C.checksum(bytes)
        let masked: UInt32 = ((sum >> 15) | (sum << 17)) &+ 0xA282_EAD8
        return withUnsafeBytes(of: masked.littleEndian) { Array($0) }
    }
}
