import Apus
import ApusFormats
import Glibc
import Testing
import _ApusTestSupport

@Suite struct SafetensorsFileTests {
    let folder = TemporaryFolder()

    private func tensor(_ dtype: DType, _ shape: Shape, bytes: [UInt8]) -> Tensor {
        tensor(dtype, Layout(contiguous: shape), bytes: bytes)
    }

    private func tensor(_ dtype: DType, _ layout: Layout, bytes: [UInt8]) -> Tensor {
        let storage = Storage(byteCount: bytes.count)
        bytes.withUnsafeBytes { storage.pointer.copyMemory(from: $0.baseAddress!, byteCount: bytes.count) }
        return Tensor(storage: storage, layout: layout, dtype: dtype)
    }

    private func bytes(_ tensor: Tensor?) -> [UInt8]? { tensor?.withUnsafeBytes { Array($0) } }

    private func isSame(_ a: Tensor?, _ b: Tensor) -> Bool {
        a?.dtype == b.dtype && a?.shape == b.shape && bytes(a) == bytes(b)
    }

    /// Bytes that differ, and are 0 or 1 for bool.
    private func pattern(_ dtype: DType, _ count: Int) -> [UInt8] {
        (0..<(count * dtype.size)).map {
            dtype == .bool ? UInt8($0 % 3 == 0 ? 1 : 0) : UInt8(truncatingIfNeeded: $0 * 37)
        }
    }

