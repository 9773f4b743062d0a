import ApusCore

/// The type of the elements in a file of NumPy's or PyTorch's: one that tensors have, or one that is converted.
enum ElementType: Hashable, CustomStringConvertible {
    case tensor(DType)
    case other(UnsupportedType)

    /// Bytes that one element takes in the file.
    var size: Int {
        switch self {
        case .tensor(let dtype): dtype.size
        case .other(let type): type.bits / 8
        }
    }

    /// The type of the tensor that is made of such elements.
    var dtype: DType {
        switch self {
        case .tensor(let dtype): dtype
        case .other(let type): type.converted ?? .uint8
        }
    }

    /// The name NumPy and PyTorch use, such as `uint16`.
    var description: String {
        switch self {
        case .tensor(let dtype): "\(dtype)"
        case .other(let type): type.name
        }
    }

    /// The elements of a storage in a tensor's type and the processor's order of bytes.
    ///
    /// - Parameters:
    ///   - storage: the elements as the file has them; returned itself where nothing is to be done.
    ///   - isSwapped: whether each number's bytes come in the other order.
    ///   - tensor: the name for the message.
    /// - Throws: `Fault` for bytes that are no booleans, and for a uint64 above Int64.max.
    func elements(of storage: Storage, isSwapped: Bool, tensor: String) throws(Fault) -> Storage {
        var storage = storage
        let partSize = if case .tensor(let dtype) = self { dtype.realType.size } else { size }
        if isSwapped && partSize > 1 {
            storage = storage.isWritable ? storage : storage.copied()
            swapBytes(storage.pointer, count: storage.byteCount / partSize, width: partSize)
        }
        let bytes = UnsafeRawBufferPointer(start: storage.pointer, count: storage.byteCount)
        switch self {
        case .tensor(.bool):
            // Any other byte would be neither true nor false to the kernels.
            if let wrong = bytes.first(where: { $0 > 1 }) {
                throw .tensor(tensor, "expected bytes 0 and 1 in a bool array, found \(wrong)")
            }
            return storage
        case .tensor: return storage
        case .other(let type): return try type.convert(bytes, tensor: tensor)
        }
    }
}

extension Storage {
    fileprivate func copied() -> Storage {
        let copy = Storage(byteCount: byteCount)
        copy.pointer.copyMemory(from: pointer, byteCount: byteCount)
        return copy
    }
}

extension UnsupportedType {
    /// The name that PyTorch gives the type, and NumPy where it has it.
    package var name: String {
        switch self {
        case .int8: "int8"
        case .int16: "int16"
        case .uint16: "uint16"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .float8E4M3: "float8_e4m3fn"
        case .float8E5M2: "float8_e5m2"
        case .float8E4M3FNUZ: "float8_e4m3fnuz"
        case .float8E5M2FNUZ: "float8_e5m2fnuz"
        case .float8E8M0: "float8_e8m0fnu"
        case .float6E2M3: "float6_e2m3fn"
        case .float6E3M2: "float6_e3m2fn"
        case .float4: "float4_e2m1fn"
        }
    }
}

extension Fault {
    /// A tensor of a type that is read only on request.
    static func convertedOnRequest(_ type: UnsupportedType, tensor: String?) -> Fault {
        let reason =
            "expected a type that tensors have, found \(type.name), "
            + (type.converted.map { "which is read only on request, converted to \($0)" }
                ?? "which Apus does not support")
        return tensor.map { .tensor($0, reason, .unexpected) } ?? Fault(.unexpected, reason)
    }
}
