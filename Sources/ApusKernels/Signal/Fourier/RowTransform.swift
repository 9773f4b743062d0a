import ApusKernelBase
import ApusCore
import CProcessor

/// A row's complex numbers in memory: real and imaginary parts in arrays of their own, or interleaved.
enum RowParts<Scalar: LaneScalar> {
    case apart(UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>)
    case interleaved(UnsafeMutablePointer<Scalar>)
}

extension RowPlan {
    /// Vectors of scratch memory for the matrix between the two halves of a transform.
    var matrixCount: Int { 2 * rowBlocks * rows.steps.length }
    private var rowBlocks: Int { (columns.steps.length + V.scalarCount - 1) / V.scalarCount }
    private var columnBlocks: Int { (rows.steps.length + V.scalarCount - 1) / V.scalarCount }

    /// Vectors of scratch memory for `transform`.
    var scratchCount: Int { matrixCount + 4 * max(columns.steps.length, rows.steps.length) }

    /// Transforms one row, with real and imaginary parts exchanged before and after if `isSwapped`.
    ///
    /// - Parameters:
    ///   - next: bytes from the input to what will be read after it, 0 if nothing.
    ///   - target: memory as long as the row that will be written soon, if not by this function.
    ///   - scratch: `scratchCount` vectors.
    @inline(__always)
    func transform(
        _ x: RowParts<Scalar>, _ y: RowParts<Scalar>, isSwapped: Bool, scale: Scalar, next: Int,
        target: UnsafeMutablePointer<Scalar>?, _ scratch: UnsafeMutablePointer<V>
    ) {
        let steps = Steps(self)
        let (matrix, buffer) = (scratch, scratch + matrixCount)
        for block in 0..<steps.columnBlocks {
            steps.transformColumns(block, x, isSwapped, next, matrix, buffer)
        }
        for block in 0..<steps.rowBlocks {
            steps.transformRows(block, y, isSwapped, scale, target, matrix, buffer)
        }
        withExtendedLifetime(self) {}
    }

    /// The same for a single long row, whose blocks are spread over the threads.
    func transformAlone(
        _ x: RowParts<Scalar>, _ y: RowParts<Scalar>, isSwapped: Bool, scale: Scalar,
        _ matrix: UnsafeMutablePointer<V>
    ) {
        let steps = Steps(self)
        let bytes = 4 * max(columns.steps.length, rows.steps.length) * MemoryLayout<V>.size
        let cost = V.scalarCount * columns.steps.length
        Parallel.units(steps.columnBlocks, cost: cost) { block in
            let buffer = Storage(byteCount: bytes)
            steps.transformColumns(
                block, x, isSwapped, 0, matrix, buffer.pointer.assumingMemoryBound(to: V.self))
            withExtendedLifetime(buffer) {}
        }
        Parallel.units(steps.rowBlocks, cost: cost) { block in
            let buffer = Storage(byteCount: bytes)
            steps.transformRows(
                block, y, isSwapped, scale, nil, matrix, buffer.pointer.assumingMemoryBound(to: V.self))
            withExtendedLifetime(buffer) {}
        }
        withExtendedLifetime(self) {}
    }

    /// What the loops use: values without references.
    struct Steps {
        let columns: LaneSteps<V>
        let rows: LaneSteps<V>
        let twiddles: UnsafePointer<V>
        let columnBlocks: Int
        let rowBlocks: Int

        init(_ plan: RowPlan) {
            (columns, rows, twiddles) = (plan.columns.steps, plan.rows.steps, UnsafePointer(plan.twiddles))
            (columnBlocks, rowBlocks) = (plan.columnBlocks, plan.rowBlocks)
        }
    }
}

