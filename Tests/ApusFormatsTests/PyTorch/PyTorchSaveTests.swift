import Apus
import ApusFormats
import Testing
import _ApusTestSupport

/// Files for PyTorch. `Scripts/array_fixtures.py check` reads one with `torch.load(weights_only=True)`.
@Suite struct PyTorchSaveTests {
    let folder = TemporaryFolder()

    private static let tensors: [String: Tensor] = {
        var tensors = Dictionary(uniqueKeysWithValues: DType.allCases.map { ("\($0)", fixtureValues($0)) })
        tensors["scalar"] = fixtureValues(.float64, [])
        tensors["empty"] = fixtureValues(.float32, [0, 3])
        tensors["view"] = fixtureValues(.float32, [3, 2]).transpose()
        tensors["large"] = .zeros([300, 70_000 / 300])
        tensors["é\n"] = fixtureValues(.int32, [1])
        return tensors
    }()

    @Test func whatIsWrittenIsReadAndTheSameBytes() throws {
        let path = "\(folder.path)/state.pt"
        try PyTorchFile.save(Self.tensors, to: path)
        let file = try PyTorchFile(path)
        #expect(file.tensors.keys.sorted() == Self.tensors.keys.sorted())
        for (name, tensor) in Self.tensors { #expect(isSame(file.tensors[name], tensor), "\(name)") }
        let bytes = try contents(of: path)
        try PyTorchFile.save(Self.tensors, to: path)
        #expect(try contents(of: path) == bytes)
        try PyTorchFile.save([:], to: path)
        #expect(try PyTorchFile(path).tensors.isEmpty)
    }

    /// PyTorch has read these very bytes.
    @Test func theFileIsTheOneThatPyTorchReads() throws {
        let path = "\(folder.path)/state.pt"
        try PyTorchFile.save(Self.tensors.filter { $0.key != "large" }, to: path)
        #expect(try contents(of: path) == contents(of: try Fixture.path("pytorch/written.pt")))
    }

    @Test func contentsBeginAtMultiplesOf64() throws {
        let path = "\(folder.path)/state.pt"
        try PyTorchFile.save(Self.tensors, to: path)
        let bytes = try contents(of: path)
        var found = 0
        for start in 0..<bytes.count - 30 where bytes[start..<start + 4] == [0x50, 0x4B, 3, 4] {
            let lengths = (26..<30).map { Int(bytes[start + $0]) }
            #expect((start + 30 + lengths[0] + lengths[1] * 256 + lengths[2] + lengths[3] * 256) % 64 == 0)
            found += 1
        }
        #expect(found == Self.tensors.count + 5)
    }
}
