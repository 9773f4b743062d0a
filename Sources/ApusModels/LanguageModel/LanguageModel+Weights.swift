import Apus
import ApusFormats
import ApusNN
import Glibc

extension LanguageModel {
    /// A published model: Mamba, Mamba-2, RetNet or RWKV-4, in a file of safetensors or of PyTorch, with the names of the authors'
    /// code or of Hugging Face's `transformers`. Its sizes are those of the weights.
    ///
    /// ```swift
    /// let model = try LanguageModel(weights: "mamba-130m.safetensors")
    /// ```
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - heads: of a RetNet whose file does not have them, `retnet_rel_pos.decay`.
    /// - Throws: `FileError` where the file cannot be read or has weights of something else, and `StateMismatch` with every name that is
    ///   missing, unexpected or misshapen.
    public convenience init(weights path: String, heads: Int? = nil) throws {
        let file = try TensorFile(path)
        var state = file.stateDictionary
        if let names = LanguageModel.otherNames.first(where: { state[$0.marker] != nil }) {
            let renamed = names(state.keys)
            state = Dictionary(
                state.map { (renamed[$0.key]!, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        let known: [SequenceMixer] = [.mamba, .rwkv, .retention]
        guard var mixer = known.first(where: { state["\($0.names.embedding).weight"]?.rank == 2 }) else {
            throw FileError(
                path: path, .unexpected,
                "expected the weights of a language model, "
                    + known.map { "\($0.names.embedding).weight" }.joined(separator: " or ")
                    + " among them, found \(state.isEmpty ? "none" : state.keys.min()!) and the like")
        }
        let names = mixer.names
        if state["\(names.blocks).0.mixer.dt_bias"] != nil { mixer = .mamba2 }
        let embedding = state["\(names.embedding).weight"]!
        let blocks = Set(
            state.keys.filter { $0.hasPrefix("\(names.blocks).") }
                .compactMap { Int($0.dropFirst(names.blocks.count + 1).prefix { $0 != "." }) })
        // What is tied is in some files twice.
        let head = "\(names.head).weight"
        let isTied =
            mixer != .rwkv
            && state[head].map { $0.array(of: Float.self) == embedding.array(of: Float.self) } ?? true
        if isTied { state[head] = nil }
        let found = mixer == .retention ? try LanguageModel.heads(&state, path) ?? heads : 4
        guard let heads = found else {
            throw FileError(
                path: path, .unexpected,
                "expected retnet_rel_pos.decay with a number for each head, or to be called with their number"
            )
        }
        var groups = 1
        if mixer == .mamba2, let mixed = state["\(names.blocks).0.mixer.conv1d.weight"]?.shape.first {
            // x has twice the channels, B and C have 128 states each.
            groups = max((mixed - 2 * embedding.shape[1]) / 256, 1)
        }
        let configuration = Configuration(
            vocabulary: embedding.shape[0], channels: embedding.shape[1], layers: blocks.count, mixer: mixer,
            heads: heads, groups: groups, isTied: isTied)
        if configuration.fault != nil {
            throw FileError(
                path: path, .unexpected,
                "expected the weights of blocks, \(names.blocks).0.… among them, found \(blocks.count) blocks and an "
                    + "embedding of shape \(embedding.shape)")
        }
        self.init(configuration)
        try load(state, unsupported: file.skippedStateTypes)
    }

    /// How many heads a RetNet has, by the decays in its file, which are not learned; nil where they are not there. Takes them and the
    /// angles out.
    private static func heads(_ state: inout [String: Tensor], _ path: String) throws -> Int? {
        state["retnet_rel_pos.angle"] = nil
        guard let decay = state.removeValue(forKey: "retnet_rel_pos.decay") else { return nil }
        for (head, found) in decay.flatten().array(of: Double.self).enumerated() {
            let expected = log(1 - pow(2, -5 - Double(head)))
            if abs(found - expected) > 1e-5 * abs(expected) {
                throw FileError(
                    path: path, .unexpected,
                    "expected retnet_rel_pos.decay of ln(1 - 2^(-5 - head)), found \(found) for head \(head)")
            }
        }
        return decay.count
    }

    /// Names of Hugging Face's `transformers`.
    private static let otherNames = [
        WeightNames(
            marker: "backbone.embeddings.weight",
            rules: [.init("backbone.embeddings", "backbone.embedding")]),
        WeightNames(
            marker: "rwkv.embeddings.weight",
            rules: [.init("rwkv.embeddings", "emb"), .init("rwkv.ln_out", "ln_out")]
                + [
                    ("pre_ln", "ln0"), ("ln1", "ln1"), ("ln2", "ln2"),
                    ("attention.time_mix_key", "att.time_mix_k"),
                    ("attention.time_mix_value", "att.time_mix_v"),
                    ("attention.time_mix_receptance", "att.time_mix_r"), ("attention", "att"),
                    ("feed_forward.time_mix_key", "ffn.time_mix_k"),
                    ("feed_forward.time_mix_receptance", "ffn.time_mix_r"), ("feed_forward", "ffn"),
                ].map { theirs, own in
                    .init("rwkv.blocks.#.\(theirs)") { numbers in "blocks.\(numbers[0]).\(own)" }
                }),
    ]
}
