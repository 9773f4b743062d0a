import ApusFormats

extension BPETokenizer {
    /// Writes a `tokenizer.json` which Hugging Face's `tokenizers` reads, and gives the same tokens with.
    ///
    /// What the file holds appears whole or not at all.
    ///
    /// - Throws: `TokenizerError` where the file cannot be written.
    public func write(to path: String) throws(TokenizerError) {
        do throws(FileError) {
            try AtomicFile.write(contents + "\n", to: path)
        } catch {
            throw TokenizerError(error)
        }
    }

    private var contents: String {
        JSONValue.object([
            ("version", .string("1.0")), ("truncation", .null), ("padding", .null),
            ("added_tokens", .array(tokenSet.added.map(Self.entry))),
            ("normalizer", settings.composes ? .object([("type", .string("NFC"))]) : .null),
            ("pre_tokenizer", preparation), ("post_processor", frame),
            ("decoder", Self.byteLevel(prefixSpace: true, pattern: true)), ("model", model),
        ]).text
    }

    private static func entry(_ token: AddedToken) -> JSONValue {
        .object([
            ("id", .integer(token.id)), ("content", .string(token.content)),
            ("single_word", .bool(token.isSingleWord)), ("lstrip", .bool(token.stripsLeft)),
            ("rstrip", .bool(token.stripsRight)), ("normalized", .bool(token.isNormalized)),
            ("special", .bool(token.isSpecial)),
        ])
    }

    private static func byteLevel(prefixSpace: Bool, pattern: Bool) -> JSONValue {
        .object([
            ("type", .string("ByteLevel")), ("add_prefix_space", .bool(prefixSpace)),
            ("trim_offsets", .bool(true)), ("use_regex", .bool(pattern)),
        ])
    }

    private var preparation: JSONValue {
        switch settings.pattern {
        case .gpt2, .none:
            return Self.byteLevel(prefixSpace: settings.addsPrefixSpace, pattern: settings.pattern == .gpt2)
        case .cl100k, .singleDigits:
            let split: JSONValue = .object([
                ("type", .string("Split")),
                ("pattern", .object([("Regex", .string(settings.pattern.expression ?? ""))])),
                ("behavior", .string("Isolated")), ("invert", .bool(false)),
            ])
            return .object([
                ("type", .string("Sequence")),
                ("pretokenizers", .array([split, Self.byteLevel(prefixSpace: false, pattern: false)])),
            ])
        }
    }

    private var frame: JSONValue {
        if tokenSet.before.isEmpty && tokenSet.after.isEmpty { return .null }
        func special(_ id: Int, _ type: Int) -> JSONValue {
            let name = JSONValue.string(tokenSet.name(of: id) ?? "")
            return .object([("SpecialToken", .object([("id", name), ("type_id", .integer(type))]))])
        }
        func text(_ name: String, _ type: Int) -> JSONValue {
            .object([("Sequence", .object([("id", .string(name)), ("type_id", .integer(type))]))])
        }
        let first =
            tokenSet.before.map { special($0, 0) } + [text("A", 0)] + tokenSet.after.map { special($0, 0) }
        let second = [text("B", 1)] + tokenSet.after.map { special($0, 1) }
        let tokens = Set(tokenSet.before + tokenSet.after).sorted().map { id in
            let name = tokenSet.name(of: id) ?? ""
            let entry: JSONValue = .object([
                ("id", .string(name)), ("ids", .array([.integer(id)])), ("tokens", .array([.string(name)])),
            ])
            return (key: name, value: entry)
        }
        return .object([
            ("type", .string("TemplateProcessing")), ("single", .array(first)),
            ("pair", .array(first + second)), ("special_tokens", .object(tokens)),
        ])
    }

    private var model: JSONValue {
        func name(_ id: Int32) -> String { tokenSet.model.name(of: Int(id)) ?? "" }
        let vocabulary = (0..<tokenSet.model.size).compactMap { id in
            tokenSet.model.name(of: id).map { (key: $0, value: JSONValue.integer(id)) }
        }
        let merges = merges.ordered.map { merge in
            JSONValue.array([.string(name(merge.left)), .string(name(merge.right))])
        }
        return .object([
            ("type", .string("BPE")), ("dropout", .null),
            ("unk_token", settings.unknown.map { .string(name($0)) } ?? .null),
            ("continuing_subword_prefix", .null), ("end_of_word_suffix", .null),
            ("fuse_unk", .bool(settings.fusesUnknown)), ("byte_fallback", .bool(false)),
            ("ignore_merges", .bool(settings.takesWholeWords)), ("vocab", .object(vocabulary)),
            ("merges", .array(merges)),
        ])
    }
}
