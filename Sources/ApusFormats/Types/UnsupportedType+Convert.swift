import ApusCore

extension UnsupportedType {
    /// These elements in memory of the type `converted`, which there must be.
    func convert(
        _ bytes: UnsafeRawBufferPointer, tensor: String
    ) throws(Fault) -> Storage {
        switch self {
        case .int8: return widened(bytes, Int8.self) { Int32($0) }
        case .int16: return widened(bytes, Int16.self) { Int32(Int16(littleEndian: $0)) }
        case .uint16: return widened(bytes, UInt16.self) { Int32(UInt16(littleEndian: $0)) }
        case .uint32: return widened(bytes, UInt32.self) { Int64(UInt32(littleEndian: $0)) }
        case .uint64:
            var largest: UInt64 = 0
            let storage = widened(bytes, UInt64.self) { element in
                let value = UInt64(littleEndian: element)
                largest = max(largest, value)
                return Int64(truncatingIfNeeded: value)
            }
            if largest > UInt64(Int64.max) {
                throw .tensor(
                    tensor, "expected values up to \(Int64.max), which int64 holds, found \(largest)",
                    .unexpected)
            }
            return storage
        default:
            let values = (0...UInt8.max).map { float8($0) }
            return widened(bytes, UInt8.self) { values[Int($0)] }
        }
    }

    private func widened<Element: BitwiseCopyable, Result: BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _: Element.Type, _ convert: (Element) -> Result
    ) -> Storage {
        let count = bytes.count / MemoryLayout<Element>.size
        let storage = Storage(byteCount: count * MemoryLayout<Result>.size)
        let results = storage.pointer.assumingMemoryBound(to: Result.self)
        for index in 0..<count {
            // Where data begins is the file's to choose.
            results[index] = convert(
                bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Element>.size, as: Element.self))
        }
        return storage
    }

    /// The value of one of the float8 types, which float32 holds exactly.
    ///
    /// Sources: Micikevicius et al. 2022 (E4M3, E5M2), Noune et al. 2022 (FNUZ: one zero, and one NaN in the place of −0),
    /// the Open Compute Project's microscaling formats 1.0 (E8M0: powers of two).
    private func float8(_ byte: UInt8) -> Float {
        switch self {
        case .float8E4M3:
            byte & 0x7F == 0x7F ? .nan : float(byte, mantissaBits: 3, bias: 7)
        case .float8E5M2:
            // The upper half of a float16.
            Float(Float16(bitPattern: UInt16(byte) << 8))
        case .float8E4M3FNUZ: byte == 0x80 ? .nan : float(byte, mantissaBits: 3, bias: 8)
        case .float8E5M2FNUZ: byte == 0x80 ? .nan : float(byte, mantissaBits: 2, bias: 16)
        default:
            byte == 0xFF ? .nan : Float(sign: .plus, exponent: Int(byte) - 127, significand: 1)
        }
    }

    /// A sign, an exponent and a mantissa, without infinities and NaN.
    private func float(_ byte: UInt8, mantissaBits: Int, bias: Int) -> Float {
        let mantissa = Int(byte) & (1 << mantissaBits - 1)
        let exponent = Int(byte & 0x7F) >> mantissaBits
        let significand = exponent == 0 ? mantissa : 1 << mantissaBits + mantissa
        let magnitude = Float(
            sign: .plus, exponent: max(exponent, 1) - bias - mantissaBits, significand: Float(significand))
        return byte & 0x80 == 0 ? magnitude : -magnitude
    }
}
