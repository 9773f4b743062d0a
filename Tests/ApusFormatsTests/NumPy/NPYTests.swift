import Apus
import ApusFormats
import Testing
import _ApusTestSupport

@Suite struct NPYTests {
    let folder = TemporaryFolder()

    private static let types = DType.allCases.filter { $0 != .bfloat16 }

    private func fixture(_ name: String) throws -> String { try Fixture.path("numpy/\(name).npy") }

    @Test(arguments: types) func everyTypeIsReadInBothOrdersOfBytes(_ dtype: DType) throws {
        let expected = fixtureValues(dtype)
        #expect(isSame(try NPY.load(fixture("\(dtype)")), expected))
        if dtype.size > 1 { #expect(isSame(try NPY.load(fixture("\(dtype)-big")), expected)) }
    }

    @Test(arguments: types) func whatIsWrittenIsWhatNumPyWrites(_ dtype: DType) throws {
        let path = "\(folder.path)/array.npy"
        try NPY.save(fixtureValues(dtype), to: path)
        #expect(try contents(of: path) == contents(of: fixture("\(dtype)")))
    }

    @Test func shapesAndOrders() throws {
        #expect(isSame(try NPY.load(fixture("fortran")), fixtureValues(.float32, [2, 3, 4])))
        #expect(isSame(try NPY.load(fixture("fortran-big")), fixtureValues(.int32, [2, 3, 4])))
        for (name, tensor) in [
            ("scalar", fixtureValues(.float64, [])), ("empty", fixtureValues(.float32, [0, 3])),
            ("line", fixtureValues(.int64, [5])),
        ] {
            #expect(isSame(try NPY.load(fixture(name)), tensor), "\(name)")
            let path = "\(folder.path)/\(name)"
            try NPY.save(tensor, to: path)
            #expect(try contents(of: path) == contents(of: fixture(name)), "\(name)")
        }
        for name in ["version2", "version3"] {
            #expect(isSame(try NPY.load(fixture(name)), fixtureValues(.float32)), "\(name)")
        }
    }

    @Test func viewsAreWrittenInCOrder() throws {
        let path = "\(folder.path)/view.npy"
        let view = fixtureValues(.float32, [4, 5]).transpose()
        try NPY.save(view, to: path)
        #expect(isSame(try NPY.load(path), view))
    }

    @Test func aTensorReadFromAFileCanBeWritten() throws {
        var tensor = try NPY.load(fixture("fortran"))
        tensor += 1
        #expect(isSame(tensor, fixtureValues(.float32, [2, 3, 4]) + 1))
        #expect(isSame(try NPY.load(fixture("fortran")), fixtureValues(.float32, [2, 3, 4])))
    }

    @Test(arguments: [
        ("int8", DType.int32), ("int16", .int32), ("uint16", .int32), ("uint32", .int64), ("uint64", .int64),
    ])
    func otherTypesAreConvertedOnRequest(_ name: String, _ dtype: DType) throws {
        for name in name == "int8" ? [name] : [name, "\(name)-big"] {
            let path = try fixture(name)
            #expect(isSame(try NPY.load(path, converting: true), fixtureValues(dtype)), "\(name)")
            let type = name.split(separator: "-")[0]
            #expect(
                message { _ = try NPY.load(path) }
                    == "\(path): expected a type that tensors have, found \(type), which is read only on request, "
                    + "converted to \(dtype)")
        }
        let path = try fixture("large-uint64")
        #expect(
            message { _ = try NPY.load(path, converting: true) }?
                .hasSuffix("which int64 holds, found 18446744073709551615") == true)
    }

    @Test(arguments: [
        ("object", "\"|O\" (Python objects, which could run code when they are read)"),
        ("text", "\"<U2\" (text)"), ("date", "\"<M8[D]\" (dates or durations)"),
        ("extended", "\"<f16\" (numbers of extended precision)"),
        ("record", "expected an array of numbers, found one of records with named fields"),
    ])
    func whatIsNoNumberIsRefusedByName(_ name: String, _ reason: String) throws {
        let text = message { _ = try NPY.load(fixture(name)) }
        #expect(text?.contains(reason) == true, "\(text ?? "")")
    }

    @Test func typesThatNumPyLacksAreNamed() throws {
        let path = "\(folder.path)/array.npy"
        #expect(
            message { try NPY.save(fixtureValues(.bfloat16), to: path) }
                == "\(path): expected a type that NumPy has, found bfloat16")
        #expect(try folder.names().isEmpty)
    }

    @Test(
        arguments: [
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 8, nil),
            ("{\"shape\":(2L , ),\"descr\":\"<f4\",'fortran_order':True,}\n", 8, nil),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4611686018427387904)}", 0,
                "address space"
            ),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", 8, "bytes for float32 [3], found"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 8, "bytes for float32 [1], found"),
            ("{'descr': '<f4', 'fortran_order': False}", 8, "expected the key \"shape\""),
            ("{'descr': '<f4', 'descr': '<f4', 'shape': (2,)}", 8, "header byte 17: expected each key once"),
            ("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", 8, "expected True or False, found \"0,"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", 8, "expected an extent, found \"-2"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (2.0,)}", 8, "expected \")\", found \".0"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", 8, "fits 64 bits"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", 8, "expected the end, found \"x\""),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}", 8,
                "expected one of the keys"
            ),
            ("__import__('os')", 8, "expected \"{\", found \"__import__"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': __import__('os')}", 8, "expected \"(\""),
            ("{'descr': '<f4", 8, "expected a closed string"), ("", 8, "expected \"{\", found the end"),
        ] as [(String, Int, String?)])
    func headersAreCheckedToTheLetter(_ text: String, _ count: Int, _ reason: String?) throws {
        let path = folder.write("array.npy", npy(text, [UInt8](repeating: 0, count: count)))
        let found = message { _ = try NPY.load(path) }
        if let reason {
            #expect(found?.contains(reason) == true, "\(found ?? "")")
        } else {
            #expect(found == nil, "\(found ?? "")")
        }
    }

    @Test func whatIsNoArrayIsNamed() throws {
        for (bytes, reason) in [
            ([], "expected an npy array, which begins with [93 4e 55 4d 50 59], found []"),
            (Array("PK".utf8), "found [50 4b]"),
            (
                [0x93] + Array("NUMPY".utf8) + [4, 0, 0, 0],
                "expected version 1.0, 2.0 or 3.0 of the npy format, found 4.0"
            ),
            (
                [0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255],
                "at most 10000 bytes, found 4294967295"
            ),
            (
                [0x93] + Array("NUMPY".utf8) + [1, 0, 100, 0, 32],
                "expected a header of 100 bytes, found 1 bytes left"
            ),
        ] as [([UInt8], String)] {
            let path = folder.write("array.npy", bytes)
            let found = message { _ = try NPY.load(path) }
            #expect(found?.contains(reason) == true, "\(found ?? "")")
        }
    }
}

/// An npy file of version 1 with this text and these bytes of elements.
func npy(_ text: String, _ elements: [UInt8]) -> [UInt8] {
    let header = Array(text.utf8)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)]
        + header
        + elements
}
