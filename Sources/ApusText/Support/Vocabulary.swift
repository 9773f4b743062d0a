/// Tokens as they are written, with their numbers.
struct Vocabulary: Sendable {
    private var table = ByteTable()
    /// The number of each entry of the table.
    private var ids: [Int32] = []
    /// The entry of each token; -1 where there is none.
    private var entries: [Int32] = []

    /// The largest number that a token may have: more is a damaged file, and would take memory.
    static let largestID = (1 << 24) - 1

    /// One more than the largest token.
    var size: Int { entries.count }
    /// Bytes of the longest token.
    var longest: Int { table.longest }

    /// The bytes with which a token is written; nil where there is none.
    func bytes(of id: Int) -> ArraySlice<UInt8>? {
        guard entries.indices.contains(id), entries[id] >= 0 else { return nil }
        return table[Int(entries[id])]
    }

    func name(of id: Int) -> String? { bytes(of: id).map { String(decoding: $0, as: UTF8.self) } }

    func id(of name: String) -> Int? { id(of: Array(name.utf8)) }

    func id(of name: [UInt8]) -> Int? { table.number(of: name).map { Int(ids[$0]) } }

    @inline(__always)
    func id(of name: UnsafeBufferPointer<UInt8>) -> Int? { table.number(of: name).map { Int(ids[$0]) } }

    /// Adds a token.
    ///
    /// - Returns: what is wrong with it: a number or a name that is taken or cannot be; nil where it was added.
    mutating func add(_ name: String, id: Int) -> String? {
        guard (0...Self.largestID).contains(id) else {
            return "expected numbers of tokens from 0 to \(Self.largestID), found \(id)"
        }
        if let other = self.name(of: id) {
            return "expected one token of number \(id), found \(quoted(other)) and \(quoted(name))"
        }
        let (number, isNew) = table.insert(Array(name.utf8))
        guard isNew else {
            return "expected every token once, found \(quoted(name)) as \(ids[number]) and as \(id)"
        }
        ids.append(Int32(id))
        if id >= entries.count {
            entries.append(contentsOf: repeatElement(-1, count: id + 1 - entries.count))
        }
        entries[id] = Int32(number)
        return nil
    }

    /// Adds a token with the next number, unless there is one that is written so; returns its number.
    mutating func insert(_ name: String) -> Int {
        if let id = id(of: name) { return id }
        let id = size
        _ = add(name, id: id)
        return id
    }
}
