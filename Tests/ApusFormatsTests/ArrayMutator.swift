import _ApusTestSupport

/// Spoils npy, npz and PyTorch's files in ways that keep all but one thing right.
struct ArrayMutator {
    enum Kind: CaseIterable {
        case npy, npz, pickle, legacy, directory
    }

    var random: SeededGenerator
    /// An npy file, a pickle with the contents of its storages, a file in the old format and archives.
    let arrays: [[UInt8]]
    let pickles: [(pickle: [UInt8], storages: [[UInt8]])]
    let legacy: [[UInt8]]
    let archives: [[UInt8]]

    mutating func mutate(_ kind: Kind) -> [UInt8] {
        switch kind {
        case .npy: return array(pick(arrays))
        case .npz:
            let other = pick(arrays)
            return zip([("a.npy", array(pick(arrays))), ("b.npy", other)], method: pick([0, 8]))
        case .pickle:
            let (pickle, storages) = pick(pickles)
            return torchFile(changed(pickle), storages: storages, method: pick([0, 8]))
        case .legacy: return changed(pick(legacy))
        case .directory: return directory(pick(archives))
        }
    }

    private mutating func below(_ count: Int) -> Int { random.below(max(count, 1)) }
    private mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

    // MARK: - NumPy

    private static let words = [
        "'descr'", "'shape'", "True", "False", "(", ")", "{", "}", ",", "'<f4'", "'>i2'", "'|O'", "'<u8'",
        "'|b1'", "-1",
        "0", "4611686018427387904", "18446744073709551616", "(1,)", "()", "None", "'", "\"", "1L", " ", "",
    ]

    /// One token of the header's text becomes another.
    private mutating func array(_ file: [UInt8]) -> [UInt8] {
        let length = Int(file[8]) + Int(file[9]) << 8
        var tokens: [String] = []
        for character in String(decoding: file[10..<10 + length], as: UTF8.self) {
            if let last = tokens.last?.last, last.isLetter || last.isNumber,
                character.isLetter || character.isNumber
            {
                tokens[tokens.count - 1].append(character)
            } else {
                tokens.append(String(character))
            }
        }
        for _ in 0...below(2) { tokens[below(min(tokens.count, 40))] = pick(Self.words) }
        let data = Array(file[(10 + length)...])
        return npy(tokens.joined(), below(8) == 0 ? Array(data.dropLast(1 + below(8))) : data)
    }

    // MARK: - Pickles

    private static let names = [
        "ctorch\nFloatStorage\n", "ctorch\nBoolStorage\n", "ctorch\nCharStorage\n",
        "ctorch.storage\nUntypedStorage\n",
        "ctorch\nuint16\n", "ctorch._utils\n_rebuild_tensor_v3\n", "ctorch._utils\n_rebuild_parameter\n",
        "cos\nsystem\n",
        "ccollections\nOrderedDict\n",
    ]

    /// One or two instructions are left out, repeated, exchanged, or become others.
    private mutating func changed(_ pickle: [UInt8]) -> [UInt8] {
        var parts = instructions(of: pickle)
        for _ in 0...below(2) {
            let (index, other) = (below(parts.count), below(parts.count))
            switch below(8) {
            case 0: parts.remove(at: index)
            case 1: parts.insert(parts[other], at: index)
            case 2: parts.swapAt(index, other)
            case 3:
                let end = min(index + below(20), parts.count)
                parts.insert(contentsOf: parts[index..<end], at: other)
            case 4: parts[index] = Array(pick(Self.names).utf8)
            case 5:
                parts[index] = [
                    pick(Array("().]}tasueRQbN0.".utf8) + [0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8F])
                ]
            default:
                let numbers = parts.indices.filter { [0x4B, 0x4D, 0x4A, 0x8A].contains(parts[$0][0]) }
                let small = 1 << below(30)
                parts[numbers.isEmpty ? index : pick(numbers)] = integer(
                    pick([0, 1, 2, 3, 6, 24, -1, small, .max, .min, 1 << 32, Int(random.next() >> 1)]))
            }
            if parts.isEmpty { return [] }
        }
        return Array(parts.joined())
    }

    // MARK: - Archives

    /// A field of the directory or of its end becomes an extreme number.
    private mutating func directory(_ archive: [UInt8]) -> [UInt8] {
        var bytes = archive
        let records = bytes.indices.dropLast(22).filter {
            bytes[$0..<$0 + 4] == [0x50, 0x4B, 1, 2] || bytes[$0..<$0 + 4] == [0x50, 0x4B, 3, 4]
        }
        for _ in 0...below(2) {
            let start = below(3) == 0 ? bytes.count - 22 : pick(records)
            let field = start + 4 + 2 * below(start == bytes.count - 22 ? 9 : 21)
            let value = UInt64(
                pick([0, 1, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, below(bytes.count), below(1 << 16)]))
            for (offset, byte) in littleEndian(value).prefix(pick([1, 2, 4])).enumerated()
            where field + offset < bytes.count { bytes[field + offset] = byte }
        }
        return bytes
    }
}
