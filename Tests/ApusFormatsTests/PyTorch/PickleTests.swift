import Apus
import ApusFormats
import Testing
import _ApusTestSupport

/// Pickles that no PyTorch wrote.
@Suite struct PickleTests {
    let folder = TemporaryFolder()
    private static let zeros = [UInt8](repeating: 0, count: 24)

    private func expect(
        _ pickle: [UInt8], _ kind: FileError.Kind, _ reason: String, line: Int = #line, limit: Int = 1 << 20
    ) {
        let path = folder.write("bad.pt", torchFile(pickle, storages: [Self.zeros]))
        do throws(FileError) {
            _ = try PyTorchFile(path, limit: limit)
            Issue.record("read: \(reason), line \(line)")
        } catch {
            #expect(error.kind == kind && error.reason.contains(reason), "line \(line): \(error)")
            #expect(error.path == path && !error.reason.contains("\n") && error.reason.count < 500)
        }
    }

    @Test func aTensorMadeByHandIsRead() throws {
        let path = folder.write("good.pt", torchFile(torchPickle(), storages: [Self.zeros]))
        #expect(isSame(try PyTorchFile(path).tensors["x"], .zeros([2, 3])))
        folder.write("good.pt", torchFile(torchPickle(), storages: [Self.zeros], method: 8))
        #expect(isSame(try PyTorchFile(path).tensors["x"], .zeros([2, 3])))
    }

    @Test(arguments: [
        "os\nsystem", "builtins\neval", "__builtin__\nset", "torch\nload", "torch.storage\n_load_from_bytes",
        "torch._utils\n_rebuild_parameter_with_state", "collections\nOrderedDict.update", "torch\nSize",
        "torch\nQInt8Storage", "torch\ncomplex32", "torch.hub\nFloatStorage", "collections.abc\nOrderedDict",
    ])
    func namesThatAreNotOnTheListAreRefused(_ name: String) {
        let dotted = name.replacing("\n", with: ".")
        expect([0x80, 2] + Array("c\(name)\n)R.".utf8), .unexpected, "found the name \"\(dotted)\"")
        // Even where nothing is done with it.
        expect([0x80, 2] + Array("}c\(name)\n0.".utf8), .unexpected, "found the name \"\(dotted)\"")
    }

    @Test func instructionsThatAreNotNeededAreRefusedByName() {
        for (code, name) in [
            (UInt8(0x93), "STACK_GLOBAL (0x93)"), (0x69, "INST (0x69)"), (0x6F, "OBJ (0x6f)"),
            (0x50, "PERSID (0x50)"),
            (0x82, "EXT1 (0x82)"), (0x92, "NEWOBJ_EX (0x92)"), (0x95, "FRAME (0x95)"), (0xFF, "0xff"),
        ] {
            expect(
                [0x80, 2, code, 0x2E], .unexpected,
                "pickle byte 2: expected an instruction that a state dictionary needs, found \(name)")
        }
    }

    @Test func listedNamesAreCalledOnlyAsTheyShouldBe() {
        func run(_ text: String) -> [UInt8] { [0x80, 2] + text.unicodeScalars.map { UInt8($0.value) } }
        expect(run("ctorch\nFloatStorage\n)R."), .unexpected, "found torch.FloatStorage")
        expect(run("ctorch\nfloat32\n)R."), .unexpected, "found torch.float32")
        expect(run("ctorch._utils\n_rebuild_tensor_v2\n)\u{81}."), .unexpected, "a dictionary")
        expect(run("ctorch._utils\n_rebuild_tensor_v2\n)R."), .damaged, "a storage, an offset")
        expect(run("ctorch._utils\n_rebuild_parameter\nNNN\u{87}R."), .damaged, "a tensor and two settings")
        expect(run("ccollections\nOrderedDict\nK\u{1}\u{85}R."), .damaged, "a list of pairs")
        expect(run("ccollections\nOrderedDict\n]K\u{1}a\u{85}R."), .damaged, "a pair of a key and a value")
        expect(run("K\u{1})R."), .damaged, "a name to call")
        expect(run("K\u{1}}b."), .damaged, "attributes of a dictionary alone")
        expect(run("K\u{1}Q."), .damaged, "expected a tuple")
        expect(run("K\u{1}\u{85}Q."), .damaged, "a storage's type, key, device and size")
    }

    @Test func damageIsNamed() {
        func run(_ text: String) -> [UInt8] { [0x80, 2] + text.unicodeScalars.map { UInt8($0.value) } }
        expect([], .damaged, "cut short")
        expect(run("}"), .damaged, "cut short")
        expect(run("."), .damaged, "expected a value, found none")
        expect(run("t."), .damaged, "expected a mark")
        expect(run("K\u{1}(\u{85}."), .damaged, "expected 1 values, found 0")
        expect(run("h\u{5}."), .damaged, "remembered as 5")
        expect(run("X\u{FF}\u{FF}\u{FF}\u{FF}a."), .damaged, "expected 4294967295 bytes, found 2 left")
        expect(run("X\u{1}\u{0}\u{0}\u{0}\u{FF}."), .damaged, "in UTF-8")
        expect(run("}K\u{1}K\u{2}K\u{3}\u{87}u."), .damaged, "expected a mark")
        expect(run("}(K\u{1}K\u{2}K\u{3}u."), .damaged, "keys with values")
        expect(run("K\u{1}K\u{2}a."), .damaged, "a list to append to, found an int")
        expect(run("}NK\u{1}s."), .unexpected, "strings and integers as keys of dictionaries, found None")
        expect([0x80, 9, 0x2E], .damaged, "expected a protocol")
        expect(run("c" + String(repeating: "a", count: 2000)), .damaged, "at most 1000 bytes")
    }

