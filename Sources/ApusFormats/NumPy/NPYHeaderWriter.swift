import Apus

/// Writes what an npy file begins with, to the byte as NumPy does.
enum NPYHeaderWriter {
    /// The bytes before the elements, which follow in C order; a multiple of 64.
    static func header(of tensor: Tensor, name: String? = nil) throws(Fault) -> [UInt8] {
        guard let descr = tensor.dtype.numPyDescription else {
            let reason = "expected a type that NumPy has, found \(tensor.dtype)"
            throw name.map { .tensor($0, reason, .unwritable) } ?? Fault(.unwritable, reason)
        }
        let extents = tensor.shape.map(String.init)
        let shape = extents.count == 1 ? "(\(extents[0]),)" : "(\(extents.joined(separator: ", ")))"
        var text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': \(shape), }"
        // NumPy leaves room for a first extent that grows as more is appended.
        if let first = extents.first { text += String(repeating: " ", count: max(21 - first.count, 0)) }
        let size = 10 + text.utf8.count + 1
        text += String(repeating: " ", count: 64 - size % 64) + "\n"
        let count = text.utf8.count
        return NPYHeader.magic + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + Array(text.utf8)
    }
}

extension DType {
    /// What npy files call the type, little-endian; NumPy has no bfloat16.
    fileprivate var numPyDescription: String? {
        switch self {
        case .bool: "|b1"
        case .uint8: "|u1"
        case .int32: "<i4"
        case .int64: "<i8"
        case .float16: "<f2"
        case .bfloat16: nil
        case .float32: "<f4"
        case .float64: "<f8"
        case .complex64: "<c8"
        case .complex128: "<c16"
        }
    }
}