    @Test(arguments: DType.allCases.filter { $0 != .complex128 })
    func roundTrip(_ dtype: DType) throws {
        let path = folder.path + "/file"
        let tensors = [
            "matrix": tensor(dtype, [3, 5], bytes: pattern(dtype, 15)),
            "scalar": tensor(dtype, [], bytes: pattern(dtype, 1)),
            "one": tensor(dtype, [1, 1, 1], bytes: pattern(dtype, 1)),
            "empty": Tensor(
                storage: Storage(byteCount: 0), layout: Layout(contiguous: [4, 0, 2]), dtype: dtype),
        ]
        try Safetensors.save(tensors, to: path)
        let loaded = try Safetensors.load(path)
        #expect(loaded.keys.sorted() == tensors.keys.sorted())
        for (name, tensor) in tensors { #expect(isSame(loaded[name], tensor), "\(name)") }
    }

    @Test func viewsAreWrittenInRowMajorOrder() throws {
        let path = folder.path + "/file"
        let values = (0..<12).map { UInt8($0) }
        let views = [
            "transposed": Layout(shape: [4, 3], strides: [1, 4]),
            "flipped": Layout(shape: [12], strides: [-1], offset: 11),
            "broadcast": Layout(shape: [2, 2], strides: [0, 1], offset: 5),
            "sliced": Layout(shape: [2, 2], strides: [4, 2], offset: 1),
        ]
        try Safetensors.save(views.mapValues { tensor(.uint8, $0, bytes: values) }, to: path)
        let loaded = try Safetensors.load(path)
        #expect(bytes(loaded["transposed"]) == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
        #expect(bytes(loaded["flipped"]) == values.reversed())
        #expect(bytes(loaded["broadcast"]) == [5, 6, 5, 6])
        #expect(bytes(loaded["sliced"]) == [1, 3, 5, 7])
    }

    @Test func headerIsAsTheFormatWantsIt() throws {
        let path = folder.path + "/file"
        try Safetensors.save(
            [
                "b": tensor(.uint8, [3], bytes: [1, 2, 3]), "a": tensor(.uint8, [], bytes: [4]),
                "z\"\u{1}": tensor(.float32, [1], bytes: [5, 6, 7, 8]),
            ], to: path, metadata: ["epoch": "3\n", "format": "mine"])
        let found = try contents(of: path)
        let json =
            #"{"__metadata__":{"epoch":"3\n","format":"mine"},"z\"\u0001":{"dtype":"F32","shape":[1],"#
            + #""data_offsets":[0,4]},"a":{"dtype":"U8","shape":[],"data_offsets":[4,5]},"#
            + #""b":{"dtype":"U8","shape":[3],"data_offsets":[5,8]}}"#
        let padded = Array(json.utf8) + [UInt8](repeating: 0x20, count: (8 - json.utf8.count % 8) % 8)
        #expect(found == safetensors(padded, data: [5, 6, 7, 8, 4, 1, 2, 3]))
        #expect(try Safetensors.metadata(path) == ["epoch": "3\n", "format": "mine"])
        #expect(try folder.names() == ["file"])

        try Safetensors.save([:], to: path)
        #expect(try SafetensorsFile(path).tensors.isEmpty)
        #expect(try SafetensorsFile(path).metadata == ["format": "pt"])
    }

    @Test func readsAndRewritesWhatPyTorchWrote() throws {
        let fixture = try Fixture.path("pytorch.safetensors")
        let file = try SafetensorsFile(fixture)
        #expect(file.metadata == ["format": "pt"])
        func has<T>(_ name: String, _ dtype: DType, _ shape: Shape, _ elements: [T]) -> Bool {
            isSame(file.tensors[name], tensor(dtype, shape, bytes: elements.withUnsafeBytes { Array($0) }))
        }
        let reals = [1, -2.5, 0, -0.0, Double.infinity, -.infinity, .nan, 0.1]
        let floats = reals.map { Float($0) }
        #expect(file.tensors.count == 12)
        #expect(has("a.int64", .int64, [2, 2], [Int64.min, -1, 0, .max]))
        #expect(has("b.float64", .float64, [8], reals))
        let pairs = zip(floats, floats.reversed()).flatMap { [$0, $1] }
        #expect(has("c.complex64", .complex64, [2, 2, 2], pairs))
        #expect(file.tensors["d.empty"]?.shape == [0, 3])
        #expect(has("d.float32", .float32, [2, 4], floats))
        #expect(has("d.scalar", .float32, [], [Float(42)]))
        #expect(has("d.é\n\"\\", .float32, [2], [Float.leastNonzeroMagnitude, .greatestFiniteMagnitude]))
        #expect(has("e.int32", .int32, [3], [Int32.min, .max, 7]))
        #expect(has("f.bfloat16", .bfloat16, [8], floats.map { BFloat16($0).bitPattern }))
        #expect(has("g.float16", .float16, [8], floats.map { Float16($0) }))
        #expect(has("h.uint8", .uint8, [4], [0, 1, 254, 255] as [UInt8]))
        #expect(has("i.bool", .bool, [3, 1], [true, false, true]))

        let copy = folder.path + "/copy"
        try Safetensors.save(file.tensors, to: copy)
        #expect(try contents(of: copy) == contents(of: fixture))
    }

    @Test func mappedTensorsOutliveTheirFile() throws {
        let path = folder.path + "/file"
        let values = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        try Safetensors.save(["a": tensor(.uint8, [100_000], bytes: values)], to: path)
        let deleted = try Safetensors.load(path)["a"]
        #expect(unlink(path) == 0)
        #expect(bytes(deleted) == values)

        try Safetensors.save(["a": tensor(.uint8, [3], bytes: [1, 2, 3])], to: path)
        let replaced = try Safetensors.load(path)["a"]
        try Safetensors.save(["a": tensor(.uint8, [3], bytes: [7, 8, 9])], to: path)
        #expect(bytes(replaced) == [1, 2, 3])
        #expect(bytes(try Safetensors.load(path)["a"]) == [7, 8, 9])
    }

    @Test func aFileIsSavedOverItself() throws {
        let path = folder.path + "/file"
        try Safetensors.save(["a": tensor(.int32, [2], bytes: [1, 2, 3, 4, 5, 6, 7, 8])], to: path)
        try Safetensors.save(try Safetensors.load(path), to: path)
        #expect(bytes(try Safetensors.load(path)["a"]) == [1, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test func writingToATensorLeavesTheFileAlone() throws {
        let path = folder.path + "/file"
        try Safetensors.save(["a": tensor(.uint8, [3], bytes: [1, 2, 3])], to: path)
        let before = try contents(of: path)
        var changed = try #require(try Safetensors.load(path)["a"])
        let kept = changed
        changed.withUnsafeMutableBytes { $0[1] = 99 }
        #expect(bytes(changed) == [1, 99, 3])
        #expect(bytes(kept) == [1, 2, 3])
        #expect(try contents(of: path) == before)
    }

    @Test func alignedTensorsAreMappedAndOthersCopied() throws {
        let path = folder.path + "/file"
        func isMapped(_ tensor: Tensor?) -> Bool {
            tensor?.withUnsafeBytes { isInMapping($0.baseAddress!, of: path) } ?? false
        }
        let values = (1...12).map { UInt8($0) }
        for shift in 0..<4 {
            // The byte tensor in front shifts the floats off their alignment.
            let header =
                #"{"a":{"dtype":"U8","shape":[\#(shift)],"data_offsets":[0,\#(shift)]},"#
                + #""b":{"dtype":"F32","shape":[3],"data_offsets":[\#(shift),\#(shift + 12)]}}"#
            let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
            try write(
                safetensors(Array(padded.utf8), data: [UInt8](repeating: 0, count: shift) + values), to: path)
            let tensor = try Safetensors.load(path)["b"]
            #expect(bytes(tensor) == values)
            #expect(isMapped(tensor) == (shift == 0))
            #expect(unlink(path) == 0)
        }
    }

    /// Whether an address lies in a mapping of this file.
    private func isInMapping(_ address: UnsafeRawPointer, of path: String) -> Bool {
        guard let maps = try? contents(of: "/proc/self/maps") else { return false }
        for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") where line.hasSuffix(path) {
            let range = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
            if range.count == 2, (range[0]..<range[1]).contains(UInt(bitPattern: address)) { return true }
        }
        return false
    }
}

/// Files that the reference libraries wrote, in Tests/Fixtures.
enum Fixture {
    static func path(_ name: String, file: StaticString = #filePath) throws -> String {
        let parts = "\(file)".split(separator: "/", omittingEmptySubsequences: false)
        let tests = try #require(parts.lastIndex(of: "ApusFormatsTests"))
        return parts[..<tests].joined(separator: "/") + "/Fixtures/" + name
    }
}
