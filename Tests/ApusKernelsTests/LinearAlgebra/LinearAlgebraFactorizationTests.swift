import ApusCore
import ApusKernels
import Testing

/// Factorisations checked by putting the matrix together again.
struct LinearAlgebraFactorizationTests {
    static let types: [DType] = [.float32, .float64, .complex64, .complex128]
    static let shapes = [(1, 1), (4, 4), (7, 3), (3, 7), (40, 33), (33, 40)]

    @Test(arguments: types)
    func lu(_ dtype: DType) {
        for (m, n) in Self.shapes {
            let a = DenseMatrix.random(dtype, batch: 2, m, n)
            let k = min(m, n)
            var factors = DenseMatrix(dtype, batch: 2, m, n)
            var pivots = [Int32](repeating: 0, count: 2 * k)
            let info = factors.write {
                LinearAlgebraKernels.luFactor(
                    dtype, batch: 2, m: m, n: n, a: a.pointer, lu: $0, pivots: &pivots)
            }
            #expect(info == [0, 0])
            for item in 0..<2 {
                let lu = factors[item]
                let l = DenseMatrix(dtype, m, k) { i, j in i == j ? (1, 0) : i > j ? lu.at(i, j) : (0, 0) }
                let u = DenseMatrix(dtype, k, n) { i, j in i <= j ? lu.at(i, j) : (0, 0) }
                var permutation = [Int64](repeating: 0, count: m)
                LinearAlgebraKernels.permutation(
                    pivots: Array(pivots[item * k..<item * k + k]), count: k, m: m, permutation: &permutation)
                let expected = DenseMatrix(dtype, m, n) { i, j in a[item].at(Int(permutation[i]), j) }
                #expect(l.times(u).distance(to: expected) < tolerance(dtype))
            }
        }
    }

    @Test(arguments: types)
    func luSolve(_ dtype: DType) {
        for (n, columns) in [(1, 1), (5, 3), (40, 17)] {
            let a = DenseMatrix.random(dtype, batch: 2, n, n)
            let b = DenseMatrix.random(dtype, batch: 2, n, columns, seed: 5)
            var factors = DenseMatrix(dtype, batch: 2, n, n)
            var pivots = [Int32](repeating: 0, count: 2 * n)
            _ = factors.write {
                LinearAlgebraKernels.luFactor(
                    dtype, batch: 2, m: n, n: n, a: a.pointer, lu: $0, pivots: &pivots)
            }
            for transposition in [Transposition.none, .transpose, .adjoint] {
                var x = DenseMatrix(dtype, batch: 2, n, columns)
                let info = x.write {
                    LinearAlgebraKernels.luSolve(
                        dtype, batch: 2, n: n, columns: columns, lu: factors.pointer, pivots: pivots,
                        transposition: transposition, b: b.pointer, x: $0)
                }
                #expect(info == [0, 0])
                for item in 0..<2 {
                    let left = a[item].applying(transposition)
                    #expect(left.times(x[item]).distance(to: b[item]) < tolerance(dtype))
                }
            }
        }
    }

    @Test(arguments: types)
    func inverse(_ dtype: DType) {
        for n in [1, 4, 50] {
            let a = DenseMatrix.random(dtype, batch: 3, n, n)
            var inverse = DenseMatrix(dtype, batch: 3, n, n)
            let info = inverse.write {
                LinearAlgebraKernels.inverse(dtype, batch: 3, n: n, a: a.pointer, result: $0)
            }
            #expect(info == [0, 0, 0])
            for item in 0..<3 {
                #expect(a[item].times(inverse[item]).distance(to: .identity(dtype, n)) < tolerance(dtype))
            }
        }
    }

