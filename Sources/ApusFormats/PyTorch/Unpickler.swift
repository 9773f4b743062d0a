import ApusCore

/// Reads a pickle of a state dictionary: data alone, whatever the pickle says.
///
/// Pickles are programs. This knows the instructions that PyTorch's `torch.save` writes, and of names those of `PickleName`;
/// anything else stops it. What it makes takes memory in proportion to the pickle's bytes.
/// Sources: Python's `pickletools`, PyTorch's `_weights_only_unpickler.py`.
struct Unpickler {
    /// The most bytes of a pickle.
    static let maximumLength = 64 << 20

    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private var containers: [[PickleValue]] = []
    private var storages: [PickledStorage] = []
    private var tensors: [PickledTensor] = []
    private var storageNumbers: [String: Int] = [:]
    /// Elements of lists of which dictionaries were made.
    private var copied = 0

    /// Reads the pickle that begins at a position; the bytes may go on behind it.
    static func load(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) throws(Fault) -> Pickle {
        var unpickler = Unpickler(bytes: bytes, position: position)
        let root = try unpickler.run()
        return Pickle(
            root: root, containers: unpickler.containers, storages: unpickler.storages,
            tensors: unpickler.tensors,
            end: unpickler.position)
    }

    private init(bytes: UnsafeRawBufferPointer, position: Int) {
        self.bytes = bytes
        self.position = position
    }

    private mutating func run() throws(Fault) -> PickleValue {
        let end = min(bytes.count, position + Self.maximumLength)
        while position < end {
            let start = position
            do throws(Fault) {
                if try step() { return try pop() }
            } catch {
                throw Fault(error.kind, "pickle byte \(start): \(error.reason)")
            }
        }
        if position < bytes.count {
            throw Fault(.tooLarge, "expected a pickle of at most \(Self.maximumLength) bytes, found more")
        }
        throw .damaged("the pickle is cut short")
    }

    /// Carries out an instruction; true at the end.
    private mutating func step() throws(Fault) -> Bool {
        let code = UInt8(try number(1))
        switch UnicodeScalar(code) {
        case "\u{80}":
            let version = try number(1)
            if version > 5 { throw .damaged("expected a protocol of 2 to 5, found \(version)") }
        case ".": return true
        case "(": marks.append(stack.count)
        case "c": stack.append(.global(try PickleName(module: try line(), name: try line())))
        case "R", "\u{81}":
            let arguments = try pop()
            stack.append(try call(try pop(), with: arguments, makesObject: code == 0x81))
        case "b":
            // Attributes such as a state dictionary's `_metadata`, the versions of its modules.
            _ = try pop()
            guard case .dictionary = stack.last else {
                throw unexpected("attributes of a dictionary alone", found: stack.last)
            }
        case "Q": stack.append(try storage(try pop()))
        case "q": memo[try number(1)] = try top()
        case "r": memo[try number(4)] = try top()
        case "h": stack.append(try remembered(try number(1)))
        case "j": stack.append(try remembered(try number(4)))
        case "N": stack.append(.none)
        case "\u{88}": stack.append(.bool(true))
        case "\u{89}": stack.append(.bool(false))
        case "J": stack.append(.int(Int(Int32(truncatingIfNeeded: try number(4)))))
        case "K": stack.append(.int(try number(1)))
        case "M": stack.append(.int(try number(2)))
        case "\u{8A}":
            let count = try number(1)
            guard count <= 32 else {
                throw .damaged("expected an integer of at most 32 bytes, found one of \(count)")
            }
            stack.append(long(Array(try take(count))))
        case "G":
            let bits = try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            stack.append(.float(Double(bitPattern: bits)))
        case "X": stack.append(.string(try string(try number(4))))
        case "U": stack.append(.string(try string(try number(1))))
        case ")": stack.append(.tuple(new([])))
        case "]": stack.append(.list(new([])))
        case "}": stack.append(.dictionary(new([])))
        case "\u{8F}": stack.append(.set(new([])))
        case "t": stack.append(.tuple(new(try popToMark())))
        case "\u{85}": stack.append(.tuple(new(try pop(1))))
        case "\u{86}": stack.append(.tuple(new(try pop(2))))
        case "\u{87}": stack.append(.tuple(new(try pop(3))))
        case "a": try append(try pop(1))
        case "e": try append(try popToMark())
        case "s": try set(try pop(2))
        case "u": try set(try popToMark())
        default:
            throw Fault(
                .unexpected,
                "expected an instruction that a state dictionary needs, found \(PickleInstruction.name(of: code))"
            )
        }
        return false
    }

    // MARK: - Bytes

