import Apus
import ApusFormats
import Testing
import _ApusTestSupport

@Suite struct CIFARTests {
    let scratch = TemporaryFolder()

    @Test func recordsAreLabelsAndPlanes() throws {
        let path = scratch.write("ten", cifarRecords([3, 9], of: .ten))
        let ten = try CIFAR.read(path, .ten)
        #expect(ten.images.shape == [2, 3, 32, 32] && ten.images.dtype == .uint8 && ten.superclasses == nil)
        #expect(ten.labels.array(of: Int.self) == [3, 9])
        #expect(ten.images[1, 2, 31, 31].item(as: Int.self) == (1 * 7 + 3071) % 256)
        #expect(ten.images[0, 1, 0, 5].item(as: Int.self) == (1024 + 5) % 256)
        let hundred = try CIFAR.read(scratch.write("hundred", cifarRecords([99], of: .hundred)), .hundred)
        #expect(hundred.labels.array(of: Int.self) == [99])
        #expect(hundred.superclasses?.array(of: Int.self) == [19])
        #expect(hundred.images[0, 0, 0, 5].item(as: Int.self) == 5)
    }

    private func error(_ bytes: [UInt8], _ variant: CIFAR.Variant = .ten, limit: Int = 1 << 30) -> FileError?
    {
        #expect(throws: FileError.self) {
            try CIFAR.read(scratch.write("bad", bytes), variant, limit: limit)
        }
    }

    @Test func otherFilesAreRefused() {
        let sound = cifarRecords([1, 2], of: .ten)
        #expect(error([])?.kind == .damaged)
        #expect(
            error(sound.dropLast())?.reason == "expected whole records of 3073 bytes, found 6145 bytes")
        #expect(error(sound, .hundred)?.kind == .damaged)
        #expect(
            error(cifarRecords([1, 10], of: .ten))?.reason
                == "expected labels from 0 to 9, found 10 in record 1")
        var superclass = cifarRecords([5], of: .hundred)
        superclass[0] = 20
        #expect(
            error(superclass, .hundred)?.reason == "expected superclasses from 0 to 19, found 20 in record 0")
        #expect(error(sound, limit: 6000)?.kind == .tooLarge)
    }
}
