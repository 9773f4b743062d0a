/// The matrix product over the last two axes, of one type, or that of the complex conjugates; leading axes broadcast.
struct Matmul: SingleResult {
    var conjugatesA = false
    var conjugatesB = false
    let name = "matmul"
    var types: TypeRule { .product }

    func value(of inputs: [Tensor]) -> Tensor { value(inputs[0], inputs[1]) }

    @inline(__always)
    func value(_ a: Tensor, _ b: Tensor) -> Tensor {
        if b.layout.shape.count > 2 { return batched(a, b) }
        let n = b.layout.shape[1]
        if a.layout.shape.count == 2 {
            return multiplied(a, b, into: Layout(shape: [a.layout.shape[0], n], strides: [n, 1]))
        }
        // One product of all rows: the gradient of b needs no sum over a batch.
        return multiplied(a.asRows(), b, into: Layout(contiguous: a.layout.shape.dropLast() + [n]))
    }

    func saved(for needs: [Bool]) -> Saved {
        var saved: Saved = []
        if needs[0] { saved.insert(.input(1)) }
        if needs[1] { saved.insert(.input(0)) }
        return saved
    }

    // G·Bᴴ and Aᴴ·G, conjugated where the operand was.
    func gradients(_ backward: Backward) -> [Tensor?] {
        let isAlike = conjugatesA == conjugatesB
        var (ofA, ofB): (Tensor?, Tensor?)
        if backward.needs[0] {
            let b = backward.input(1)
            ofA = backward.gradient.product(
                b.transpose(), conjugatesSelf: conjugatesA, conjugatesOther: isAlike
            ).summed(to: backward.shape(0))
        }
        if backward.needs[1] {
            var (a, gradient) = (backward.input(0), backward.gradient)
            if a.rank > 2 && backward.shape(1).count == 2 {
                a = a.asRows()
                gradient = gradient.asRows()
            }
            ofB = a.transpose().product(
                gradient, conjugatesSelf: isAlike, conjugatesOther: conjugatesB
            ).summed(to: backward.shape(1))
        }
        return [ofA, ofB]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .product }

    func multiplyAdds(inputs: [Shape], result: Shape) -> Int {
        result.elementCount * inputs[0][inputs[0].count - 1]
    }

    /// - Parameter layout: row-major, of the result.
    @inline(__always)
    private func multiplied(_ a: Tensor, _ b: Tensor, into layout: Layout) -> Tensor {
        let a = a.withPlainMatrices()
        let b = b.withPlainMatrices()
        let (m, k, n) = (a.layout.shape[0], a.layout.shape[1], b.layout.shape[1])
        let result = Tensor(uninitialized: layout, a.dtype)
        kernels.multiply(
            a.dtype, m: m, n: n, k: k,
            a: a.start, aRowStride: a.layout.strides[0], aColumnStride: a.layout.strides[1],
            b: b.start, bRowStride: b.layout.strides[0], bColumnStride: b.layout.strides[1],
            c: result.base, conjugatesA: conjugatesA, conjugatesB: conjugatesB)
        withExtendedLifetime((a, b)) {}
        return result
    }

    private func batched(_ a: Tensor, _ b: Tensor) -> Tensor {
        let lead = Shape.broadcast(a.lead, b.lead)!
        let (a, b, dtype) = (a.withPlainMatrices(), b.withPlainMatrices(), a.dtype)
        let (m, k, n) = (a.rows, a.columns, b.columns)
        let result = Tensor(uninitialized: lead + [m, n], dtype)
        if result.count == 0 { return result }
        let aStrides = a.layout.broadcast(to: lead + [m, k]).strides
        let bStrides = b.layout.broadcast(to: lead + [k, n]).strides

        // Neighbouring axes that step evenly in both operands become one; the longest is the kernel's batch.
        var axes: [(extent: Int, a: Int, b: Int, c: Int)] = []
        for axis in lead.indices where lead[axis] != 1 {
            let next = (lead[axis], aStrides[axis], bStrides[axis], result.layout.strides[axis])
            if let last = axes.last, last.a == next.1 * next.0, last.b == next.2 * next.0 {
                axes[axes.count - 1] = (last.extent * next.0, next.1, next.2, next.3)
            } else {
                axes.append(next)
            }
        }
        let longest = axes.indices.max { axes[$0].extent < axes[$1].extent }
        let batch = longest.map { axes.remove(at: $0) } ?? (extent: 1, a: 0, b: 0, c: m * n)
        let calls = axes.reduce(1) { $0 * $1.extent }
        for index in 0..<calls {
            var (rest, aOffset, bOffset, cOffset) = (index, 0, 0, 0)
            for axis in axes.reversed() {
                let position = rest % axis.extent
                aOffset += position * axis.a
                bOffset += position * axis.b
                cOffset += position * axis.c
                rest /= axis.extent
            }
            kernels.multiplyBatched(
                dtype, batch: batch.extent, m: m, n: n, k: k,
                a: a.start + aOffset * dtype.size, aRowStride: a.layout.strides[a.rank - 2],
                aColumnStride: a.layout.strides[a.rank - 1], aBatchStride: batch.a,
                b: b.start + bOffset * dtype.size, bRowStride: b.layout.strides[b.rank - 2],
                bColumnStride: b.layout.strides[b.rank - 1], bBatchStride: batch.b,
                c: result.base + cOffset * dtype.size, cBatchStride: batch.c,
                conjugatesA: conjugatesA, conjugatesB: conjugatesB)
        }
        withExtendedLifetime((a, b)) {}
        return result
    }
}

