import ApusFormats

/// A part of a tokenizer's file, which knows where it is: what is wrong with it is said with its name.
struct FilePart {
    let path: String
    /// The names of objects down to this one, as in `model.vocab`; empty for the whole file.
    let name: String
    let value: JSONValue

    /// All of a file.
    init(readingFile path: String) throws(TokenizerError) {
        do throws(FileError) {
            self.init(path: path, name: "", value: try JSONValue.read(path))
        } catch {
            throw TokenizerError(error)
        }
    }

    private init(path: String, name: String, value: JSONValue) {
        self.path = path
        self.name = name
        self.value = value
    }

    /// A member of an object; nil where there is none, or null.
    subscript(key: String) -> FilePart? {
        guard let member = value[key] else { return nil }
        if case .null = member { return nil }
        return part(key, member)
    }

    /// A member that must be there.
    func member(_ key: String) throws(TokenizerError) -> FilePart {
        guard let member = self[key] else {
            throw fault(.vocabulary, "expected a member \(quoted(key)), found none")
        }
        return member
    }

    /// The members of an object.
    func members() throws(TokenizerError) -> [(key: String, value: FilePart)] {
        guard case .object(let members) = value else { throw expected("an object") }
        return members.map { ($0.key, part($0.key, $0.value)) }
    }

    /// The elements of an array.
    func elements() throws(TokenizerError) -> [FilePart] {
        guard case .array(let elements) = value else { throw expected("an array") }
        return elements.enumerated().map { FilePart(path: path, name: "\(name)[\($0)]", value: $1) }
    }

    func string() throws(TokenizerError) -> String {
        guard case .string(let text) = value else { throw expected("a string") }
        return text
    }

    func integer() throws(TokenizerError) -> Int {
        guard case .integer(let number) = value else { throw expected("an integer") }
        return number
    }

    /// A member that is true or false; `standard` where there is none.
    func bool(_ key: String, _ standard: Bool) throws(TokenizerError) -> Bool {
        guard let member = self[key] else { return standard }
        guard case .bool(let isTrue) = member.value else { throw member.expected("true or false") }
        return isTrue
    }

    /// What kind of step this is.
    func type() throws(TokenizerError) -> String { try member("type").string() }

    /// The error for a part that is something else.
    func expected(_ what: String) -> TokenizerError {
        fault(.vocabulary, "expected \(what), found \(value.kind)")
    }

    /// The error for a step that is not done here.
    func unsupported(_ what: String, found: String) -> TokenizerError {
        fault(.unsupported, "expected \(what), found \(found)")
    }

    func fault(_ kind: TokenizerError.Kind, _ reason: String) -> TokenizerError {
        TokenizerError(path: path, kind, name.isEmpty ? reason : "\(name): \(reason)")
    }

    private func part(_ key: String, _ value: JSONValue) -> FilePart {
        FilePart(path: path, name: name.isEmpty ? key : "\(name).\(key)", value: value)
    }
}

/// A string out of a file in quotation marks, on one line and of bounded length.
func quoted(_ text: String) -> String { JSONValue.brief(text) }