extension RowPlan.Steps {
    /// Transforms as many columns as there are lanes, and writes them to the matrix as columns of rows'
    /// vectors.
    @inline(__always)
    func transformColumns(
        _ block: Int, _ x: RowParts<V.Scalar>, _ isSwapped: Bool, _ next: Int,
        _ matrix: UnsafeMutablePointer<V>, _ a: UnsafeMutablePointer<V>
    ) {
        let (n1, n2, lanes) = (columns.length, rows.length, V.scalarCount)
        let first = min(block * lanes, n2 - lanes)
        Self.loadColumns(x, first, n1, n2, isSwapped, next, a)
        let b = columns.transform(a, a + 2 * n1, inner: 1, chirpScratch: nil)
        let w = twiddles + 2 * block * n1
        for k in 0..<n1 {
            let (value, re, im) = (LaneComplex(b + 2 * k), w[2 * k], w[2 * k + 1])
            LaneComplex(
                V.fma(V.product(value.re, re), V.negative(value.im), im),
                V.fma(V.product(value.im, re), value.re, im)
            ).store(b + 2 * k)
        }
        for rowBlock in 0..<rowBlocks {
            let from = b + 2 * min(rowBlock * lanes, n1 - lanes)
            let to = matrix + 2 * (rowBlock * n2 + first)
            V.transpose {
                from[2 * $0]
            } store: {
                to[2 * $0] = $1
            }
            V.transpose {
                from[2 * $0 + 1]
            } store: {
                to[2 * $0 + 1] = $1
            }
        }
    }

    @inline(__always)
    func transformRows(
        _ block: Int, _ y: RowParts<V.Scalar>, _ isSwapped: Bool, _ scale: V.Scalar,
        _ target: UnsafeMutablePointer<V.Scalar>?, _ matrix: UnsafeMutablePointer<V>,
        _ buffer: UnsafeMutablePointer<V>
    ) {
        let (n1, n2, lanes) = (columns.length, rows.length, V.scalarCount)
        if let target {
            for k in 0..<n2 {
                apus_prefetch_to_write(target + (2 * (k * n1 + block * lanes)))
                apus_prefetch_to_write(target + (2 * (k * n1 + block * lanes) + lanes))
            }
        }
        let result = rows.transform(matrix + 2 * block * n2, buffer, inner: 1, chirpScratch: nil)
        Self.storeColumns(result, y, min(block * lanes, n1 - lanes), n2, n1, isSwapped, scale)
    }

    @inline(__always)
    static func loadColumns(
        _ x: RowParts<V.Scalar>, _ first: Int, _ count: Int, _ stride: Int, _ isSwapped: Bool,
        _ next: Int, _ buffer: UnsafeMutablePointer<V>
    ) {
        let flip = isSwapped ? 1 : 0
        switch x {
        case .apart(let re, let im):
            for j in 0..<count {
                buffer[2 * j + flip] = V(at: re + (j * stride + first))
                buffer[(2 * j + 1) ^ flip] = V(at: im + (j * stride + first))
            }
        case .interleaved(let start):
            for j in 0..<count {
                let from = start + 2 * (j * stride + first)
                if next != 0 {
                    apus_prefetch(UnsafeRawPointer(from) + next)
                    apus_prefetch(UnsafeRawPointer(from + V.scalarCount) + next)
                }
                let value = V.parts(V(at: from), V(at: from + V.scalarCount))
                buffer[2 * j + flip] = value.re
                buffer[(2 * j + 1) ^ flip] = value.im
            }
        }
    }

    @inline(__always)
    static func storeColumns(
        _ buffer: UnsafeMutablePointer<V>, _ y: RowParts<V.Scalar>, _ first: Int, _ count: Int, _ stride: Int,
        _ isSwapped: Bool, _ scale: V.Scalar
    ) {
        let (flip, factor) = (isSwapped ? 1 : 0, V.all(scale))
        switch y {
        case .apart(let re, let im):
            for k in 0..<count {
                buffer[2 * k + flip].store(at: re + (k * stride + first))
                buffer[(2 * k + 1) ^ flip].store(at: im + (k * stride + first))
            }
        case .interleaved(let start):
            for k in 0..<count {
                let to = start + 2 * (k * stride + first)
                let value = V.joined(
                    V.product(buffer[2 * k + flip], factor), V.product(buffer[(2 * k + 1) ^ flip], factor))
                value.0.store(at: to)
                value.1.store(at: to + V.scalarCount)
            }
        }
    }
}

