import Glibc

/// One format for all the numbers of a tensor.
struct NumberFormat {
    private let isScientific: Bool

    /// Scientific where a number other than 0 is too small for four decimals or too long without an
    /// exponent.
    init(for values: [Double]) {
        let sizes = values.lazy.filter { $0.isFinite && $0 != 0 }.map { Swift.abs($0) }
        isScientific = sizes.contains { $0 >= 1e8 || $0 < 1e-4 }
    }

    func text(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        // The longest double with four decimals, were it not scientific, has 314 characters.
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 320) { buffer in
            let written = withVaList([value]) {
                vsnprintf(buffer.baseAddress!, buffer.count, isScientific ? "%.4e" : "%.4f", $0)
            }
            return String(decoding: buffer.prefix(Int(written)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }
}

/// Lays out the texts of elements as nested brackets.
struct TensorPrinter {
    /// The most elements that are all shown.
    static let fullCount = 1000
    /// Positions shown at each end of an abbreviated axis.
    static let edge = 3
    private static let lineLength = 80

    let cells: [String]
    let shape: Shape
    /// For each axis, whether positions are left out in its middle.
    let isCut: [Bool]
    /// Columns before the first bracket.
    let indent: Int

    var text: String { shape.isEmpty ? cells[0] : cells.isEmpty ? "[]" : rows(0, cells[...]) }

    private func rows(_ axis: Int, _ cells: ArraySlice<String>) -> String {
        if axis == shape.count - 1 { return row(cells) }
        let size = cells.count / shape[axis]
        var parts = (0..<shape[axis]).map { position in
            let start = cells.startIndex + position * size
            return rows(axis + 1, cells[start..<(start + size)])
        }
        if isCut[axis] { parts.insert("...", at: Self.edge) }
        // Blank lines set matrices apart.
        let breaks = String(repeating: "\n", count: shape.count - 1 - axis)
        let margin = String(repeating: " ", count: indent + axis + 1)
        return "[" + parts.joined(separator: "," + breaks + margin) + "]"
    }

    /// The innermost axis, broken where a line is full.
    private func row(_ cells: ArraySlice<String>) -> String {
        var items = Array(cells)
        if isCut[shape.count - 1] { items.insert("...", at: Self.edge) }
        let margin = String(repeating: " ", count: indent + shape.count)
        var lines: [String] = []
        var line = ""
        for item in items {
            if line.isEmpty {
                line = item
            } else if margin.utf8.count + line.utf8.count + item.utf8.count + 3 > Self.lineLength {
                lines.append(line)
                line = item
            } else {
                line += ", " + item
            }
        }
        lines.append(line)
        return "[" + lines.joined(separator: ",\n" + margin) + "]"
    }
}