    private mutating func take(_ count: Int) throws(Fault) -> Slice<UnsafeRawBufferPointer> {
        guard count <= bytes.count - position else {
            throw .damaged("expected \(count) bytes, found \(bytes.count - position) left")
        }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    private mutating func number(_ count: Int) throws(Fault) -> Int {
        try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private mutating func string(_ count: Int) throws(Fault) -> String {
        let bytes = try take(count)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .damaged("expected a string in UTF-8, found other bytes")
        }
        return text
    }

    private mutating func line() throws(Fault) -> String {
        let rest = bytes[position...].prefix(1000)
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            throw .damaged("expected a line of at most 1000 bytes, found no end of it")
        }
        let text = try string(end - position)
        position += 1
        return text
    }

    /// A number in two's complement, the lowest byte first.
    private func long(_ bytes: [UInt8]) -> PickleValue {
        let isNegative = (bytes.last ?? 0) >= 0x80
        if bytes.count <= 8 {
            return .int(bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) })
        }
        var magnitude = bytes
        if isNegative {
            var carry = true
            for i in magnitude.indices {
                magnitude[i] = ~magnitude[i]
                if carry { (magnitude[i], carry) = magnitude[i].addingReportingOverflow(1) }
            }
        }
        var digits: [Character] = []
        while magnitude.contains(where: { $0 != 0 }) {
            var rest = 0
            for i in magnitude.indices.reversed() {
                (magnitude[i], rest) = (
                    UInt8((rest << 8 | Int(magnitude[i])) / 10), (rest << 8 | Int(magnitude[i])) % 10
                )
            }
            digits.append(Character(String(rest)))
        }
        return .largeInt((isNegative ? "-" : "") + (digits.isEmpty ? "0" : String(digits.reversed())))
    }

    // MARK: - The stack

    private var floor: Int { marks.last ?? 0 }

    private func top() throws(Fault) -> PickleValue {
        guard stack.count > floor, let value = stack.last else {
            throw .damaged("expected a value, found none")
        }
        return value
    }

    private mutating func pop() throws(Fault) -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func pop(_ count: Int) throws(Fault) -> [PickleValue] {
        guard stack.count - floor >= count else {
            throw .damaged("expected \(count) values, found \(stack.count - floor)")
        }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(Fault) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw .damaged("expected a mark, found none") }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    private func remembered(_ key: Int) throws(Fault) -> PickleValue {
        guard let value = memo[key] else {
            throw .damaged("expected a value remembered as \(key), found none")
        }
        return value
    }

    // MARK: - Containers

    private mutating func new(_ values: [PickleValue]) -> Int {
        containers.append(values)
        return containers.count - 1
    }

    private mutating func append(_ values: [PickleValue]) throws(Fault) {
        guard case .list(let list) = try top() else {
            throw unexpected("a list to append to", found: stack.last)
        }
        containers[list] += values
    }

    private mutating func set(_ values: [PickleValue]) throws(Fault) {
        guard case .dictionary(let dictionary) = try top() else {
            throw unexpected("a dictionary to add to", found: stack.last)
        }
        guard values.count % 2 == 0 else { throw .damaged("expected keys with values, found one without") }
        containers[dictionary] += values
    }

    private func unexpected(_ expected: String, found: PickleValue?) -> Fault {
        .damaged("expected \(expected), found \(found?.kind ?? "none")")
    }

    // MARK: - Calls

    private mutating func call(
        _ function: PickleValue, with arguments: PickleValue, makesObject: Bool
    ) throws(Fault) -> PickleValue {
        guard case .global(let name) = function, case .tuple(let tuple) = arguments else {
            throw unexpected("a name to call with a tuple", found: function)
        }
        let arguments = containers[tuple]
        switch name {
        case .orderedDictionary: return .dictionary(new(try items(arguments)))
        case .rebuildTensor2 where !makesObject: return try rebuildTensor(arguments, typeAt: nil)
        case .rebuildTensor3 where !makesObject: return try rebuildTensor(arguments, typeAt: 6)
        case .rebuildParameter where !makesObject:
            guard arguments.count == 3, case .tensor = arguments[0] else {
                throw unexpected("a tensor and two settings for \(name)", found: arguments.first)
            }
            return arguments[0]
        default:
            throw Fault(.unexpected, "expected a name that makes a tensor or a dictionary, found \(name)")
        }
    }

    /// The keys and values of an ordered dictionary that is made of nothing, or of a list of pairs.
    private mutating func items(_ arguments: [PickleValue]) throws(Fault) -> [PickleValue] {
        if arguments.isEmpty { return [] }
        guard arguments.count == 1, case .list(let list) = arguments[0] else {
            throw unexpected("a list of pairs for \(PickleName.orderedDictionary)", found: arguments[0])
        }
        // A list is made for its dictionary; one of which many are made would grow to any size.
        copied += containers[list].count
        guard copied <= bytes.count else {
            throw Fault(
                .tooLarge, "expected a list of pairs for each dictionary, found the same ones many times")
        }
        var result: [PickleValue] = []
        for item in containers[list] {
            switch item {
            case .list(let pair) where containers[pair].count == 2,
                .tuple(let pair) where containers[pair].count == 2:
                result += containers[pair]
            default: throw unexpected("a pair of a key and a value", found: item)
            }
        }
        return result
    }

    private mutating func rebuildTensor(
        _ arguments: [PickleValue], typeAt typeIndex: Int?
    ) throws(Fault) -> PickleValue {
        let count = typeIndex == nil ? 6 : 7
        guard count...(count + 1) ~= arguments.count, case .storage(let storage) = arguments[0],
            case .int(let offset) = arguments[1]
        else {
            throw unexpected("a storage, an offset, a size and strides for a tensor", found: arguments.first)
        }
        var type = storages[storage].type
        if let typeIndex, case .global(.type(let given)) = arguments[typeIndex] { type = given }
        guard let type else { throw .damaged("expected the type of a tensor's elements, found none") }
        var tensor = PickledTensor(
            storage: storage, type: type, offset: offset, shape: try integers(arguments[2]),
            strides: try integers(arguments[3]))
        if arguments.count > count { try note(arguments[count], in: &tensor) }
        tensors.append(tensor)
        return .tensor(tensors.count - 1)
    }

    private func integers(_ value: PickleValue) throws(Fault) -> [Int] {
        guard case .tuple(let tuple) = value else { throw unexpected("a tuple of integers", found: value) }
        // One tuple may be the shape of many tensors.
        guard containers[tuple].count <= Layout.maximumRank else {
            throw .damaged("expected at most \(Layout.maximumRank) axes, found \(containers[tuple].count)")
        }
        var result: [Int] = []
        for element in containers[tuple] {
            guard case .int(let number) = element else { throw unexpected("an integer", found: element) }
            result.append(number)
        }
        return result
    }

    /// What PyTorch says of a view that is conjugated or negated only when it is used.
    private func note(_ value: PickleValue, in tensor: inout PickledTensor) throws(Fault) {
        if case .none = value { return }
        guard case .dictionary(let notes) = value else {
            throw unexpected("a dictionary of what holds for a tensor", found: value)
        }
        for index in stride(from: 0, to: containers[notes].count, by: 2) {
            switch (containers[notes][index], containers[notes][index + 1]) {
            case (.string("conj"), .bool(let flag)): tensor.isConjugate = flag
            case (.string("neg"), .bool(let flag)): tensor.isNegative = flag
            case (.string(let name), _):
                throw Fault(.unexpected, "expected a plain tensor, found one with \(Fault.quoted(name))")
            case (let key, _): throw unexpected("a string", found: key)
            }
        }
    }

    /// What a persistent identifier stands for: ("storage", its type, its key, a device, elements[, the part of another]).
    private mutating func storage(_ identifier: PickleValue) throws(Fault) -> PickleValue {
        guard case .tuple(let tuple) = identifier else { throw unexpected("a tuple", found: identifier) }
        let parts = containers[tuple]
        guard 5...6 ~= parts.count, case .string("storage") = parts[0],
            case .global(.storage(let type)) = parts[1], case .string(let key) = parts[2],
            case .string = parts[3], case .int(let count) = parts[4], count >= 0
        else { throw unexpected("a storage's type, key, device and size", found: parts.first) }
        let visible = try part(parts.count > 5 ? parts[5] : .none, of: count)
        if let number = storageNumbers[key] {
            guard storages[number].type == type, storages[number].elementCount == count else {
                throw .damaged(
                    "expected storage \(Fault.quoted(key)) to be the same each time, found another size or type"
                )
            }
            if storages[number].visible == visible { return .storage(number) }
        }
        storages.append(PickledStorage(key: key, type: type, elementCount: count, visible: visible))
        storageNumbers[key] = storages.count - 1
        return .storage(storages.count - 1)
    }

    private func part(_ value: PickleValue, of count: Int) throws(Fault) -> Range<Int> {
        if case .none = value { return 0..<count }
        guard case .tuple(let tuple) = value, containers[tuple].count == 3,
            case .int(let start) = containers[tuple][1], case .int(let size) = containers[tuple][2],
            start >= 0, size >= 0, start <= count, size <= count - start
        else { throw unexpected("a part of a storage", found: value) }
        return start..<(start + size)
    }
}