// Real transforms of 2N numbers from complex ones of N, as `LaneSteps.joinHalves` and `splitHalves`.

extension RowPlan {
    /// From the transform at `re` and `im` to N + 1 coefficients at `y`, times `scale`.
    func joinHalves(
        _ re: UnsafeMutablePointer<Scalar>, _ im: UnsafeMutablePointer<Scalar>,
        _ y: UnsafeMutablePointer<Scalar>, edge: Scalar, scale: Scalar
    ) {
        let (h, lanes) = (length, V.scalarCount)
        let half = V.all(scale / 2)
        // Vectors from both ends to the middle; the last one may overlap the one before.
        var k = 1
        let middle = h / 2
        while k <= middle {
            let mirrored = h - k - lanes + 1
            let a = LaneComplex(V(at: re + k), V(at: im + k))
            let c = LaneComplex(V.reversed(V(at: re + mirrored)), V.reversed(V(at: im + mirrored)))
            let b = LaneComplex(c.re, V.negative(c.im))
            // -i·w
            let (fr, fi) = (V(at: roots + rootStride + k), V.negative(V(at: roots + k)))
            let (e, gap) = ((a + b).times(half), (a - b).times(half))
            let t = LaneComplex(
                V.fma(V.product(gap.re, fr), V.negative(gap.im), fi),
                V.fma(V.product(gap.im, fr), gap.re, fi))
            let (sum, rest) = (e + t, e - t)
            let low = V.joined(sum.re, sum.im)
            low.0.store(at: y + 2 * k)
            low.1.store(at: y + 2 * k + lanes)
            let high = V.joined(V.reversed(rest.re), V.reversed(V.negative(rest.im)))
            high.0.store(at: y + 2 * mirrored)
            high.1.store(at: y + 2 * mirrored + lanes)
            k += lanes
        }
        y[0] = (re[0] + im[0]) * (scale * edge)
        y[1] = 0
        y[2 * h] = (re[0] - im[0]) * (scale * edge)
        y[2 * h + 1] = 0
    }

    /// From N + 1 coefficients at `x` to what is transformed into 2N real numbers, at `re` and `im`.
    func splitHalves(
        _ x: UnsafeMutablePointer<Scalar>, _ re: UnsafeMutablePointer<Scalar>,
        _ im: UnsafeMutablePointer<Scalar>, edge: Scalar, next: Int
    ) {
        let (h, lanes) = (length, V.scalarCount)
        var k = 1
        let middle = h / 2
        while k <= middle {
            let mirrored = h - k - lanes + 1
            if next != 0 {
                for line in 0..<2 {
                    apus_prefetch_far(UnsafeRawPointer(x + 2 * k + lanes * line) + next)
                    apus_prefetch_far(UnsafeRawPointer(x + 2 * mirrored + lanes * line) + next)
                }
            }
            let low = V.parts(V(at: x + 2 * k), V(at: x + 2 * k + lanes))
            let high = V.parts(V(at: x + 2 * mirrored), V(at: x + 2 * mirrored + lanes))
            let a = LaneComplex(low.re, low.im)
            let b = LaneComplex(V.reversed(high.re), V.negative(V.reversed(high.im)))
            // i·w⁻¹
            let (fr, fi) = (V(at: roots + rootStride + k), V(at: roots + k))
            let (e, gap) = (a + b, a - b)
            let t = LaneComplex(
                V.fma(V.product(gap.re, fr), V.negative(gap.im), fi),
                V.fma(V.product(gap.im, fr), gap.re, fi))
            let (sum, rest) = (e + t, e - t)
            sum.re.store(at: re + k)
            sum.im.store(at: im + k)
            V.reversed(rest.re).store(at: re + mirrored)
            V.negative(V.reversed(rest.im)).store(at: im + mirrored)
            k += lanes
        }
        let (first, last) = (x[0] * edge, x[2 * h] * edge)
        re[0] = first + last
        im[0] = first - last
    }
}
