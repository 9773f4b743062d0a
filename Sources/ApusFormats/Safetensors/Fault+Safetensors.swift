import ApusCore

extension Fault {
    /// What is wrong at a position of the header, in bytes from the start of its JSON.
    static func header(at position: Int, expected: String, found: String) -> Fault {
        .damaged("header byte \(position): expected \(expected), found \(found)")
    }

    /// What is wrong with a tensor.
    static func tensor(_ name: String, _ reason: String, _ kind: FileError.Kind = .damaged) -> Fault {
        Fault(kind, "tensor \(quoted(name)): \(reason)")
    }

    /// A tensor of a type that is not read, though the format has it.
    static func unsupported(_ type: UnsupportedType, tensor: String) -> Fault {
        .tensor(
            tensor,
            "expected one of \(DType.safetensorsNames), found \(type.rawValue), "
                + (type.converted.map { "which is read only on request, converted to \($0)" }
                    ?? "which Apus does not support"),
            .unexpected)
    }

    /// A name out of a file, on one line and of bounded length.
    static func quoted(_ name: String) -> String {
        var text = "\""
        for scalar in name.unicodeScalars.prefix(80) { text += scalar.escaped(asASCII: false) }
        return text + (name.unicodeScalars.count > 80 ? "…\"" : "\"")
    }

    /// A shape out of a file, of bounded length.
    static func brief(_ shape: [Int]) -> String {
        shape.count <= 16
            ? "\(shape)"
            : "[\(shape.prefix(16).map(String.init).joined(separator: ", ")), … \(shape.count) axes]"
    }
}