    @Test(arguments: types)
    func singularMatrices(_ dtype: DType) {
        let a = DenseMatrix(dtype, 3, 3) { i, j in (Double(j), 0) }  // rank 1, first column 0
        var result = DenseMatrix(dtype, 3, 3)
        #expect(
            result.write { LinearAlgebraKernels.inverse(dtype, batch: 1, n: 3, a: a.pointer, result: $0) }[0]
                > 0)
        var pivots = [Int32](repeating: 0, count: 3)
        #expect(
            result.write {
                LinearAlgebraKernels.luFactor(
                    dtype, batch: 1, m: 3, n: 3, a: a.pointer, lu: $0, pivots: &pivots)
            }[0] == 1)
        #expect(
            result.write {
                LinearAlgebraKernels.triangularSolve(
                    dtype, batch: 1, n: 3, columns: 3, a: a.pointer, upper: true, b: a.pointer, x: $0)
            }[0] == 1)
        let negative = DenseMatrix(dtype, 3, 3) { i, j in (i == j ? (i == 1 ? -1 : 1) : 0, 0) }
        #expect(
            result.write { LinearAlgebraKernels.cholesky(dtype, batch: 1, n: 3, a: negative.pointer, l: $0) }[
                0] == 2)
    }

    @Test(arguments: types)
    func qr(_ dtype: DType) {
        for (m, n) in Self.shapes {
            for complete in [false, true] {
                let width = complete ? m : min(m, n)
                let a = DenseMatrix.random(dtype, batch: 2, m, n)
                var q = DenseMatrix(dtype, batch: 2, m, width)
                var r = DenseMatrix(dtype, batch: 2, width, n)
                let info = q.write { q in
                    r.write { r in
                        LinearAlgebraKernels.qr(
                            dtype, batch: 2, m: m, n: n, complete: complete, a: a.pointer, q: q, r: r)
                    }
                }
                #expect(info == [0, 0])
                for item in 0..<2 {
                    #expect(q[item].times(r[item]).distance(to: a[item]) < tolerance(dtype))
                    #expect(
                        q[item].applying(.adjoint).times(q[item]).distance(to: .identity(dtype, width))
                            < tolerance(dtype))
                    for i in 0..<width {
                        for j in 0..<min(i, n) { #expect(r[item].at(i, j) == (0, 0)) }
                    }
                }
            }
        }
    }

    @Test(arguments: types)
    func svd(_ dtype: DType) {
        for (m, n) in Self.shapes {
            for full in [false, true] {
                let k = min(m, n)
                let (width, height) = full ? (m, n) : (k, k)
                let a = DenseMatrix.random(dtype, batch: 2, m, n)
                var u = DenseMatrix(dtype, batch: 2, m, width)
                var vh = DenseMatrix(dtype, batch: 2, height, n)
                var s = DenseMatrix(dtype.realType, batch: 2, 1, k)
                var values = DenseMatrix(dtype.realType, batch: 2, 1, k)
                let info = u.write { u in
                    vh.write { vh in
                        s.write { s in
                            LinearAlgebraKernels.svd(
                                dtype, batch: 2, m: m, n: n, full: full, a: a.pointer, u: u, s: s, vh: vh)
                        }
                    }
                }
                #expect(info == [0, 0])
                _ = values.write {
                    LinearAlgebraKernels.svd(
                        dtype, batch: 2, m: m, n: n, full: full, a: a.pointer, u: nil, s: $0, vh: nil)
                }
                for item in 0..<2 {
                    let singular = s[item]
                    let diagonal = DenseMatrix(dtype, width, height) { i, j in
                        i == j ? singular.at(0, i) : (0, 0)
                    }
                    #expect(u[item].times(diagonal).times(vh[item]).distance(to: a[item]) < tolerance(dtype))
                    #expect(
                        u[item].applying(.adjoint).times(u[item]).distance(to: .identity(dtype, width))
                            < tolerance(dtype))
                    #expect(
                        vh[item].times(vh[item].applying(.adjoint)).distance(to: .identity(dtype, height))
                            < tolerance(dtype))
                    for i in 1..<max(k, 1) { #expect(singular.at(0, i).re <= singular.at(0, i - 1).re) }
                    #expect(values[item].distance(to: singular) < tolerance(dtype))
                }
            }
        }
    }

    @Test(arguments: types)
    func eigh(_ dtype: DType) {
        for n in [1, 4, 45] {
            for lower in [true, false] {
                let general = DenseMatrix.random(dtype, batch: 2, n, n)
                var hermitian = [DenseMatrix]()
                for item in 0..<2 {
                    let (a, b) = (general[item], general[item].applying(.adjoint))
                    hermitian.append(
                        DenseMatrix(dtype, n, n) { i, j in
                            (a.at(i, j).re + b.at(i, j).re, a.at(i, j).im + b.at(i, j).im)
                        })
                }
                // The triangle that is not to be read holds nonsense.
                let a = DenseMatrix(
                    joining: hermitian.map { full in
                        DenseMatrix(dtype, n, n) { i, j in (lower ? i >= j : i <= j) ? full.at(i, j) : (99, 0)
                        }
                    })
                var w = DenseMatrix(dtype.realType, batch: 2, 1, n)
                var v = DenseMatrix(dtype, batch: 2, n, n)
                var values = DenseMatrix(dtype.realType, batch: 2, 1, n)
                let info = w.write { w in
                    v.write {
                        LinearAlgebraKernels.eigh(
                            dtype, batch: 2, n: n, lower: lower, a: a.pointer, w: w, v: $0)
                    }
                }
                #expect(info == [0, 0])
                _ = values.write {
                    LinearAlgebraKernels.eigh(
                        dtype, batch: 2, n: n, lower: lower, a: a.pointer, w: $0, v: nil)
                }
                for item in 0..<2 {
                    let scaled = DenseMatrix(dtype, n, n) { i, j in
                        (v[item].at(i, j).re * w[item].at(0, j).re, v[item].at(i, j).im * w[item].at(0, j).re)
                    }
                    #expect(hermitian[item].times(v[item]).distance(to: scaled) < tolerance(dtype))
                    #expect(
                        v[item].applying(.adjoint).times(v[item]).distance(to: .identity(dtype, n))
                            < tolerance(dtype))
                    for i in 1..<n { #expect(w[item].at(0, i).re >= w[item].at(0, i - 1).re) }
                    #expect(values[item].distance(to: w[item]) < tolerance(dtype))
                }
            }
        }
    }

    @Test(arguments: types)
    func cholesky(_ dtype: DType) {
        for n in [1, 5, 60] {
            let general = DenseMatrix.random(dtype, n, n)
            let product = general.times(general.applying(.adjoint))
            let a = DenseMatrix(dtype, n, n) { i, j in
                (product.at(i, j).re + (i == j ? 1 : 0), product.at(i, j).im)
            }
            var l = DenseMatrix(dtype, n, n)
            #expect(
                l.write { LinearAlgebraKernels.cholesky(dtype, batch: 1, n: n, a: a.pointer, l: $0) } == [0])
            #expect(l.times(l.applying(.adjoint)).distance(to: a) < tolerance(dtype))
            for i in 0..<n {
                for j in (i + 1)..<max(n, i + 1) { #expect(l.at(i, j) == (0, 0)) }
            }
        }
    }

    @Test(arguments: types)
    func triangularSolve(_ dtype: DType) {
        let (n, columns) = (30, 7)
        let general = DenseMatrix.random(dtype, n, n)
        let b = DenseMatrix.random(dtype, n, columns, seed: 3)
        for upper in [false, true] {
            for unit in [false, true] {
                // A dominant diagonal, so that the solution does not grow; half of the matrix is not to be read.
                let a = DenseMatrix(dtype, n, n) { i, j in
                    i == j ? (unit ? 77 : 4, 0) : (general.at(i, j).re / 8, general.at(i, j).im / 8)
                }
                let triangle = DenseMatrix(dtype, n, n) { i, j in
                    i == j ? (unit ? 1 : 4, 0) : (i < j) == upper ? a.at(i, j) : (0, 0)
                }
                for transposition in [Transposition.none, .transpose, .adjoint] {
                    var x = DenseMatrix(dtype, n, columns)
                    let info = x.write {
                        LinearAlgebraKernels.triangularSolve(
                            dtype, batch: 1, n: n, columns: columns, a: a.pointer, upper: upper,
                            unitDiagonal: unit,
                            transposition: transposition, b: b.pointer, x: $0)
                    }
                    #expect(info == [0])
                    #expect(triangle.applying(transposition).times(x).distance(to: b) < tolerance(dtype))
                }
            }
        }
    }

    @Test func emptyMatrices() {
        var q = DenseMatrix(.float64, 3, 3)
        var r = DenseMatrix(.float64, 3, 0)
        _ = q.write { q in
            r.write {
                LinearAlgebraKernels.qr(.float64, batch: 1, m: 3, n: 0, complete: true, a: $0, q: q, r: $0)
            }
        }
        #expect(q.distance(to: .identity(.float64, 3)) == 0)
        var vh = DenseMatrix(.float64, 2, 2)
        _ = vh.write { vh in
            r.write {
                LinearAlgebraKernels.svd(
                    .float64, batch: 1, m: 0, n: 2, full: true, a: $0, u: $0, s: $0, vh: vh)
            }
        }
        #expect(vh.distance(to: .identity(.float64, 2)) == 0)
        #expect(r.write { LinearAlgebraKernels.cholesky(.float64, batch: 2, n: 0, a: $0, l: $0) } == [0, 0])
    }

    private func tolerance(_ dtype: DType) -> Double { dtype.realType == .float32 ? 5e-3 : 1e-10 }
}
