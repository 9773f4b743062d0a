import Apus
import ApusFormats
import Testing
import _ApusTestSupport

/// Files with tensors of types that tensors here cannot have.
@Suite struct UnsupportedTypeTests {
    let folder = TemporaryFolder()

    private static let converted: [(name: String, type: UnsupportedType)] = [
        ("float8_e4m3fn", .float8E4M3), ("float8_e5m2", .float8E5M2), ("float8_e4m3fnuz", .float8E4M3FNUZ),
        ("float8_e5m2fnuz", .float8E5M2FNUZ), ("int8", .int8), ("int16", .int16), ("uint16", .uint16),
        ("uint32", .uint32), ("uint64", .uint64),
    ]

    private func file(_ type: String, _ shape: String, _ data: [UInt8], behind count: Int = 0) throws
        -> String
    {
        let path = "\(folder.path)/\(type)-\(count)"
        let header =
            #"{"first":{"dtype":"U8","shape":[\#(count)],"data_offsets":[0,\#(count)]},"#
            + #""a":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(count),\#(count + data.count)]}}"#
        try write(safetensors(Array(header.utf8), data: [UInt8](repeating: 7, count: count) + data), to: path)
        return path
    }

    @Test func everythingElseIsReadAndWhatIsLeftOutIsListed() throws {
        let file = try SafetensorsFile(try Fixture.path("types.safetensors"))
        #expect(file.tensors["weight"]?.array(of: Float.self) == [1, -2])
        #expect(file.tensors.count == 1 + Self.converted.count)
        let skipped = Dictionary(uniqueKeysWithValues: file.skipped.map { ($0.name, $0.type) })
        #expect(skipped == Dictionary(uniqueKeysWithValues: Self.converted.map { ($0.name, $0.type) }))
        #expect(file.skipped.map(\.bytes.lowerBound) == file.skipped.map(\.bytes.lowerBound).sorted())
        #expect(file.skipped.first { $0.name == "float8_e5m2" }?.shape == [16, 16])
        #expect(file.skippedTypes["float8_e4m3fn"] == "F8_E4M3")
    }

    @Test func everyTypeOfTheFormatIsRead() throws {
        for type in UnsupportedType.allCases {
            let path = try self.file(type.rawValue, "[8]", [UInt8](repeating: 0, count: type.bytes(of: 8)))
            let file = try SafetensorsFile(path)
            #expect(file.tensors.keys.sorted() == ["first"], "\(type)")
            #expect(file.skipped.map(\.type) == [type])
            let all = try SafetensorsFile(path, converting: true)
            #expect(all.tensors["a"]?.dtype == type.converted, "\(type)")
            #expect(all.skipped.map(\.type) == (type.converted == nil ? [type] : []))
        }
    }

