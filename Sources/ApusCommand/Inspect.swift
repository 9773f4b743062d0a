import Apus
import ApusFormats
import ApusNN
import ArgumentParser
import Foundation

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the tensors of a file: names, shapes, types, bytes, statistics.",
        discussion: """
            Reads safetensors, NumPy's npy and npz, PyTorch's pt and pth, IDX, also gzipped, and PNG. Statistics leave NaN \
            out and count it; std is the root of the mean squared distance from the mean; complex numbers count by their \
            magnitude.

            Examples:
              apus inspect resnet18.pth
              apus inspect runs/mnist-mlp-1/best.safetensors --json
            """)

    @Argument(help: "The file.", completion: .file()) var file: String
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let inspection = try Inspection(file)
        if !json { return try writeLine(inspection.table) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        try writeLine(String(decoding: try encoder.encode(inspection), as: UTF8.self))
    }
}

/// What a file holds.
private struct Inspection: Encodable {
    struct Row: Encodable {
        let name: String
        let type: String
        let shape: [Int]
        let bytes: Int
        let min, max, mean, std: Double?
        let nan: Int

        init(_ name: String, _ tensor: Tensor, type: UnsupportedType?) {
            let statistics = TensorStatistics(tensor)
            self.name = name
            self.type = type?.name ?? "\(tensor.dtype)"
            shape = tensor.shape
            bytes = (tensor.count * (type?.bits ?? tensor.dtype.size * 8) + 7) / 8
            (min, max) = (statistics.minimum, statistics.maximum)
            (mean, std) = (statistics.mean, statistics.deviation)
            nan = statistics.nanCount
        }
    }

    let file: String
    let format: String
    let metadata: [String: String]
    let tensors: [Row]
    /// Types of tensors that are not read, by name.
    let skipped: [String: String]

    init(_ path: String) throws {
        file = path
        if let image = try Self.image(path) {
            format = "png"
            (metadata, skipped) = ([:], [:])
            let pixels = Tensor(image.pixels, shape: [image.height, image.width, image.format.channels])
            tensors = [Row("pixels", pixels, type: nil)]
            return
        }
        let contents = try TensorFile(path, converting: true)
        format = contents.format.rawValue
        metadata = contents.metadata
        skipped = contents.skippedTypes
        tensors = contents.tensors.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
            Row($0.key, $0.value, type: contents.convertedTypes[$0.key])
        }
    }

    private static func image(_ path: String) throws(FileError) -> Image? {
        guard let handle = FileHandle(forReadingAtPath: path),
            let beginning = try? handle.read(upToCount: PNG.signature.count)
        else { return nil }
        return beginning.elementsEqual(PNG.signature) ? try PNG.read(path) : nil
    }

    var table: String {
        let bytes = tensors.reduce(0) { $0 + $1.bytes }
        var lines = [
            "\(file): \(format), \(tensors.count) tensor\(tensors.count == 1 ? "" : "s"), \(Summary.text(bytes)) bytes"
        ]
        let header = ["name", "type", "shape", "bytes", "min", "max", "mean", "std", "NaN"]
        let rows = [header] + tensors.map(\.cells)
        let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in tensors.isEmpty ? [] : rows {
            let cells = row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column < 3 ? row[column] + space : space + row[column]
            }
            lines.append(cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces))
        }
        for (name, type) in skipped.sorted(by: { $0.key < $1.key }) {
            lines.append("not read: \(name), \(type)")
        }
        for (name, text) in metadata.sorted(by: { $0.key < $1.key }) {
            lines.append("metadata: \(name) = \(text)")
        }
        return lines.map { ApusProgram.oneLine($0) }.joined(separator: "\n")
    }
}

extension Inspection.Row {
    fileprivate var cells: [String] {
        let numbers = [min, max, mean, std].map { $0.map { String(format: "%.4g", $0) } ?? "-" }
        let extents = shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "×")
        return [name, type, extents, Summary.text(bytes)] + numbers + ["\(nan)"]
    }
}
