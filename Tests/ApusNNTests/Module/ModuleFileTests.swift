import Apus
import ApusFormats
import ApusNN
import Testing
import _ApusTestSupport

/// Weights from files of other frameworks.
@Suite struct ModuleFileTests {
    private final class Pair: Module {
        let first = Linear(2, 3)
        let second = Linear(2, 3)
    }

    private static let fixtures =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        + "/Fixtures/pytorch/"

    @Test(arguments: ["tied.pt", "tied-legacy.pt", "checkpoint.pt", "checkpoint-legacy.pt"])
    func aModelLoadsWhatPyTorchSaved(_ name: String) throws {
        let model = Pair()
        try model.load(Self.fixtures + name)
        #expect(model.second.weight.value.array(of: Float.self) == [1.5, 2.5, 3.5, 4.5, 5.5, 6.5])
        #expect(model.second.bias?.value.array(of: Float.self) == [-1.5, -2.5, -3.5])
    }

    @Test func everyFormatRoundTrips() throws {
        let folder = TemporaryFolder()
        let (model, other) = (Pair(), Pair())
        for ending in ["pt", "npz", "safetensors"] {
            try TensorFile.save(model.stateDictionary(), to: "\(folder.path)/model.\(ending)")
            try other.load("\(folder.path)/model.\(ending)")
            #expect(
                other.first.weight.value.array(of: Float.self)
                    == model.first.weight.value.array(of: Float.self))
        }
    }

    @Test func whatDoesNotFitIsNamed() throws {
        let error = #expect(throws: StateMismatch.self) { try Linear(2, 3).load(Self.fixtures + "tied.pt") }
        #expect(error?.missing.sorted() == ["bias", "weight"])
        #expect(throws: FileError.self) { try Linear(2, 3).load(Self.fixtures + "code.pt") }
        let types = #expect(throws: StateMismatch.self) { try Pair().load(Self.fixtures + "converted.pt") }
        #expect(types?.unsupported["uint16"] == "uint16")
    }
}
