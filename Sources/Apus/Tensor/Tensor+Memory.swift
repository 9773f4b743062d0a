struct Contiguous: SingleResult {
    let name = "contiguous"

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].detachedContiguous() }
    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient] }
    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// The same values in row-major order without gaps; this tensor itself if it is so already.
    public func contiguous() -> Tensor {
        if isContiguous { return self }
        if node == nil, Observers.areNone { return detachedContiguous() }
        return Tensor.apply(Contiguous(), to: [self], at: nil)
    }

    /// Row-major and without history.
    func detachedContiguous() -> Tensor {
        if isContiguous { return detach() }
        return onItsDevice {
            let result = Tensor(uninitialized: shape, dtype)
            kernels.copyElements(operand, into: result.operand)
            return result
        }
    }

    /// Makes this tensor the only owner of its memory, so that it may be written.
    mutating func makeWritable() {
        if isKnownUniquelyReferenced(&storage) && storage.isWritable && !layout.mayOverlap { return }
        let copy = copied()
        storage = copy.storage
        layout = copy.layout
    }

    /// The same, and row-major without gaps.
    mutating func makeWritableContiguous() {
        makeWritable()
        if isContiguous { return }
        self = Tensor(
            storage: detachedContiguous().storage, layout: Layout(contiguous: shape), dtype: dtype,
            node: node)
    }

    /// Takes the elements of a tensor of the same shape, type and device, sharing its memory, and stays the leaf that it is.
    package mutating func replaceElements(with other: Tensor) {
        if other.shape != shape || other.dtype != dtype || other.device != device {
            fail(
                "replaceElements",
                "\(other.dtype) elements of shape \(other.shape) on \(other.device) for a \(dtype) tensor of shape \(shape) "
                    + "on \(device)")
        }
        (storage, layout) = (other.storage, other.layout)
    }

    /// The same elements in memory of their own, in this order where it has no gaps, and without history.
    func copied() -> Tensor {
        onItsDevice {
            let copy = Tensor(
                uninitialized: layout.isDense ? layout.rebased : Layout(contiguous: shape), dtype)
            kernels.copyElements(operand, into: copy.operand)
            return copy
        }
    }

    /// Reads the elements in row-major order as raw bytes.
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let flat = detachedContiguous()
        return try withExtendedLifetime(flat.storage) {
            try device.kernels.withHostBytes(of: flat.start, byteCount: flat.count * dtype.size, body)
        }
    }

    /// Writes the elements, contiguous in row-major order, as raw bytes. Takes no part in differentiation. Booleans are
    /// true where their byte is not 0.
    public mutating func withUnsafeMutableBytes<R>(_ body: (UnsafeMutableRawBufferPointer) throws -> R)
        rethrows -> R
    {
        makeWritableContiguous()
        return try withExtendedLifetime(storage) {
            defer { if dtype == .bool { device.kernels.makeTruths(start, count) } }
            return try device.kernels.withHostBytes(changing: start, byteCount: count * dtype.size, body)
        }
    }
}

extension Layout {
    /// The same dense order at offset 0.
    var rebased: Layout {
        let low = bounds.lowerBound
        return Layout(shape: shape, strides: strides, offset: offset - low)
    }
}
