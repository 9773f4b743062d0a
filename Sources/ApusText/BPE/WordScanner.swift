/// Finds the ends of words, as the expressions of `WordPattern` do.
struct WordScanner {
    private static let apostrophe = UInt8(ascii: "'")
    private static let space = UInt8(ascii: " ")

    let text: UnsafeBufferPointer<UInt8>

    /// The branches of GPT-2's expression, in their order.
    func endOfGPT2(from start: Int) -> Int {
        if text[start] == Self.apostrophe, let end = contraction(start, ignoringCase: false) { return end }
        let first = text[start] == Self.space ? start + 1 : start
        if let (kind, width) = kind(first), kind != .space { return run(of: kind, from: first + width) }
        return endOfSpace(start)
    }

    /// The branches of cl100k's expression, in their order.
    func endOfCL100K(from start: Int, digits: Int) -> Int {
        if text[start] == Self.apostrophe, let end = contraction(start, ignoringCase: true) { return end }
        guard let (kind, width) = kind(start) else { return text.count }
        if kind == .letter { return run(of: .letter, from: start + width) }
        if kind == .number { return run(of: .number, from: start + width, most: digits - 1) }
        // Anything but a digit or a new line may stand before letters.
        if !isNewline(start), let (next, more) = self.kind(start + width), next == .letter {
            return run(of: .letter, from: start + width + more)
        }
        let first = text[start] == Self.space ? start + 1 : start
        if let (kind, width) = self.kind(first), kind == .other {
            var end = run(of: .other, from: first + width)
            while isNewline(end) { end += 1 }
            return end
        }
        let end = run(of: .space, from: start + width)
        if let last = (start..<end).last(where: isNewline) { return last + 1 }
        return endOfSpace(start)
    }

    /// `\s+(?!\S)|\s+`: all white space, but before a word its last character, which may belong to that.
    private func endOfSpace(_ start: Int) -> Int {
        let end = run(of: .space, from: start)
        if end == text.count { return end }
        let last = end - UTF8Scalars.scalar(text, before: end).width
        return last > start ? last : end
    }

    @inline(__always)
    private func kind(_ position: Int) -> (kind: ScalarKind, width: Int)? {
        guard position < text.count else { return nil }
        let (scalar, width) = UTF8Scalars.scalar(text, at: position)
        return (ScalarKind(scalar), width)
    }

    @inline(__always)
    private func run(of kind: ScalarKind, from start: Int, most: Int = .max) -> Int {
        var end = start
        var count = 0
        while count < most, let (next, width) = self.kind(end), next == kind {
            end += width
            count += 1
        }
        return end
    }

    private func isNewline(_ position: Int) -> Bool {
        position < text.count && (text[position] == 0x0A || text[position] == 0x0D)
    }

    /// The end of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d`.
    private func contraction(_ start: Int, ignoringCase: Bool) -> Int? {
        func letter(_ position: Int) -> UInt8 {
            guard position < text.count else { return 0 }
            let byte = text[position]
            return ignoringCase && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        }
        switch letter(start + 1) {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        case UInt8(ascii: "r") where letter(start + 2) == UInt8(ascii: "e"),
            UInt8(ascii: "v") where letter(start + 2) == UInt8(ascii: "e"),
            UInt8(ascii: "l") where letter(start + 2) == UInt8(ascii: "l"):
            return start + 3
        // The long s is an s of another case.
        case 0xC5 where ignoringCase && letter(start + 2) == 0xBF: return start + 3
        default: return nil
        }
    }
}
