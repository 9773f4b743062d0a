import Apus

extension IDXArray {
    /// The elements as a tensor: uint8, int32, float32 and float64 as they are, without a copy; int8 and
    /// int16, which tensors do not have, as int32.
    public var tensor: Tensor {
        switch type {
        case .uint8: shared(.uint8)
        case .int32: shared(.int32)
        case .float32: shared(.float32)
        case .float64: shared(.float64)
        case .int8: widened(from: Int8.self)
        case .int16: widened(from: Int16.self)
        }
    }

    private func shared(_ dtype: DType) -> Tensor {
        Tensor(storage: storage, layout: Layout(contiguous: shape), dtype: dtype)
    }

    private func widened<Element: FixedWidthInteger>(from: Element.Type) -> Tensor {
        let wide = withUnsafeBytes { $0.bindMemory(to: Element.self).map { Int32($0) } }
        return Tensor(wide, shape: shape)
    }
}
