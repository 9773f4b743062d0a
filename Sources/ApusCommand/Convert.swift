import ApusFormats
import ArgumentParser
import Foundation

struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Convert tensors between the formats of safetensors, NumPy and PyTorch.",
        discussion: """
            What the first file is, its contents tell; what the second becomes, the end of its name: .safetensors, .npz, \
            .npy (for one tensor), .pt or .pth. Of PyTorch's files state dictionaries and checkpoints are read, and no code \
            of them is run; the levels of a checkpoint become names joined by dots. Types that Apus lacks are \
            widened (int8 to int32, float8 to float32), which is said; what the new format lacks is an error.

            Examples:
              apus convert resnet18.pth resnet18.safetensors
              apus convert arrays.npz arrays.pt --force
            """)

    @Argument(
        help: ArgumentHelp("The file to read.", valueName: "in"),
        completion: .file(extensions: TensorFile.writtenExtensions))
    var input: String
    @Argument(
        help: ArgumentHelp("The file to write.", valueName: "out"),
        completion: .file(extensions: TensorFile.writtenExtensions))
    var output: String
    @Flag(help: "Replace a file that is there.") var force = false

    func validate() throws {
        if TensorFile.writtenFormat(of: output) == nil {
            let endings = TensorFile.writtenExtensions.map { ".\($0)" }.joined(separator: ", ")
            throw ValidationError("'\(output)' ends with none of \(endings)")
        }
    }

    func run() throws {
        if !force && FileManager.default.fileExists(atPath: output) { throw FileIsThere(path: output) }
        let file = try TensorFile(input, converting: true)
        if let (name, type) = file.skippedTypes.min(by: { $0.key < $1.key }) {
            throw UnreadableTensor(path: input, name: name, type: type)
        }
        try TensorFile.save(file.tensors, to: output, metadata: file.metadata)
        let count = file.tensors.count
        try writeLine(
            "saved \(output): \(count == 1 ? "the tensor" : "the \(count) tensors") of \(input), \(file.format.rawValue)"
        )
        for (name, type) in file.convertedTypes.sorted(by: { $0.key < $1.key }) {
            let dtype = file.tensors[name].map { "\($0.dtype)" } ?? ""
            try writeLine(ApusProgram.oneLine("widened \(name) from \(type.name) to \(dtype)"))
        }
        if !file.metadata.isEmpty && TensorFile.writtenFormat(of: output) != .safetensors {
            try writeLine("left out \(file.metadata.count) strings of metadata")
        }
    }
}

/// What is not replaced unless that is asked for.
private struct FileIsThere: Error, CustomStringConvertible {
    let path: String
    var description: String { "\(path): is there already; pass --force to replace it" }
}

/// A tensor that would be missing in what is written.
private struct UnreadableTensor: Error, CustomStringConvertible {
    let path: String
    let name: String
    let type: String
    var description: String {
        "\(path): tensor \"\(name)\": expected a type that can be converted, found \(type)"
    }
}
