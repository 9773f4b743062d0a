import ApusFormats
import ApusModels

extension BERT.Configuration {
    /// Of a `config.json` as Hugging Face writes it.
    ///
    /// - Throws: `FileError` where it is another model's, or a BERT that is not built here.
    init(_ json: JSONValue, _ path: String) throws(FileError) {
        func refuse(_ expected: String, _ name: String) -> FileError {
            FileError(
                path: path, .unexpected,
                "expected \(expected), found \(json[name].map { "\(name) \($0.kind)" } ?? "no \(name)")")
        }
        guard case .string("bert") = json["model_type"] else {
            throw refuse("model_type \"bert\"", "model_type")
        }
        let known: [(name: String, value: String)] = [
            ("hidden_act", "gelu"), ("position_embedding_type", "absolute"),
        ]
        for (name, value) in known {
            guard let found = json[name] else { continue }
            if case .string(value) = found { continue }
            throw refuse("\(name) \"\(value)\"", name)
        }
        func size(_ name: String) throws(FileError) -> Int {
            if case .integer(let value) = json[name], 1..<1 << 24 ~= value { return value }
            throw refuse("a positive \(name)", name)
        }
        func number(_ name: String, _ usual: Double) throws(FileError) -> Double {
            switch json[name] {
            case nil: return usual
            case .number(let value) where 0..<1 ~= value: return value
            case .integer(0): return 0
            default: throw refuse("\(name) from 0 to below 1", name)
            }
        }
        self.init(
            vocabulary: try size("vocab_size"), positions: try size("max_position_embeddings"),
            types: try size("type_vocab_size"), width: try size("hidden_size"),
            heads: try size("num_attention_heads"), hidden: try size("intermediate_size"),
            depth: try size("num_hidden_layers"), dropout: try number("hidden_dropout_prob", 0.1),
            epsilon: try number("layer_norm_eps", 1e-12))
        if width % heads != 0 { throw refuse("\(heads) heads to divide hidden_size", "hidden_size") }
    }
}