    @Test func sizesAreCheckedAgainstTheStorage() {
        expect(torchPickle(shape: [2, 4]), .damaged, "expected elements within a storage of 6")
        expect(torchPickle(strides: [4, 1]), .damaged, "expected elements within a storage of 6")
        expect(torchPickle(offset: integer(1)), .damaged, "expected elements within a storage of 6")
        expect(torchPickle(offset: integer(.max)), .damaged, "expected elements within a storage of 6")
        expect(torchPickle(strides: [.max, .max]), .damaged, "expected elements within a storage of 6")
        expect(torchPickle(shape: [.max, .max]), .tooLarge, "fits an address space")
        expect(torchPickle(shape: [0, .max]), .tooLarge, "fits an address space")
        expect(torchPickle(offset: integer(-1)), .damaged, "no negative numbers")
        expect(torchPickle(shape: [-2, 3]), .damaged, "no negative numbers")
        expect(torchPickle(strides: [-3, 1]), .damaged, "no negative numbers")
        expect(torchPickle(strides: [1]), .damaged, "as many strides as axes")
        let ones = [Int](repeating: 1, count: 65)
        expect(torchPickle(shape: ones, strides: ones), .damaged, "at most 64")
        expect(torchPickle(count: 7), .damaged, "member \"archive/data/0\": expected 28 bytes, found 24")
        expect(torchPickle(count: -1), .damaged, "a storage's type")
        expect(torchPickle(type: "DoubleStorage", count: 6), .damaged, "expected 48 bytes, found 24")
        expect(torchPickle(count: .max), .damaged, "member")
        expect(
            torchPickle(shape: [1 << 20], strides: [0]), .tooLarge,
            "at most 1048576 bytes of a tensor that shows")
        expect(
            torchPickle(notes: Array("}X\u{4}\u{0}\u{0}\u{0}evil".utf8) + [0x88, 0x73]), .unexpected,
            "one with \"evil\"")
    }

    @Test func loopsAndBombsEnd() {
        func run(_ text: String) -> [UInt8] { [0x80, 2] + text.unicodeScalars.map { UInt8($0.value) } }
        // A list and a dictionary that hold themselves.
        expect(run("]q\u{0}h\u{0}a."), .tooLarge, "levels of dictionaries and lists")
        expect(run("}q\u{0}K\u{1}h\u{0}s."), .tooLarge, "levels of dictionaries and lists")
        // A tuple of tuples as deep as the pickle is long.
        expect(run(")" + String(repeating: "\u{85}", count: 200_000) + "."), .tooLarge, "levels")
        // Each list holds the one before twice.
        var bomb = "]q\u{0}"
        for _ in 0..<60 { bomb += "](h\u{0}h\u{0}eq\u{0}" }
        expect(run(bomb + "."), .tooLarge, "fewer or shorter names")
        // Many dictionaries of one list.
        let pairs = String(repeating: "K\u{1}K\u{2}\u{86}", count: 100)
        let dictionaries = String(repeating: "ccollections\nOrderedDict\nh\u{0}\u{85}R", count: 200)
        expect(run("](\(pairs)eq\u{0}\(dictionaries)."), .tooLarge, "the same ones many times")
        expect(
            run("\u{8A}\u{FF}" + String(repeating: "\u{1}", count: 255) + "."), .damaged, "at most 32 bytes")
        // Each level has a long name.
        let name = "X\u{0}\u{10}\u{0}\u{0}" + String(repeating: "n", count: 4096)
        var long = "}q\u{0}"
        for _ in 1..<40 { long += "}(\(name)h\u{0}K\u{1}h\u{0}uq\u{0}" }
        expect(run(long + "."), .tooLarge, "fewer or shorter names")
    }

    @Test func storagesAreWhatTheyWere() {
        func tensor(_ name: String, _ type: String) -> [UInt8] {
            // Without the protocol, the dictionary and the end.
            Array(torchPickle(type: type).dropFirst(3).dropLast(1))
        }
        let pickle =
            [0x80, 2, UInt8(ascii: "}")] + tensor("x", "FloatStorage") + tensor("x", "IntStorage") + [0x2E]
        expect(pickle, .damaged, "expected storage \"0\" to be the same each time")
    }

    @Test func otherArchivesAreNamed() throws {
        for (members, reason) in [
            (["code/data.pkl", "code/constants.pkl"], "a TorchScript program"),
            (["a/b/data.pkl"], "NAME/data.pkl"),
            (["a/data.pkl", "b/data.pkl"], "one member NAME/data.pkl"), (["data.pkl"], "NAME/data.pkl"),
        ] {
            let path = folder.write("bad.pt", zip(members.map { ($0, [0x80, 2, 0x7D, 0x2E]) }))
            #expect(message { _ = try PyTorchFile(path) }?.contains(reason) == true, "\(reason)")
        }
        let path = folder.write(
            "bad.pt", zip([("a/data.pkl", [0x80, 2, 0x7D, 0x2E]), ("a/byteorder", Array("odd".utf8))]))
        #expect(message { _ = try PyTorchFile(path) }?.contains("the byte order") == true)
    }

    @Test func bigEndianFilesAreRead() throws {
        let elements: [UInt8] = [0x3F, 0x80, 0, 0, 0x40, 0, 0, 0] + [UInt8](repeating: 0, count: 16)
        let path = folder.write(
            "big.pt",
            zip([
                ("a/data.pkl", torchPickle()), ("a/byteorder", Array("big".utf8)), ("a/data/0", elements),
            ]))
        #expect(try PyTorchFile(path).tensors["x"]?.array(of: Float.self) == [1, 2, 0, 0, 0, 0])
    }
}
