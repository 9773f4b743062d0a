import Apus
import ApusFormats
import ApusModels
import ApusNN
import ApusText
import Foundation

/// Turns texts into vectors whose products tell how near their meanings are (Reimers and Gurevych 2019, "Sentence-BERT"): the
/// average of what BERT gives for the tokens, of length 1.
///
/// ```swift
/// let embedder = try SentenceEmbedder("all-MiniLM-L6-v2")
/// let vectors = embedder(["a cat", "a kitten"])        // [2, 384]
/// print(vectors[0].dot(vectors[1]))
/// ```
public final class SentenceEmbedder {
    /// The encoder.
    public let model: BERT
    /// What makes tokens of texts.
    public let tokenizer: any Tokenizer
    /// The most tokens of a text that are read.
    public let maximumLength: Int

    /// - Parameter folder: as Hugging Face keeps such a model, with `config.json`, `tokenizer.json` and `model.safetensors`;
    ///   `sentence_bert_config.json` and `1_Pooling/config.json` count where they are there.
    /// - Throws: `FileError`, `TokenizerError` or `StateMismatch`, which say what the folder should have and has.
    public init(_ folder: String) throws {
        let path = "\(folder)/config.json"
        let configuration = try BERT.Configuration(JSONValue.read(path), path)
        model = BERT(configuration)
        model.evaluate()
        tokenizer = try Tokenizers.read("\(folder)/tokenizer.json")
        if tokenizer.vocabularySize > configuration.vocabulary {
            throw FileError(
                path: "\(folder)/tokenizer.json", .unexpected,
                "expected at most \(configuration.vocabulary) tokens, as config.json says, found "
                    + "\(tokenizer.vocabularySize)")
        }
        try Self.checkPooling(folder)
        maximumLength = try min(Self.maximumLength(folder) ?? 256, configuration.positions)
        try model.load(SafetensorsFile("\(folder)/model.safetensors"))
    }

    /// Vectors of length 1, [texts, width].
    ///
    /// - Parameter batch: how many texts are computed together; those of about the same length are.
    public func callAsFunction(_ texts: [String], batch: Int = 32) -> Tensor {
        let tokens = texts.map { tokenizer.encode($0, maximumLength: maximumLength) }
        let width = model.configuration.width
        var rows = [Tensor?](repeating: nil, count: texts.count)
        let order = tokens.indices.sorted { (tokens[$0].count, $0) < (tokens[$1].count, $1) }
        for start in stride(from: 0, to: order.count, by: max(batch, 1)) {
            let part = order[start..<min(start + max(batch, 1), order.count)]
            let vectors = withInferenceMode { embed(part.map { tokens[$0] }) }
            for (row, index) in part.enumerated() { rows[index] = vectors[row] }
        }
        return rows.isEmpty ? .zeros([0, width]) : .stack(rows.map { $0! })
    }

    private func embed(_ tokens: [[Int]]) -> Tensor {
        let length = tokens.map(\.count).max() ?? 0
        let padded = tokens.map { $0 + [Int](repeating: 0, count: length - $0.count) }
        let present = tokens.flatMap { row in (0..<length).map { $0 < row.count } }
        let mask = Tensor(present, shape: [tokens.count, length])
        let states = model(Tensor(padded.flatMap { $0 }, shape: [tokens.count, length]), mask: mask)
        let weights = mask.to(states.dtype).unsqueeze(2)
        let average = (states * weights).sum(axis: 1) / weights.sum(axis: 1)
        return average / average.square().sum(axes: [1], keepDims: true).sqrt().maximum(Tensor(1e-12))
    }

    private static func maximumLength(_ folder: String) throws -> Int? {
        let path = "\(folder)/sentence_bert_config.json"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let value = try JSONValue.read(path)["max_seq_length"] else { return nil }
        guard case .integer(let length) = value, length > 2 else {
            throw FileError(
                path: path, .unexpected, "expected a max_seq_length above 2, found \(value.kind)")
        }
        return length
    }

    /// Refuses models whose vector is another than the average.
    private static func checkPooling(_ folder: String) throws {
        let path = "\(folder)/1_Pooling/config.json"
        guard FileManager.default.fileExists(atPath: path) else { return }
        let value = try JSONValue.read(path)
        guard case .object(let members) = value else {
            throw FileError(path: path, .unexpected, "expected an object, found \(value.kind)")
        }
        for (key, value) in members where key.hasPrefix("pooling_mode_") {
            let isMean = key == "pooling_mode_mean_tokens"
            if case .bool(let isOn) = value, isOn != isMean {
                throw FileError(
                    path: path, .unexpected,
                    "expected the average of the tokens (pooling_mode_mean_tokens), found \(key): \(isOn)")
            }
        }
    }
}
