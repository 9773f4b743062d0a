import Apus
import ApusFormats
import Testing
import _ApusTestSupport

@Suite struct NPZTests {
    let folder = TemporaryFolder()

    private static let arrays: [String: Tensor] = {
        var arrays = Dictionary(
            uniqueKeysWithValues: DType.allCases.filter { $0 != .bfloat16 }.map {
                ("\($0)", fixtureValues($0))
            })
        arrays["deep/name"] = fixtureValues(.float32, [1])
        arrays["empty"] = fixtureValues(.int32, [0])
        arrays["one"] = fixtureValues(.float32, [])
        return arrays
    }()

    private static let small = npy(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", [UInt8](repeating: 0, count: 8))

    private func expectSame(_ found: [String: Tensor], _ expected: [String: Tensor] = arrays) {
        #expect(found.keys.sorted() == expected.keys.sorted())
        for (name, tensor) in expected { #expect(isSame(found[name], tensor), "\(name)") }
    }

    @Test func whatNumPyWritesIsRead() throws {
        expectSame(try NPZ.load(try Fixture.path("numpy/stored.npz")))
        var deflated = try NPZ.load(try Fixture.path("numpy/deflated.npz"))
        #expect(isSame(deflated.removeValue(forKey: "zeros"), .zeros([100, 100], dtype: .float64)))
        expectSame(deflated)
        #expect(try NPZ.load(try Fixture.path("numpy/nothing.npz")).isEmpty)
    }

    @Test(arguments: [false, true]) func whatIsWrittenIsRead(_ compressed: Bool) throws {
        let path = "\(folder.path)/arrays.npz"
        try NPZ.save(Self.arrays, to: path, compressed: compressed)
        expectSame(try NPZ.load(path))
        let bytes = try contents(of: path)
        try NPZ.save(Self.arrays, to: path, compressed: compressed)
        #expect(try contents(of: path) == bytes)
        try NPZ.save([:], to: path)
        #expect(try NPZ.load(path).isEmpty)
    }

    @Test func compressionMakesLargeArraysSmall() throws {
        let path = "\(folder.path)/arrays.npz"
        let zeros = ["zeros": Tensor.zeros([500, 500])]
        try NPZ.save(zeros, to: path, compressed: true)
        #expect(try contents(of: path).count < 5000)
        expectSame(try NPZ.load(path), zeros)
    }

    @Test func namesAreReadAlone() throws {
        let path = try Fixture.path("numpy/stored.npz")
        #expect(try NPZ.load(path, names: ["bool", "one"]).keys.sorted() == ["bool", "one"])
        #expect(
            message { _ = try NPZ.load(path, names: ["one", "on"]) }
                == "\(path): expected an array \"on\", found none of this name")
    }

    @Test(arguments: ["/a.npy", "../a.npy", "b/../../a.npy", "b\\..\\a.npy"])
    func namesThatLeaveTheArchiveAreRefused(_ name: String) throws {
        let path = folder.write("bad.npz", zip([(name, Self.small)]))
        let found = message { _ = try NPZ.load(path) }
        #expect(found?.contains("expected names of members that stay within the archive, found \"") == true)
        #expect(throws: FileError.self) { try NPZ.save([name: .zeros([1])], to: "\(folder.path)/new.npz") }
        #expect(try folder.names() == ["bad.npz"])
    }

    @Test func archivesThatLieAreRefused() throws {
        let large = npy(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000,)}", [UInt8](repeating: 0, count: 8))
        let zeros = [UInt8](repeating: 0, count: 5000)
        let array = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (5000,)}", zeros)
        for (bytes, kind, reason) in [
            (zip([("a.npy", Self.small), ("a.npy", Self.small)]), .damaged, "two named \"a.npy\""),
            (zip([("a.txt", Self.small)]), .otherFormat, "found \"a.txt\""),
            (zip([("a.npy", large)]), .damaged, "4000071 bytes for float32 [1000000], found a member of 79"),
            (zip([("a.npy", large)], method: 8, sizes: ["a.npy": 4_000_071]), .tooLarge, "can hold"),
            (
                zip([("a.npy", array)], method: 8, sizes: ["a.npy": 5100]), .damaged,
                "it ends after 5068 of 5100 bytes"
            ),
            (zip([("a.npy", Self.small)], sizes: ["a.npy": 60]), .damaged, "as it is stored, found 60"),
            (zip([("a.npy", Self.small)], method: 12), .unexpected, "found compression method 12"),
            (zip([("a.npy", Self.small)], flags: 1), .unexpected, "found it encrypted"),
            (
                zip([("a.npy", Array(Self.small.dropLast()))]), .damaged,
                "bytes for float32 [2], found a member"
            ),
            ([0x50, 0x4B, 3, 4], .damaged, "expected a sound ZIP archive"),
            ([], .otherFormat, "expected a ZIP archive, which begins with PK, found []"),
        ] as [([UInt8], FileError.Kind, String)] {
            let path = folder.write("bad.npz", bytes)
            do throws(FileError) {
                _ = try NPZ.load(path)
                Issue.record("read: \(reason)")
            } catch {
                #expect(error.kind == kind && error.reason.contains(reason), "\(error)")
            }
        }
    }

    @Test func theLimitIsOnWhatIsInflated() throws {
        let path = "\(folder.path)/arrays.npz"
        try NPZ.save(["a": .zeros([1000]), "b": .zeros([1000])], to: path, compressed: true)
        #expect(
            message { _ = try NPZ.load(path, limit: 8000) }
                == "\(path): expected at most 8000 bytes of compressed contents, found more up to \"b.npy\"")
        #expect(try NPZ.load(path, limit: 9000).count == 2)
        try NPZ.save(["a": .zeros([1000])], to: path)
        #expect(try NPZ.load(path, limit: 0).count == 1)
    }

    @Test func damagedContentsAreFoundByTheirChecksum() throws {
        for method in [0, 8] {
            var bytes = zip([("a.npy", Self.small)], method: method)
            // In the directory, whose end says where it begins.
            bytes[Int(bytes[bytes.count - 6]) + 16] ^= 1
            let path = folder.write("bad.npz", bytes)
            #expect(message { _ = try NPZ.load(path) }?.contains("damaged") == true, "\(method)")
        }
    }

    @Test func typesAreNamed() throws {
        let path = "\(folder.path)/arrays.npz"
        #expect(
            message { try NPZ.save(["a": fixtureValues(.bfloat16)], to: path) }
                == "\(path): tensor \"a\": expected a type that NumPy has, found bfloat16")
        let shorts = npy("{'descr': '<i2', 'fortran_order': False, 'shape': (2,)}", [1, 0, 255, 255])
        folder.write("arrays.npz", zip([("a.npy", shorts)]))
        #expect(
            message { _ = try NPZ.load(path) }?.contains(
                "tensor \"a\": expected a type that tensors have, found int16") == true)
        #expect(try NPZ.load(path, converting: true)["a"]?.array(of: Int.self) == [1, -1])
    }
}