extension Tensor {
    /// The matrix product over the last two axes; leading axes broadcast.
    ///
    /// [..., m, k] × [..., k, n] gives [..., m, n]: C = Σₖ AᵢₖBₖⱼ. A vector on the left is a row, one on the right a
    /// column, and its axis is missing from the result; two vectors give their inner product. Operands
    /// of different types are promoted. The result does not depend on the number of threads.
    public func matmul(_ other: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        var (a, b) = (self, other)
        if a.dtype != b.dtype { (a, b) = TypeRule.product.promoted(a, b) }
        if a.layout.shape.count == 2, b.layout.shape.count == 2, a.layout.shape[1] == b.layout.shape[0] {
            return a.product(b)
        }
        return a.generalProduct(b, CallSite(file: file, line: line))
    }

    /// Vectors, and matrices with leading axes.
    private func generalProduct(_ b: Tensor, _ site: CallSite) -> Tensor {
        if rank == 0 || b.rank == 0 {
            fail("matmul", "a scalar is no matrix: \(shape) × \(b.shape); multiply with *", at: site)
        }
        if rank == 1 {
            let result = reshape(1, count).matmulChecked(b, shape, b.shape, site)
            var target = result.shape
            target.remove(at: target.count - (b.rank == 1 ? 1 : 2))
            return result.reshape(target)
        }
        return matmulChecked(b, shape, b.shape, site)
    }

    private func matmulChecked(_ b: Tensor, _ shapeA: Shape, _ shapeB: Shape, _ site: CallSite) -> Tensor {
        if shape[rank - 1] != b.shape[Swift.max(b.rank - 2, 0)] {
            fail("matmul", "the inner axes differ: \(shapeA) × \(shapeB)", at: site)
        }
        if b.rank == 1 {
            let result = matmulChecked(b.reshape(b.count, 1), shapeA, shapeB, site)
            return result.reshape(Array(result.shape.dropLast()))
        }
        if b.rank > 2, Shape.broadcast(lead, b.lead) == nil {
            fail("matmul", "the leading axes do not broadcast together: \(shape) × \(b.shape)", at: site)
        }
        return product(b)
    }

    /// `matmul` of matrices of one type, shapes checked, or of their complex conjugates.
    @inline(__always)
    func product(_ b: Tensor, conjugatesSelf: Bool = false, conjugatesOther: Bool = false) -> Tensor {
        let matmul = Matmul(conjugatesA: conjugatesSelf, conjugatesB: conjugatesOther)
        if node == nil, b.node == nil, Observers.areNone { return matmul.value(self, b) }
        return Tensor.apply(matmul, to: [self, b], at: nil)
    }

    /// The rows of all leading axes as one matrix.
    func asRows() -> Tensor {
        let shape = layout.shape
        return shape.count == 2 ? self : reshape([shape.dropLast().clampedProduct, shape[shape.count - 1]])
    }

    /// This tensor, or a copy where neither rows nor columns of its matrices are contiguous.
    @inline(__always)
    func withPlainMatrices() -> Tensor {
        let rank = layout.shape.count
        let (rows, columns) = (layout.shape[rank - 2], layout.shape[rank - 1])
        let (rowStride, columnStride) = (layout.strides[rank - 2], layout.strides[rank - 1])
        if columnStride == 1 && rowStride >= columns || rowStride == 1 && columnStride >= rows { return self }
        if rows <= 1 && columns <= 1 || rows == 1 && columnStride >= 1 || columns == 1 && rowStride >= 1 {
            return self
        }
        return detachedContiguous()
    }
}

/// The matrix product over the last two axes; see `Tensor.matmul`.
public func matmul(_ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    a.matmul(b, file: file, line: line)
}

extension Operation {
    static let matmul = Operation(
        "matmul", dtypes: DType.numeric,
        [
            Sample("x @ y", [Input([3, 4]), Input([4, 5])]) { $0[0].matmul($0[1]) },
            Sample("x @ y", [Input([4]), Input([4])]) { $0[0].matmul($0[1]) },
            Sample("x @ y", [Input([3, 4]), Input([4])]) { $0[0].matmul($0[1]) },
            Sample("x @ y", [Input([4]), Input([2, 4, 3])]) { $0[0].matmul($0[1]) },
            Sample("x @ y", [Input([2, 3, 4]), Input([4, 5])]) { $0[0].matmul($0[1]) },
            Sample("x @ y", [Input([3, 4]), Input([2, 4, 5])]) { $0[0].matmul($0[1]) },
            Sample("x @ y", [Input([2, 1, 3, 4]), Input([3, 4, 2])]) { $0[0].matmul($0[1]) },
            Sample("x @ y", [Input([2, 3, 3, 4]), Input([4])]) { $0[0].matmul($0[1]) },
            Sample("x @ y.transpose(-1, -2)", [Input([2, 3, 4]), Input([2, 3, 4])]) {
                $0[0].matmul($0[1].transpose())
            },
            Sample("x @ y", [Input([3, 0]), Input([0, 2])]) { $0[0].matmul($0[1]) },
        ])
}
