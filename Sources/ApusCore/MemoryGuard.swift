import Glibc
import Synchronization

/// Memory with guard bytes around each buffer, which tell when somebody writes outside it.
///
/// A sanitizer sees only code that was compiled for it; guards also see what libraries and generated code write. Fresh
/// memory is all ones, NaN in every floating-point type, so that reading what nobody wrote shows. Guards read as huge
/// numbers (in float16 as NaN).
final class MemoryGuard: Sendable {
    /// Guard bytes on each side, a multiple of the alignment.
    static let width = 1024
    private static let poison: UInt8 = 0xFE
    private static let fresh: UInt8 = 0xFF

    /// The size of each buffer in use, by its address.
    private let sizes = Mutex<[UInt: Int]>([:])

    func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        var start: UnsafeMutableRawPointer?
        let (total, overflow) = byteCount.addingReportingOverflow(2 * Self.width)
        guard !overflow, posix_memalign(&start, CachingAllocator.alignment, total) == 0, let start else {
            return nil
        }
        let pointer = start + Self.width
        memset(start, Int32(Self.poison), Self.width)
        memset(pointer, Int32(Self.fresh), byteCount)
        memset(pointer + byteCount, Int32(Self.poison), Self.width)
        sizes.locked { $0[UInt(bitPattern: pointer)] = byteCount }
        return pointer
    }

    /// Checks the guards of a buffer and gives it back to the system.
    func free(_ pointer: UnsafeMutableRawPointer) {
        let byteCount = sizes.locked { $0.removeValue(forKey: UInt(bitPattern: pointer)) }
        guard let byteCount else { fail("memory guard", "a buffer is freed that is not in use") }
        Self.check(pointer, byteCount)
        Glibc.free(pointer - Self.width)
    }

    /// Checks the guards of every buffer in use.
    func check() {
        sizes.locked { sizes in
            for (address, byteCount) in sizes {
                Self.check(UnsafeRawPointer(bitPattern: address)!, byteCount)
            }
        }
    }

    private static func check(_ pointer: UnsafeRawPointer, _ byteCount: Int) {
        if isIntact(pointer - width) && isIntact(pointer + byteCount) { return }
        func isPoison(_ offset: Int) -> Bool {
            pointer.load(fromByteOffset: offset, as: UInt8.self) == poison
        }
        // Of what is before the buffer the byte nearest to it.
        if let offset = (-width..<0).last(where: { !isPoison($0) }) {
            fail(
                "memory guard",
                "a buffer of \(byteCount) bytes was written at offset \(offset), before its start")
        }
        let offset = (byteCount..<byteCount + width).first { !isPoison($0) }!
        fail(
            "memory guard",
            "a buffer of \(byteCount) bytes was written at offset \(offset), \(offset - byteCount) bytes past its end"
        )
    }

    private static func isIntact(_ bytes: UnsafeRawPointer) -> Bool {
        bytes.load(as: UInt8.self) == poison && memcmp(bytes, bytes + 1, width - 1) == 0
    }
}
