import Apus
import ApusFormats
import Testing
import _ApusTestSupport

/// Files that PyTorch wrote, in both of its formats.
@Suite struct PyTorchFileTests {
    private func fixture(_ name: String) throws -> String { try Fixture.path("pytorch/\(name).pt") }

    private func expectSame(_ found: [String: Tensor], _ expected: [String: Tensor]) {
        #expect(found.keys.sorted() == expected.keys.sorted())
        for (name, tensor) in expected { #expect(isSame(found[name], tensor), "\(name)") }
    }

    @Test(arguments: ["types", "types-legacy"]) func everyTypeIsRead(_ name: String) throws {
        let file = try PyTorchFile(fixture(name))
        expectSame(
            file.tensors,
            Dictionary(uniqueKeysWithValues: DType.allCases.map { ("\($0)", fixtureValues($0)) }))
        #expect(file.metadata.isEmpty && file.skippedTypes.isEmpty)
        expectSame(file.stateDictionary, file.tensors)
    }

    @Test(arguments: ["views", "views-legacy"]) func viewsShareStorages(_ name: String) throws {
        let base = fixtureValues(.float32, [4, 5])
        let windows = Tensor((0..<18).flatMap { i in (0..<3).map { Float(i + $0) + 1.5 } }, shape: [18, 3])
        expectSame(
            try PyTorchFile(fixture(name)).tensors,
            [
                "whole": base, "transposed": base.transpose(), "row": base[1], "column": base[.all, 2],
                "part": base[1..<3, 1..<4], "expanded": .full([3, 4], 1.5), "windows": windows,
                "conjugate": fixtureValues(.complex64).conjugate(),
                "negative": Tensor((1...6).map { Float($0) }, shape: [2, 3]),
                "scalar": fixtureValues(.float64, []), "empty": fixtureValues(.float32, [0, 3]),
            ])
    }

    @Test(arguments: ["views", "views-legacy"]) func writingToAViewLeavesTheOthers(_ name: String) throws {
        var tensors = try PyTorchFile(fixture(name)).tensors
        for name in ["windows", "expanded", "row"] {
            let before = tensors[name]!
            tensors[name]! += 1
            #expect(isSame(tensors[name], before + 1), "\(name)")
        }
        #expect(isSame(tensors["whole"], fixtureValues(.float32, [4, 5])))
    }

    private static let tied: [String: Tensor] = [
        "first.weight": fixtureValues(.float32, [3, 2]), "second.weight": fixtureValues(.float32, [3, 2]),
        "first.bias": fixtureValues(.float32, [3]), "second.bias": -fixtureValues(.float32, [3]),
    ]

    @Test(arguments: ["tied", "tied-legacy"]) func aStateDictionaryIsRead(_ name: String) throws {
        expectSame(try PyTorchFile(fixture(name)).tensors, Self.tied)
    }

    @Test(arguments: ["checkpoint", "checkpoint-legacy"]) func aCheckpointIsReadByDottedNames(_ name: String)
        throws
    {
        let file = try PyTorchFile(fixture(name))
        #expect(file.stateDictionary.keys.sorted() == Self.tied.keys.sorted())
        #expect(isSame(file.tensors["state_dict.first.weight"], Self.tied["first.weight"]!))
        #expect(isSame(file.tensors["parameter"], Self.tied["first.weight"]!))
        #expect(file.tensors["optimizer.state.0.exp_avg"]?.shape == [3, 2])
        #expect(file.tensors["optimizer.state.0.step"]?.item() == 1)
        for (name, text) in [
            "epoch": "3", "best": "0.5", "name": "tied", "done": "false", "large": "1180591620717411303424",
            "history.0": "1", "history.1": "2.5", "optimizer.param_groups.0.lr": "0.25",
            "optimizer.param_groups.0.betas.1": "0.999", "optimizer.param_groups.0.params.2": "2",
        ] { #expect(file.metadata[name] == text, "\(name)") }
        #expect(file.metadata["nothing"] == nil)
    }

    @Test(arguments: ["converted", "converted-legacy"]) func otherTypesAreConvertedOnRequest(_ name: String)
        throws
    {
        let path = try fixture(name)
        let file = try PyTorchFile(path)
        #expect(file.tensors.isEmpty)
        #expect(
            file.skippedTypes == [
                "int8": "int8", "int16": "int16", "uint16": "uint16", "uint32": "uint32", "uint64": "uint64",
                "float8_e4m3fn": "float8_e4m3fn",
            ])
        expectSame(
            try PyTorchFile(path, converting: true).tensors,
            [
                "int8": fixtureValues(.int32), "int16": fixtureValues(.int32),
                "uint16": fixtureValues(.int32),
                "uint32": fixtureValues(.int64), "uint64": fixtureValues(.int64),
                "float8_e4m3fn": Tensor([1, -2] as [Float]),
            ])
    }

    @Test func aTensorAloneIsCalledTensor() throws {
        expectSame(try PyTorchFile(fixture("bare")).tensors, ["tensor": fixtureValues(.float32)])
    }

    @Test(arguments: [
        ("code", "builtins.print"), ("code-legacy", "builtins.print"),
        ("module", "torch.nn.modules.linear.Linear"),
    ])
    func whatCouldRunCodeIsRefusedByName(_ file: String, _ name: String) throws {
        let path = try fixture(file)
        do throws(FileError) {
            _ = try PyTorchFile(path)
            Issue.record("it was read")
        } catch {
            #expect(error.kind == .unexpected)
            let python2 = name.replacing("builtins", with: "__builtin__")
            #expect(
                error.reason.contains("\"\(name)\"") || error.reason.contains("\"\(python2)\""), "\(error)")
        }
    }

    @Test func whatIsNoFileOfPyTorchIsNamed() throws {
        let path = try Fixture.path("numpy/float32.npy")
        #expect(
            message { _ = try PyTorchFile(path) }
                == "\(path): expected a file of torch.save's, which begins with PK or [80 02 8a 0a], found [93 4e 55 4d]"
        )
        let archive = try Fixture.path("numpy/stored.npz")
        #expect(
            message { _ = try PyTorchFile(archive) }
                == "\(archive): expected an archive of torch.save's, with one member NAME/data.pkl, found \"bool.npy\""
        )
    }
}
