extension FilePart {
    /// The tokens of `model.vocab`.
    func vocabulary() throws(TokenizerError) -> Vocabulary {
        var vocabulary = Vocabulary()
        guard case .object(let members) = value else {
            throw expected("an object of tokens and their numbers")
        }
        if members.isEmpty { throw fault(.vocabulary, "expected tokens and their numbers, found none") }
        for (token, id) in members {
            guard case .integer(let id) = id else {
                throw fault(.vocabulary, "expected a number of token \(quoted(token)), found \(id.kind)")
            }
            if let wrong = vocabulary.add(token, id: id) { throw fault(.vocabulary, wrong) }
        }
        return vocabulary
    }

    /// The tokens of `added_tokens`; this is the whole file.
    func addedTokens() throws(TokenizerError) -> [AddedToken] {
        guard let list = self["added_tokens"] else { return [] }
        var tokens: [AddedToken] = []
        for entry in try list.elements() {
            let id = try entry.member("id").integer()
            guard (0...Vocabulary.largestID).contains(id) else {
                throw entry.expected("an id from 0 to \(Vocabulary.largestID)", found: id)
            }
            let isSpecial = try entry.bool("special", false)
            tokens.append(
                AddedToken(
                    id: id, content: try entry.member("content").string(), isSpecial: isSpecial,
                    isNormalized: try entry.bool("normalized", !isSpecial),
                    isSingleWord: try entry.bool("single_word", false),
                    stripsLeft: try entry.bool("lstrip", false), stripsRight: try entry.bool("rstrip", false))
            )
        }
        return tokens
    }

    private func expected(_ what: String, found: Int) -> TokenizerError {
        fault(.vocabulary, "expected \(what), found \(found)")
    }

    /// What `post_processor` puts before and after a text; this is the whole file.
    func frame() throws(TokenizerError) -> (before: [Int], after: [Int]) {
        guard let processor = self["post_processor"] else { return ([], []) }
        return try processor.framing()
    }

    private func framing() throws(TokenizerError) -> (before: [Int], after: [Int]) {
        switch try type() {
        // It only says where tokens begin and end in the text.
        case "ByteLevel": return ([], [])
        case "BertProcessing", "RobertaProcessing":
            return ([try member("cls").pairedID()], [try member("sep").pairedID()])
        case "TemplateProcessing": return try template()
        case "Sequence":
            var frame: (before: [Int], after: [Int]) = ([], [])
            for processor in try member("processors").elements() {
                let (before, after) = try processor.framing()
                frame = (before + frame.before, frame.after + after)
            }
            return frame
        case let other:
            throw unsupported(
                "ByteLevel, BertProcessing, RobertaProcessing, TemplateProcessing or a Sequence of them",
                found: quoted(other))
        }
    }

    /// The second element of an array such as `["[CLS]", 101]`.
    private func pairedID() throws(TokenizerError) -> Int {
        let parts = try elements()
        guard parts.count == 2 else { throw expected("an array of a token and its number") }
        return try parts[1].integer()
    }

    private func template() throws(TokenizerError) -> (before: [Int], after: [Int]) {
        let known = self["special_tokens"]
        var before: [Int] = []
        var after: [Int] = []
        var texts = 0
        for piece in try member("single").elements() {
            if let text = piece["Sequence"] {
                let id = try text.member("id").string()
                guard id == "A" else { throw text.unsupported("the sequence A", found: quoted(id)) }
                texts += 1
            } else {
                let name = try piece.member("SpecialToken").member("id").string()
                guard let token = known?[name] else {
                    throw piece.fault(.vocabulary, "expected one of special_tokens, found \(quoted(name))")
                }
                var ids: [Int] = []
                for id in try token.member("ids").elements() { ids.append(try id.integer()) }
                if texts == 0 { before += ids } else { after += ids }
            }
        }
        guard texts == 1 else {
            throw unsupported("a template with the text once", found: "one with it \(texts) times")
        }
        return (before, after)
    }
}
