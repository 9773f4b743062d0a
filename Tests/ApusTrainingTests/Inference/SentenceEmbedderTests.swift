import Apus
import ApusFormats
import ApusNN
import ApusText
import ApusTraining
import Foundation
import Testing
import _ApusTestSupport

/// Sentence embeddings: a small model whose vectors Hugging Face's `transformers` computed (Scripts/sentence_fixtures.py), what is
/// refused, and all-MiniLM-L6-v2 where its folder is given.
@Suite struct SentenceEmbedderTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/sentences").path
    /// The folder of all-MiniLM-L6-v2.
    static let miniLM = ProcessInfo.processInfo.environment["APUS_MINILM"]

    private struct Vectors: Decodable {
        let texts: [String]
        let vectors: [[Double]]
    }

    @Test(arguments: [1, 3, 32])
    func vectorsAreTheReferences(_ batch: Int) throws {
        let data = try Data(contentsOf: URL(filePath: Self.folder + "/vectors.json"))
        let wanted = try JSONDecoder().decode(Vectors.self, from: data)
        let embedder = try SentenceEmbedder(Self.folder)
        #expect(embedder.maximumLength == 24)
        let vectors = embedder(wanted.texts, batch: batch)
        #expect(vectors.shape == [wanted.texts.count, 16])
        for (row, vector) in wanted.vectors.enumerated() {
            let found = vectors[row].array(of: Double.self)
            #expect(zip(found, vector).allSatisfy { abs($0 - $1) < 1e-5 }, "\(wanted.texts[row])")
        }
        #expect(embedder([]).shape == [0, 16])
    }

    /// A copy of the small model with one file changed.
    private func changed(_ file: String, _ change: (String) -> String) throws -> String {
        let copy = FileManager.default.temporaryDirectory.appending(path: "sentences-\(UUID())")
        try FileManager.default.copyItem(atPath: Self.folder, toPath: copy.path)
        let url = copy.appending(path: file)
        try Data(change(try String(contentsOf: url, encoding: .utf8)).utf8).write(to: url)
        return copy.path
    }

    @Test(arguments: [
        ("config.json", "\"bert\"", "\"gpt2\"", "model_type"),
        ("config.json", "\"gelu\"", "\"relu\"", "hidden_act"),
        ("config.json", "\"hidden_size\": 16", "\"hidden_size\": 15", "hidden_size"),
        ("config.json", "\"vocab_size\": 900", "\"vocab_size\": 0", "vocab_size"),
        ("config.json", "\"vocab_size\": 900", "\"vocab_size\": 100", "at most 100 tokens"),
        ("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", "encoder.layer.2"),
        (
            "1_Pooling/config.json", "\"pooling_mode_cls_token\": false", "\"pooling_mode_cls_token\": true",
            "pooling"
        ),
        ("sentence_bert_config.json", "24", "\"many\"", "max_seq_length"),
        ("tokenizer.json", "\"WordPiece\"", "\"Unigram\"", "Unigram"),
    ])
    func otherModelsAreRefusedByName(_ file: String, _ from: String, _ to: String, _ reason: String) throws {
        let folder = try changed(file) { $0.replacingOccurrences(of: from, with: to) }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let error = #expect(throws: (any Error).self) { try SentenceEmbedder(folder) }
        #expect("\(try #require(error))".contains(reason), "\(error.map { "\($0)" } ?? "")")
    }

    @Test func aFolderThatIsNoneIsSaid() throws {
        let error = #expect(throws: FileError.self) { try SentenceEmbedder("/no/such/folder") }
        #expect(error?.kind == .missing)
    }

    @Test(.enabled(if: miniLM != nil, "APUS_MINILM is not the folder of all-MiniLM-L6-v2"))
    func miniLMGivesItsVectors() throws {
        let embedder = try SentenceEmbedder(Self.miniLM!)
        let vectors = embedder([
            "The cat sits on the mat.", "A Déjà-vu moment: GPT-4's naïve tokenizer fails?",
        ])
        let wanted: [[Double]] = [
            [0.134177, -0.032900, -0.024804, 0.041439, -0.036348, 0.041814, 0.031217, 0.037202],
            [-0.049803, -0.018887, 0.072534, -0.000456, 0.037138, -0.106561, 0.046508, 0.017508],
        ]
        for (row, vector) in wanted.enumerated() {
            let found = vectors[row].array(of: Double.self)
            #expect(zip(found, vector).allSatisfy { abs($0 - $1) < 2e-6 })
        }
        let cosine = vectors[0].dot(vectors[1]).item(as: Double.self)
        #expect(abs(cosine - 0.024002) < 2e-6)
    }
}
