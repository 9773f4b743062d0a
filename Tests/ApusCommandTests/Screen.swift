/// What a terminal shows of what it was sent: lines that wrap, carriage returns, and the erasing that a bar uses.
struct Screen {
    /// What a terminal does with its lines when it becomes narrower or wider.
    enum Resizing: CaseIterable {
        /// Long ones wrap, and are whole again when there is room.
        case rewraps
        /// They are cut off.
        case cuts
    }

    private(set) var width: Int
    private let resizing: Resizing
    /// As they were sent, without line breaks where they wrapped.
    private var lines: [[Character]] = [[]]
    private var line = 0
    /// Of the cursor in its line.
    private var offset = 0
    /// The cursor waits behind the last column.
    private var waits = false
    private var escape = ""

    init(width: Int, _ resizing: Resizing = .rewraps) {
        self.width = width
        self.resizing = resizing
    }

    /// The rows that are not empty.
    var rows: [String] {
        lines.flatMap { line in
            stride(from: 0, to: max(line.count, 1), by: width).map {
                String(line[min($0, line.count)..<min($0 + width, line.count)])
            }
        }
        .filter { $0.contains { $0 != " " } }
    }

    private var rowStart: Int { (waits ? offset - 1 : offset) / width * width }

    mutating func resize(_ width: Int) {
        if resizing == .cuts {
            let column = min(offset - rowStart, width - 1)
            let row = lines[..<line].reduce(0) { $0 + max(($1.count + self.width - 1) / self.width, 1) }
            let first = rowStart / self.width
            lines = lines.flatMap { line in
                stride(from: 0, to: max(line.count, 1), by: self.width).map {
                    Array(line[min($0, line.count)..<min($0 + min(width, self.width), line.count)])
                }
            }
            (line, offset, waits) = (row + first, column, false)
            while lines.count <= line { lines.append([]) }
        }
        self.width = width
    }

    mutating func show(_ text: String) {
        for scalar in text.unicodeScalars { show(scalar) }
    }

    private mutating func show(_ scalar: Unicode.Scalar) {
        if !escape.isEmpty || scalar == "\u{1B}" {
            escape.unicodeScalars.append(scalar)
            if escape.unicodeScalars.count > 2 && scalar.properties.isAlphabetic { erase() }
            return
        }
        switch scalar {
        case "\r":
            offset = rowStart
            waits = false
        case "\n":
            // The terminal sends a carriage return along.
            line += 1
            offset = 0
            waits = false
            while lines.count <= line { lines.append([]) }
        default:
            while lines[line].count < offset { lines[line].append(" ") }
            if lines[line].count == offset {
                lines[line].append(Character(scalar))
            } else {
                lines[line][offset] = Character(scalar)
            }
            offset += 1
            waits = offset % width == 0
        }
    }

    private mutating func erase() {
        switch escape {
        case "\u{1B}[2K":
            for index in lines[line].indices where (rowStart..<rowStart + width).contains(index) {
                lines[line][index] = " "
            }
        case "\u{1B}[J":
            lines[line].removeSubrange(min(offset, lines[line].count)...)
            lines.removeSubrange((line + 1)...)
        default: fatalError("a bar does not need \(escape.dropFirst())")
        }
        escape = ""
    }
}
