import ApusKernelCalls

/// A Fourier transform of an input of the right type and lengths.
struct FourierTransform: SingleResult {
    let name: String
    let kind: FourierKind
    let axes: [Int]
    /// Points along the last of the axes, of real transforms those of the real side.
    let length: Int
    let scale: Double
    /// What the first coefficient of a real transform is multiplied by, and the last one where `length` is even.
    let edge: Double
    var types: TypeRule { .transform }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        let last = axes[axes.count - 1]
        let (target, type): (Int, DType) =
            switch kind {
            case .forward, .inverse: (x.shape[last], x.dtype)
            case .realForward: (length / 2 + 1, x.dtype.complexType)
            case .realInverse: (length, x.dtype.realType)
            }
        let result = Tensor(uninitialized: x.layout.keepingOrder(axis: last, extent: target), type)
        kernels.fourierTransform(
            kind, x.operand, into: result.operand, axes: axes, scale: scale, edge: edge)
        return result
    }

    /// The transposed (and conjugated) linear map.
    ///
    /// A real transform Y[k] = s·w[k]·Σ x[j]·exp(-2πi·jk/n), w[k] = `edge` where k = 0 or 2k = n and 1
    /// elsewhere, is undone in its gradient by x[j] = s·Re Σ w[k]·Y[k]·exp(2πi·jk/n), a real inverse
    /// transform with half the scale and twice the weight at the edges; the other way round the same.
    func gradients(_ backward: Backward) -> [Tensor?] {
        let (kind, scale, edge): (FourierKind, Double, Double) =
            switch self.kind {
            case .forward: (.inverse, scale, 1)
            case .inverse: (.forward, scale, 1)
            case .realForward: (.realInverse, scale / 2, edge * 2)
            case .realInverse: (.realForward, scale * 2, edge / 2)
            }
        let back = FourierTransform(
            name: name, kind: kind, axes: axes, length: length, scale: scale, edge: edge)
        return [Tensor.apply(back, to: [backward.gradient], at: nil)]
    }
}

extension Tensor {
    /// A Fourier transform along `axes`, cut or continued with zeros to `sizes`.
    ///
    /// - Parameters:
    ///   - sizes: points along each axis, of real transforms those of the real side; nil keeps the axis as it
    ///     is, in a real inverse transform the last one has 2·(m - 1) points.
    ///   - isInverse: whether the factor of `norm` for inverse transforms applies; nil takes that of the kind.
    func fourier(
        _ operation: String, _ kind: FourierKind, axes: [Int], sizes: [Int?], norm: FourierNorm,
        isInverse: Bool? = nil, _ site: CallSite
    ) -> Tensor {
        if kind == .realForward && dtype.isComplex {
            fail(
                operation,
                "takes real numbers, not \(dtype) of shape \(shape); call fft, or take the real part",
                at: site)
        }
        let axes = axes.map { axis($0, operation, site) }
        if axes.isEmpty && kind != .forward && kind != .inverse {
            fail(operation, "a real transform needs an axis; the shape is \(shape)", at: site)
        }
        if Set(axes).count != axes.count {
            fail(operation, "an axis is given twice in \(axes), for shape \(shape)", at: site)
        }
        let type = TypeRule.transform.type(dtype)
        var x = to(kind == .realForward ? type.realType : type.complexType)
        var count = 1.0
        var lengths: [Int] = []
        for (number, axis) in axes.enumerated() {
            let isHalf = kind == .realInverse && number == axes.count - 1
            let length = sizes[number] ?? (isHalf ? 2 * (shape[axis] - 1) : shape[axis])
            if length < 1 {
                fail(
                    operation, "\(length) points along axis \(axis) of shape \(shape) are too few", at: site)
            }
            Tensor.checkShape([length], operation, site)
            count *= Double(length)
            lengths.append(length)
            x = x.resized(axis, isHalf ? length / 2 + 1 : length, operation, site)
        }
        if axes.isEmpty { return x }
        let scale = norm.scale(count, isInverse: isInverse ?? (kind == .inverse || kind == .realInverse))
        let transform = FourierTransform(
            name: operation, kind: kind, axes: axes, length: lengths.last!, scale: scale, edge: 1)
        return Tensor.apply(transform, to: [x], at: site)
    }

    /// An axis cut at its end, or continued with zeros.
    private func resized(_ axis: Int, _ extent: Int, _ operation: String, _ site: CallSite) -> Tensor {
        if extent == shape[axis] { return self }
        if extent < shape[axis] { return narrow(axis: axis, start: 0, count: extent) }
        let added = (before: 0, after: extent - shape[axis])
        let others = [(before: Int, after: Int)](repeating: (0, 0), count: rank - 1 - axis)
        return padded([added] + others, operation, site)
    }

    /// The axes and sizes that a transform of several axes means: all axes, or as many of the last ones as
    /// there are sizes, unless axes are given. A size of nil or -1 keeps the axis as it is.
    func fourierAxes(
        _ operation: String, _ axes: [Int]?, _ sizes: [Int]?, _ site: CallSite
    ) -> (axes: [Int], sizes: [Int?]) {
        let axes = axes ?? sizes.map { Array(($0.count > rank ? 0 : rank - $0.count)..<rank) } ?? allAxes
        let sizes = sizes ?? [Int](repeating: -1, count: axes.count)
        if sizes.count != axes.count {
            fail(operation, "\(sizes.count) sizes do not go with axes \(axes) of shape \(shape)", at: site)
        }
        return (axes, sizes.map { $0 == -1 ? nil : $0 })
    }
}

extension Layout {
    /// A dense layout with another extent along one axis, and the axes in the same order in memory.
    fileprivate func keepingOrder(axis: Int, extent: Int) -> Layout {
        var shape = shape
        shape[axis] = extent
        if isContiguous || !isDense { return Layout(contiguous: shape) }
        var result = Layout(contiguous: shape)
        var step = 1
        let order = shape.indices.sorted { (Swift.abs(strides[$0]), -$0) < (Swift.abs(strides[$1]), -$1) }
        for axis in order {
            result.strides[axis] = step
            step *= shape[axis]
        }
        return result
    }
}
