import Apus
import ApusFormats
import ApusModels
import ApusNN
import Testing
import _ApusTestSupport

/// Files with the names of published models, with what Scripts/language_model_fixtures.py wrote.
@Suite struct LanguageModelWeightsTests {
    private static let folder = "\(#filePath)".replacing(
        "ApusModelsTests/LanguageModel/LanguageModelWeightsTests.swift", with: "Fixtures/languagemodels")

    @Test(arguments: ["mamba", "mamba-hf", "mamba2", "retention", "rwkv", "rwkv-hf"])
    func logitsAreTheReferences(_ name: String) throws {
        let model = try LanguageModel(weights: "\(Self.folder)/\(name).safetensors")
        let kind = String(name.prefix { $0 != "-" })
        #expect(model.configuration.mixer.rawValue == kind)
        #expect(model.configuration.vocabulary == 20 && model.configuration.layers == 2)
        let expected = try Safetensors.load("\(Self.folder)/\(kind).expected.safetensors")
        let tokens = expected["tokens"]!
        expectClose(model(tokens), expected["logits"]!, name, relative: 1e-4)
        var state = model.initialState(batch: 2)
        let last = model.advance(tokens, &state)
        expectClose(last, expected["logits"]![0..., 18], "\(name), from a state", relative: 1e-4)
    }

    @Test func mamba2HasTheFilesGroups() throws {
        let model = try LanguageModel(weights: "\(Self.folder)/mamba2-groups.safetensors")
        #expect(model.configuration.groups == 2 && model.configuration.channels == 64)
        let expected = try Safetensors.load("\(Self.folder)/mamba2-groups.expected.safetensors")
        expectClose(model(expected["tokens"]!), expected["logits"]!, relative: 1e-4)
    }

    /// A file that was saved by a model is read again, whatever the head.
    @Test func aModelReadsItself() throws {
        let folder = TemporaryFolder()
        for isTied in [true, false] {
            let model = LanguageModel(
                .init(vocabulary: 7, channels: 8, layers: 1, mixer: .mamba, isTied: isTied))
            try Safetensors.save(model.stateDictionary(), to: "\(folder.path)/model.safetensors")
            let other = try LanguageModel(weights: "\(folder.path)/model.safetensors")
            #expect(other.configuration.isTied == isTied)
            let tokens = Tensor([1, 2, 3], shape: [1, 3])
            #expect(other(tokens).array(of: Float.self) == model(tokens).array(of: Float.self))
        }
    }

    @Test func otherWeightsAreRefused() throws {
        let folder = TemporaryFolder()
        let path = "\(folder.path)/model.safetensors"
        try Safetensors.save(["conv.weight": .zeros([2, 3])], to: path)
        #expect {
            _ = try LanguageModel(weights: path)
        } throws: {
            "\($0)".contains(
                "expected the weights of a language model, backbone.embedding.weight or emb.weight "
                    + "or embed_tokens.weight among them, found conv.weight and the like")
        }
        try Safetensors.save(["emb.weight": .zeros([2, 3])], to: path)
        #expect {
            _ = try LanguageModel(weights: path)
        } throws: {
            "\($0)".contains("expected the weights of blocks, blocks.0.… among them, found 0 blocks")
        }
        var state = try Safetensors.load("\(Self.folder)/rwkv.safetensors")
        state["blocks.1.att.time_decay"] = nil
        try Safetensors.save(state, to: path)
        #expect(throws: StateMismatch.self) { _ = try LanguageModel(weights: path) }
        var retnet = try Safetensors.load("\(Self.folder)/retention.safetensors")
        retnet["retnet_rel_pos.decay"] = retnet["retnet_rel_pos.decay"]! * 1.01
        try Safetensors.save(retnet, to: path)
        #expect {
            _ = try LanguageModel(weights: path)
        } throws: {
            "\($0)".contains("expected retnet_rel_pos.decay of ln(1 - 2^(-5 - head)), found -0.032")
        }
        retnet["retnet_rel_pos.decay"] = nil
        try Safetensors.save(retnet, to: path)
        #expect {
            _ = try LanguageModel(weights: path)
        } throws: {
            "\($0)".contains(
                "expected retnet_rel_pos.decay with a number for each head, or to be "
                    + "called with")
        }
        #expect(try LanguageModel(weights: path, heads: 2).configuration.heads == 2)
    }
}
