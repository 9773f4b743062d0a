import ApusFormats
import Testing
import _ApusTestSupport

/// Damaged files of every format: each is read or refused with a `FileError`, and what is read is no larger than the
/// file's bytes can stand for.
@Suite struct FuzzTests {
    let scratch = TemporaryFolder()
    private static let rounds = 3000

    /// One to four changes: flipped bits, other bytes, cuts, additions, repeats and extreme numbers.
    private func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator, header: Int) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.below(4) {
            if bytes.isEmpty { return [UInt8(random.below(256))] }
            let index = random.below(bytes.count)
            switch random.below(8) {
            case 0: bytes[index] ^= 1 << UInt8(random.below(8))
            case 1: bytes[index] = UInt8(random.below(256))
            case 2: bytes.removeLast(bytes.count - index)
            case 3: bytes += (0...random.below(40)).map { _ in UInt8(random.below(256)) }
            case 4: bytes.insert(contentsOf: bytes[index..<min(index + 9, bytes.count)], at: index)
            case 5: bytes.remove(at: index)
            case 6: bytes[random.below(min(header, bytes.count))] = [0, 1, 0x7F, 0x80, 0xFF][random.below(5)]
            default:
                let start = random.below(min(header, bytes.count))
                for i in start..<min(start + 4, bytes.count) { bytes[i] = UInt8(random.below(256)) }
            }
        }
        return bytes
    }

    @Test(arguments: FormatCase.all)
    func damagedFilesAreReadOrRefused(_ format: FormatCase) {
        var (good, bad) = (0, 0)
        for round in 0..<Self.rounds {
            var random = SeededGenerator(state: 77 << 32 + UInt64(round))
            let sound = format.files[round % format.files.count]
            let bytes = format.finish(mutated(sound, &random, header: format.header))
            let path = scratch.write("file", bytes)
            do throws(FileError) {
                #expect(try format.read(path) <= max(bytes.count, 18) * format.expansion)
                good += 1
            } catch {
                #expect(error.path == path && !error.reason.contains("\n"))
                bad += 1
            }
        }
        #expect(good + bad == Self.rounds && good > 0 && bad > Self.rounds / 4, "\(good) read")
    }
}
