import Apus
import ApusFormats
import Testing
import _ApusTestSupport

@Suite struct TensorFileTests {
    let folder = TemporaryFolder()

    /// Types that every format has.
    private static let tensors = [
        "a.weight": fixtureValues(.float32), "b": fixtureValues(.int64, []),
        "c": fixtureValues(.bool, [0, 2]),
    ]

    @Test(arguments: ["safetensors", "npz", "pt", "pth", "PT"])
    func whatIsSavedIsReadByItsContents(_ ending: String) throws {
        let path = "\(folder.path)/file.\(ending)"
        try TensorFile.save(Self.tensors, to: path, metadata: ["epoch": "3"])
        let hidden = folder.write("hidden", try contents(of: path))
        for path in [path, hidden] {
            let file = try TensorFile(path)
            #expect(file.format == TensorFile.writtenFormat(of: "x.\(ending)"))
            #expect(file.tensors.keys.sorted() == ["a.weight", "b", "c"])
            for (name, tensor) in Self.tensors { #expect(isSame(file.tensors[name], tensor), "\(name)") }
            #expect(
                file.stateDictionary.count == 3 && file.skippedTypes.isEmpty && file.convertedTypes.isEmpty)
            #expect(file.metadata["epoch"] == (ending == "safetensors" ? "3" : nil))
        }
    }

    @Test func oneArrayIsCalledArray() throws {
        let path = "\(folder.path)/file.npy"
        try TensorFile.save(["x": fixtureValues(.float32)], to: path)
        #expect(try TensorFile(path).tensors.keys.sorted() == ["array"])
        #expect(
            message { try TensorFile.save(Self.tensors, to: path) }
                == "\(path): expected one tensor for an npy file, found 3")
        let shorts = folder.write("shorts", idx(0x0B, [2], [0, 1, 255, 255]))
        for path in [shorts, folder.write("gz", deflated(try contents(of: shorts)))] {
            let file = try TensorFile(path)
            #expect(file.format == .idx && file.tensors["array"]?.array(of: Int.self) == [1, -1])
            #expect(file.convertedTypes == ["array": .int16])
        }
    }

    @Test func aCheckpointsModelIsApart() throws {
        let file = try TensorFile(try Fixture.path("pytorch/checkpoint-legacy.pt"))
        #expect(file.format == .pytorch && file.stateDictionary["first.bias"] != nil)
        #expect(file.tensors["state_dict.first.bias"] != nil && file.metadata["epoch"] == "3")
    }

    @Test func typesOfTheFileAreKnown() throws {
        let path = try Fixture.path("types.safetensors")
        let file = try TensorFile(path, converting: true)
        #expect(file.convertedTypes["uint16"] == .uint16 && file.tensors["uint16"]?.dtype == .int32)
        #expect(try TensorFile(path).skippedTypes["uint16"] == "U16")
        let pickle = try TensorFile(try Fixture.path("pytorch/converted.pt"), converting: true)
        #expect(pickle.convertedTypes["float8_e4m3fn"] == .float8E4M3)
    }

    @Test func otherFilesAndNamesAreRefused() throws {
        let path = folder.write("text", Array("hello, world".utf8))
        #expect(
            message { _ = try TensorFile(path) }
                == "\(path): expected a file of safetensors, NumPy, PyTorch or IDX, found one that begins with "
                + "[68 65 6c 6c 6f 2c 20 77 6f]")
        #expect(message { _ = try TensorFile(folder.write("empty", [])) }?.contains("begins with []") == true)
        #expect(
            message { try TensorFile.save([:], to: "x.txt") }
                == "x.txt: expected a name that ends with one of .safetensors, .npz, .npy, .pt, .pth")
    }

    @Test func statisticsLeaveNaNOut() {
        let some = TensorStatistics(Tensor([1, .nan, 4, 1, .nan, -2] as [Float]))
        #expect(some.minimum == -2 && some.maximum == 4 && some.mean == 1 && some.nanCount == 2)
        #expect(some.deviation == 4.5.squareRoot())
        let none = TensorStatistics(.full([3], Double.nan))
        #expect(none.minimum == nil && none.mean == nil && none.nanCount == 3)
        #expect(TensorStatistics(.zeros([0, 3])).maximum == nil)
        let complex = TensorStatistics(.complex(real: .full([2], Float(3)), imaginary: .full([2], Float(4))))
        #expect(complex.minimum == 5 && complex.deviation == 0)
        #expect(TensorStatistics(.ones([3, 1 << 19]).transpose()).mean == 1)
        #expect(TensorStatistics(.full([2], Float.infinity)).maximum == .infinity)
    }
}