    @Test func valuesAreConvertedAsPyTorchConvertsThem() throws {
        let file = try SafetensorsFile(try Fixture.path("types.safetensors"), converting: true)
        #expect(file.skipped.isEmpty && file.tensors.count == 1 + 2 * Self.converted.count)
        for (name, type) in Self.converted {
            let (found, expected) = (
                try #require(file.tensors[name]), try #require(file.tensors["\(name).expected"])
            )
            #expect(found.dtype == type.converted && found.dtype == expected.dtype, "\(name)")
            #expect(found.shape == expected.shape)
            if found.dtype == .float32 {
                let pairs = zip(found.array(of: Float.self), expected.array(of: Float.self))
                #expect(
                    pairs.allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }, "\(name)")
            } else {
                #expect(found.array(of: Int.self) == expected.array(of: Int.self), "\(name)")
            }
        }
    }

    @Test func powersOfTwoAreExact() throws {
        let path = try file("F8_E8M0", "[4]", [0, 127, 254, 255])
        let values = try #require(try Safetensors.load(path, converting: true)["a"]).array(of: Float.self)
        #expect(values.dropLast() == [0x1p-127, 1, 0x1p127] && values[3].isNaN)
    }

    @Test func dataAtOddAddressesIsConvertedToo() throws {
        for count in 0..<9 {
            let path = try file("U32", "[2,1]", [1, 0, 0, 0, 0, 0, 0, 128], behind: count)
            let tensor = try #require(try Safetensors.load(path, converting: true)["a"])
            #expect(tensor.array(of: Int.self) == [1, 1 << 31] && tensor.shape == [2, 1])
        }
        let empty = try #require(try Safetensors.load(file("I8", "[0,3]", []), converting: true)["a"])
        #expect(empty.shape == [0, 3] && empty.dtype == .int32)
    }

    @Test func aNumberThatDoesNotFitIsNamed() throws {
        let path = try file("U64", "[2]", littleEndian(3) + littleEndian(1 << 63))
        #expect(try SafetensorsFile(path).skipped.map(\.name) == ["a"])
        #expect(
            message { _ = try Safetensors.load(path, converting: true) }
                == #"\#(path): tensor "a": expected values up to 9223372036854775807, which int64 holds, "#
                + "found 9223372036854775808")
    }

    @Test func namesAreReadAlone() throws {
        let path = try Fixture.path("types.safetensors")
        let one = try SafetensorsFile(path, names: ["weight"])
        #expect(one.tensors.keys.sorted() == ["weight"] && one.skipped.isEmpty)
        let two = try Safetensors.load(path, names: ["weight", "int8"], converting: true)
        #expect(two.keys.sorted() == ["int8", "weight"])
        #expect(try Safetensors.load(path, names: []).isEmpty)
        #expect(
            message { _ = try Safetensors.load(path, names: ["weight", "wieght"]) }
                == #"\#(path): expected a tensor "wieght", found none of this name"#)
        #expect(
            message { _ = try Safetensors.load(path, names: ["int8"]) }
                == #"\#(path): tensor "int8": expected one of BOOL, U8, I32, I64, F16, BF16, F32, F64, C64, "#
                + "found I8, which is read only on request, converted to int32")
        let packed = try file("F4", "[2]", [1])
        #expect(
            message { _ = try Safetensors.load(packed, names: ["a"], converting: true) }?
                .hasSuffix("found F4, which Apus does not support") == true)
    }

    @Test func whatIsNotAskedForIsNotLookedAt() throws {
        // A bool of 2 is refused as soon as it is read.
        let path = try file("BOOL", "[1]", [2], behind: 3)
        #expect(throws: FileError.self) { try Safetensors.load(path) }
        #expect(try Safetensors.load(path, names: ["first"])["first"]?.array(of: Int.self) == [7, 7, 7])
    }

    @Test func theHeaderListsEverything() throws {
        let header = try Safetensors.header(try Fixture.path("types.safetensors"))
        #expect(header.entries.count == 1 + Self.converted.count)
        #expect(header.unsupported.count == Self.converted.count)
        #expect(header.entries.first { $0.name == "weight" }?.dtype == .float32)
    }

    @Test func convertedTensorsAreWrittenInTheirNewType() throws {
        let (path, copy) = (try Fixture.path("types.safetensors"), "\(folder.path)/copy")
        let tensors = try Safetensors.load(path, converting: true)
        try Safetensors.save(tensors, to: copy)
        let again = try SafetensorsFile(copy)
        #expect(again.skipped.isEmpty && again.tensors.count == tensors.count)
        for (name, tensor) in tensors {
            #expect(again.tensors[name]?.dtype == tensor.dtype)
            #expect(
                again.tensors[name]?.withUnsafeBytes { Array($0) } == tensor.withUnsafeBytes { Array($0) })
        }
    }
}

extension UnsupportedType {
    fileprivate func bytes(of count: Int) -> Int {
        switch self {
        case .float4: count / 2
        case .float6E2M3, .float6E3M2: count * 6 / 8
        case .int16, .uint16: 2 * count
        case .uint32: 4 * count
        case .uint64: 8 * count
        default: count
        }
    }
}
