extension Tensor {
    /// The only element of a tensor that has just one.
    public func item<S: TensorScalar>(as: S.Type = S.self, file: StaticString = #fileID, line: UInt = #line)
        -> S
    {
        if count != 1 {
            fail(
                "item", "a tensor of shape \(shape) has \(count) elements, not one",
                at: CallSite(file: file, line: line))
        }
        let exact = converted(to: S.dtype)
        return exact.element(0)
    }

    /// An element of a row-major tensor of `S`'s.
    func element<S: TensorScalar>(_ position: Int, as: S.Type = S.self) -> S {
        let size = MemoryLayout<S>.size
        return withExtendedLifetime(storage) {
            withUnsafeTemporaryAllocation(of: S.self, capacity: 1) { copy in
                device.kernels.copyToHost(
                    from: start + position * size, to: copy.baseAddress!, byteCount: size)
                return copy[0]
            }
        }
    }

    /// The elements in row-major order, converted to a Swift type.
    public func array<S: TensorScalar>(of: S.Type = S.self) -> [S] {
        let flat = converted(to: S.dtype).detachedContiguous()
        return withExtendedLifetime(flat.storage) {
            [S](unsafeUninitializedCapacity: count) { buffer, filled in
                if count > 0 {
                    device.kernels.copyToHost(
                        from: flat.start, to: buffer.baseAddress!, byteCount: count * S.dtype.size)
                }
                filled = count
            }
        }
    }

    /// A tensor with these elements in row-major order.
    public init<S: TensorScalar>(
        _ elements: [S], shape: Shape, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
    ) {
        Tensor.checkShape(shape, "Tensor", CallSite(file: file, line: line))
        if shape.checkedElementCount != elements.count {
            fail(
                "Tensor", "\(elements.count) elements do not fill shape \(shape)",
                at: CallSite(file: file, line: line))
        }
        let exact = Tensor(uninitialized: shape, S.dtype)
        elements.withUnsafeBytes {
            if $0.count > 0 { kernels.copyFromHost($0.baseAddress!, to: exact.base, byteCount: $0.count) }
        }
        self = exact.converted(to: dtype ?? S.defaultDType)
    }
}
