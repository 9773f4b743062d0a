import ApusFormats
import Testing
import _ApusTestSupport

/// Damaged files of every kind: each is read or refused with a typed error, and what is read is no larger
/// than the file's bytes can stand for.
@Suite struct FuzzTests {
    let scratch = Scratch()
    private static let rounds = 2500

    /// One to four changes: flipped bits, other bytes, cuts, additions, repeats and extreme numbers.
    private func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator, header: Int) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.below(4) {
            if bytes.isEmpty { return [UInt8(random.below(256))] }
            let place = random.below(bytes.count)
            switch random.below(8) {
            case 0: bytes[place] ^= 1 << UInt8(random.below(8))
            case 1: bytes[place] = UInt8(random.below(256))
            case 2: bytes.removeLast(bytes.count - place)
            case 3: bytes += (0...random.below(40)).map { _ in UInt8(random.below(256)) }
            case 4: bytes.insert(contentsOf: bytes[place..<min(place + 9, bytes.count)], at: place)
            case 5: bytes.remove(at: place)
            case 6: bytes[random.below(min(header, bytes.count))] = [0, 1, 0x7F, 0x80, 0xFF][random.below(5)]
            default:
                let start = random.below(min(header, bytes.count))
                for i in start..<min(start + 4, bytes.count) { bytes[i] = UInt8(random.below(256)) }
            }
        }
        return bytes
    }

    private func readIDX(_ make: (Int, inout SeededGenerator) -> [UInt8]) {
        var (good, bad) = (0, 0)
        for round in 0..<Self.rounds {
            var random = SeededGenerator(state: 77 << 32 + UInt64(round))
            let bytes = make(round, &random)
            let path = scratch.write("file", bytes)
            do throws(FileError) {
                let array = try IDX.read(path)
                #expect(array.byteCount <= max(bytes.count, 18) * 1032)
                good += 1
            } catch {
                #expect(error.description.hasPrefix(path))
                bad += 1
            }
        }
        #expect(good + bad == Self.rounds && good > 0 && bad > Self.rounds / 2)
    }

    private let seeds: [[UInt8]] = [
        idx(8, [3, 5, 7], (0..<105).map { UInt8($0) }), idx(8, [20], [UInt8](repeating: 4, count: 20)),
        idx(0x0D, [2, 4], (0..<32).map { UInt8($0) }),
    ]

    @Test func plainIDX() {
        readIDX { round, random in mutated(seeds[round % 3], &random, header: 16) }
    }

    @Test func damagedGzip() {
        let packed = seeds.map { deflated($0) }
        readIDX { round, random in mutated(packed[round % 3], &random, header: 10) }
    }

    /// Sound gzip around damaged IDX, so that the damage is read and not stopped by the checksum.
    @Test func damagedIDXInGzip() {
        readIDX { round, random in deflated(mutated(seeds[round % 3], &random, header: 16)) }
    }

    private func readPNG(_ make: (Int, inout SeededGenerator) -> [UInt8]) {
        var (good, bad) = (0, 0)
        for round in 0..<Self.rounds {
            var random = SeededGenerator(state: 78 << 32 + UInt64(round))
            let bytes = make(round, &random)
            let path = scratch.write("file.png", bytes)
            do throws(FileError) {
                let image = try PNG.read(path, as: round % 2 == 0 ? .gray : .rgb)
                #expect(image.pixels.count == image.width * image.height * (round % 2 == 0 ? 1 : 3))
                // One bit a pixel is the least, and becomes three bytes.
                #expect(image.pixels.count <= bytes.count * 1032 * 24)
                good += 1
            } catch {
                #expect(error.description.hasPrefix(path))
                bad += 1
            }
        }
        #expect(good + bad == Self.rounds && good > 0 && bad > Self.rounds / 4)
    }

    private let images: [[UInt8]] = [
        png(5, 3, depth: 8, colorType: 0, rows: [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [0, 0, 0, 0, 0]]),
        png(2, 2, depth: 8, colorType: 6, rows: [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8]]),
        png(
            4, 2, depth: 4, colorType: 3, rows: [[0x01, 0x10], [0x10, 0x01]],
            extra: [("gAMA", bigEndian(45455)), ("PLTE", [1, 2, 3, 4, 5, 6]), ("tRNS", [9])]),
        png(2, 1, depth: 16, colorType: 2, rows: [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]]),
    ]

    @Test func damagedPNG() {
        readPNG { round, random in mutated(images[round % 4], &random, header: 33) }
    }

    /// The chunks' checksums are made right again, so that libpng reads what is in them.
    @Test func damagedPNGWithSoundChecksums() {
        readPNG { round, random in
            var bytes = mutated(images[round % 4], &random, header: 33)
            var start = 8
            while start + 12 <= bytes.count {
                let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
                if start + 12 + length > bytes.count { break }
                let end = start + 8 + length
                bytes.replaceSubrange(
                    end..<end + 4, with: bigEndian(Int(checksum(bytes[start + 4..<end]))))
                start = end + 4
            }
            return bytes
        }
    }
}
