import Apus

extension PyTorchFile {
    /// Writes a state dictionary, which `torch.load` reads, with `weights_only=True` too.
    ///
    /// The file appears whole or not at all. The same tensors give the same bytes. Views are written in row-major order, and each
    /// tensor with a storage of its own, aligned to 64 bytes.
    ///
    /// - Throws: `FileError` where the file cannot be written.
    public static func save(_ tensors: [String: Tensor], to path: String) throws(FileError) {
        let sorted = tensors.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        var pickler = StatePickler()
        for (index, (name, tensor)) in sorted.enumerated() { pickler.add(name, tensor, storage: index) }
        let pickle = pickler.finish()
        guard pickle.count <= Unpickler.maximumLength else {
            throw FileError(
                path: path, .unwritable,
                "expected names and shapes of at most \(Unpickler.maximumLength) bytes, found \(pickle.count)"
            )
        }
        try ZipOutput.write(to: path, alignment: 64) { archive throws(FileError) in
            try archive.add("archive/data.pkl", pickle)
            try archive.add("archive/.format_version", Array("1".utf8))
            try archive.add("archive/.storage_alignment", Array("64".utf8))
            try archive.add("archive/byteorder", Array("little".utf8))
            for (index, (_, tensor)) in sorted.enumerated() {
                try tensor.withUnsafeBytes { bytes in
                    Result { () throws(FileError) in try archive.add("archive/data/\(index)", [bytes]) }
                }.get()
            }
            try archive.add("archive/version", Array("3\n".utf8))
        }
    }
}

/// Writes the pickle of a state dictionary, of protocol 2.
private struct StatePickler {
    private var bytes: [UInt8] = [0x80, 2, UInt8(ascii: "}"), UInt8(ascii: "(")]

    /// The name, and a call of `_rebuild_tensor_v2` with a storage, an offset, the shape, strides, whether a gradient is wanted,
    /// and hooks.
    mutating func add(_ name: String, _ tensor: Tensor, storage: Int) {
        let type = PickleName.storageName(of: .tensor(tensor.dtype))!
        string(name)
        global("torch._utils", "_rebuild_tensor_v2")
        code("((")
        string("storage")
        global("torch", type)
        string("\(storage)")
        string("cpu")
        integer(tensor.count)
        code("tQ")
        integer(0)
        tuple(tensor.shape)
        tuple(tensor.shape.contiguousStrides)
        bytes.append(0x89)
        global("collections", "OrderedDict")
        code(")RtR")
    }

    mutating func finish() -> [UInt8] {
        code("u.")
        return bytes
    }

    private mutating func code(_ text: String) { bytes += Array(text.utf8) }

    private mutating func global(_ module: String, _ name: String) { code("c\(module)\n\(name)\n") }

    private mutating func string(_ text: String) {
        code("X")
        bytes += number(text.utf8.count, 4) + Array(text.utf8)
    }

    private mutating func tuple(_ numbers: [Int]) {
        code("(")
        for number in numbers { integer(number) }
        code("t")
    }

    private mutating func integer(_ value: Int) {
        switch value {
        case 0..<0x100: bytes += [UInt8(ascii: "K"), UInt8(value)]
        case 0..<0x1_0000: bytes += [UInt8(ascii: "M")] + number(value, 2)
        case 0..<0x8000_0000: bytes += [UInt8(ascii: "J")] + number(value, 4)
        default: bytes += [0x8A, 8] + number(value, 8)
        }
    }

    private func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
