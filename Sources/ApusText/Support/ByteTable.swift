/// Numbers from 0 for strings of bytes, in the order in which they come: a hash table whose keys lie in one array.
///
/// Strings are compared as bytes: to `String`, "é" of one character and of two are equal, in a vocabulary they are two
/// tokens. And a part of a text is looked up where it lies, without making a string of it.
struct ByteTable: Sendable {
    private var bytes: [UInt8] = []
    /// Where each string ends in `bytes`; it begins where the one before ends.
    private var ends: [Int] = []
    private var hashes: [UInt64] = []
    /// The number of a string plus 1, or 0: a power of two of them, at most half of which are in use.
    private var slots = [UInt32](repeating: 0, count: 16)

    var count: Int { ends.count }
    /// Bytes of the longest string.
    private(set) var longest = 0

    /// The string of a number.
    subscript(number: Int) -> ArraySlice<UInt8> { bytes[start(number)..<ends[number]] }

    /// The number of a string; nil where it has none.
    func number(of key: UnsafeBufferPointer<UInt8>) -> Int? {
        let found = slots[slot(of: key, hash: Self.hash(key))]
        return found == 0 ? nil : Int(found) - 1
    }

    /// The number of a string; nil where it has none.
    func number(of key: [UInt8]) -> Int? { key.withUnsafeBufferPointer { number(of: $0) } }

    /// The number of a string, which it gets where it has none.
    @discardableResult
    mutating func insert(_ key: UnsafeBufferPointer<UInt8>) -> (number: Int, isNew: Bool) {
        let hash = Self.hash(key)
        let slot = slot(of: key, hash: hash)
        if slots[slot] != 0 { return (Int(slots[slot]) - 1, false) }
        bytes.append(contentsOf: key)
        ends.append(bytes.count)
        hashes.append(hash)
        longest = max(longest, key.count)
        slots[slot] = UInt32(ends.count)
        if 2 * ends.count > slots.count { grow() }
        return (ends.count - 1, true)
    }

    /// The number of a string, which it gets where it has none.
    @discardableResult
    mutating func insert(_ key: [UInt8]) -> (number: Int, isNew: Bool) {
        key.withUnsafeBufferPointer { insert($0) }
    }

    private func start(_ number: Int) -> Int { number == 0 ? 0 : ends[number - 1] }

    /// Where the string's number is, or would be.
    private func slot(of key: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if hashes[number] == hash, self[number].elementsEqual(key) { return slot }
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: 2 * slots.count)
        for (number, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }

    /// Eight bytes at a time, each mixed in by a product of which both halves count.
    private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: key.count) &* 0x9E37_79B9_7F4A_7C15
        let raw = UnsafeRawBufferPointer(key)
        var position = 0
        while position + 8 <= raw.count {
            hash = mixed(hash ^ raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        var rest: UInt64 = 0
        while position < raw.count {
            rest = rest << 8 | UInt64(raw[position])
            position += 1
        }
        return mixed(hash ^ rest)
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        let (high, low) = (value ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
        return high ^ low
    }
}
