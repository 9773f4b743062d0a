extension BPETokenizer {
    /// Reads a `tokenizer.json` of Hugging Face whose model is a byte-level BPE.
    ///
    /// - Throws: `TokenizerError` for a file that cannot be read, that is another tokenizer or none, whose parts contradict
    ///   each other, or that names a step which is not done here.
    public static func read(_ path: String) throws(TokenizerError) -> BPETokenizer {
        let file = try Tokenizers.file(path)
        guard case .bytePairs = file.model else { throw file.other(than: "BPE") }
        return try BPETokenizer(file.whole)
    }

    init(_ file: FilePart) throws(TokenizerError) {
        let model = try file.member("model")
        let vocabulary = try model.member("vocab").vocabulary()
        var settings = Settings()
        try Self.checkModel(model)
        settings.takesWholeWords = try model.bool("ignore_merges", false)
        settings.fusesUnknown = try model.bool("fuse_unk", false)
        if let unknown = model["unk_token"], case let name = try unknown.string(), !name.isEmpty {
            guard let id = vocabulary.id(of: name) else {
                throw unknown.fault(.vocabulary, "expected a token of the vocabulary, found \(quoted(name))")
            }
            settings.unknown = Int32(id)
        }
        if let normalizer = file["normalizer"] { settings.composes = try Self.composes(normalizer) }
        guard let preparation = file["pre_tokenizer"] else {
            throw file.fault(.unsupported, "expected a pre_tokenizer ByteLevel, found none")
        }
        try Self.prepare(preparation, &settings)
        if let decoder = file["decoder"], case let type = try decoder.type(), type != "ByteLevel" {
            throw decoder.unsupported("ByteLevel", found: quoted(type))
        }
        let merges = try Self.merges(try model.member("merges"), vocabulary)
        let frame = try file.frame()
        let added = try file.addedTokens()
        do throws(TokenSet.Fault) {
            let tokenSet = try TokenSet(
                model: vocabulary, added: added, before: frame.before, after: frame.after, form: settings.form
            )
            self.init(tokenSet, merges: MergeTable(merges), settings: settings)
        } catch {
            throw file.fault(.vocabulary, error.reason)
        }
    }

    private static func checkModel(_ model: FilePart) throws(TokenizerError) {
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let affix = model[key], case let text = try affix.string(), !text.isEmpty {
                throw affix.unsupported("none, as byte-level tokenizers have it", found: quoted(text))
            }
        }
        if try model.bool("byte_fallback", false) {
            throw model.fault(
                .unsupported, "expected no byte_fallback, as byte-level tokenizers have it, found it")
        }
        if let dropout = model["dropout"] {
            switch dropout.value {
            case .integer(0), .number(0): break
            default: throw dropout.unsupported("no dropout", found: dropout.value.kind)
            }
        }
    }

    /// Whether a normalizer is NFC, or does nothing.
    private static func composes(_ normalizer: FilePart) throws(TokenizerError) -> Bool {
        switch try normalizer.type() {
        case "NFC": return true
        case "Sequence":
            var result = false
            for step in try normalizer.member("normalizers").elements() where try composes(step) {
                result = true
            }
            return result
        case let other: throw normalizer.unsupported("NFC or none", found: quoted(other))
        }
    }

    private static func prepare(_ step: FilePart, _ settings: inout Settings) throws(TokenizerError) {
        switch try step.type() {
        case "ByteLevel":
            settings.addsPrefixSpace = try step.bool("add_prefix_space", true)
            settings.pattern = try step.bool("use_regex", true) ? .gpt2 : .none
        case "Sequence":
            let steps = try step.member("pretokenizers").elements()
            if steps.count == 1 { return try prepare(steps[0], &settings) }
            guard steps.count == 2, try steps[0].type() == "Split", try steps[1].type() == "ByteLevel" else {
                var found: [String] = []
                for step in steps { found.append(try step.type()) }
                throw step.unsupported(
                    "ByteLevel, or Split and ByteLevel", found: found.joined(separator: ", "))
            }
            try prepare(steps[1], &settings)
            // After a pattern of its own, GPT-2's would cut the words again, and each would get a space.
            guard settings.pattern == .none, !settings.addsPrefixSpace else {
                throw steps[1].unsupported(
                    "use_regex and add_prefix_space false after a Split",
                    found: settings.addsPrefixSpace ? "add_prefix_space" : "use_regex")
            }
            settings.pattern = try pattern(steps[0])
        case let other: throw step.unsupported("ByteLevel, or Split and ByteLevel", found: quoted(other))
        }
    }

    private static func pattern(_ split: FilePart) throws(TokenizerError) -> WordPattern {
        let behavior = try split.member("behavior").string()
        guard behavior == "Isolated", try !split.bool("invert", false) else {
            throw split.unsupported("Isolated and not inverted", found: behavior)
        }
        let source = try split.member("pattern")
        guard let expression = source["Regex"] else { throw source.expected("a Regex") }
        let text = try expression.string()
        guard let pattern = WordPattern(expression: text) else {
            throw expression.unsupported(
                "the pattern of GPT-2, GPT-4, Llama 3 or Qwen 2", found: quoted(text))
        }
        return pattern
    }

    private static func merges(
        _ list: FilePart, _ vocabulary: Vocabulary
    ) throws(TokenizerError) -> [(left: Int32, right: Int32, result: Int32)] {
        guard case .array(let entries) = list.value else { throw list.expected("an array of merges") }
        var merges: [(left: Int32, right: Int32, result: Int32)] = []
        merges.reserveCapacity(entries.count)
        for (number, entry) in entries.enumerated() {
            func fault(_ reason: String) -> TokenizerError {
                list.fault(.vocabulary, "merge \(number): \(reason)")
            }
            let parts: [String]
            switch entry {
            case .string(let text):
                // Of merges in strings, this is the line that names the format's version in files of GPT-2.
                if text.hasPrefix("#version") { continue }
                parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            case .array(let elements):
                parts = elements.compactMap { element in
                    if case .string(let text) = element { text } else { nil }
                }
            default: parts = []
            }
            var count = parts.count
            // What is no string is a third all the same.
            if case .array(let elements) = entry { count = elements.count }
            guard parts.count == 2, count == 2 else {
                throw fault("expected two tokens, found \(entry.kind)")
            }
            var ids: [Int32] = []
            for name in parts + [parts[0] + parts[1]] {
                guard let id = vocabulary.id(of: name) else {
                    throw fault("expected tokens of the vocabulary, found \(quoted(name))")
                }
                ids.append(Int32(id))
            }
            merges.append((ids[0], ids[1], ids[2]))
        }
        return merges
    }
}
