import ApusCore
import ApusKernels
import Testing
import _ApusTestSupport

/// Matrix products against the definition, computed in float64 (or in integers) element by element.
///
/// The suite is serial because it changes the number of threads.
@Suite(.serialized)
struct LinearAlgebraProductTests {
    static let shapes: [(m: Int, n: Int, k: Int)] = [
        (1, 1, 1), (3, 5, 7), (1, 17, 33), (19, 1, 70), (64, 64, 64), (33, 65, 130), (128, 10, 100),
        (1, 300, 200),
        (200, 1, 300), (5, 100, 1), (130, 97, 61),
    ]

    @Test(arguments: DType.allCases)
    func everyTransposition(_ dtype: DType) {
        for (m, n, k) in Self.shapes {
            for transposed in 0..<4 {
                check(dtype, batch: 1, m, n, k, transposed & 1 != 0, transposed & 2 != 0)
            }
        }
    }

    @Test(arguments: DType.allCases)
    func wideStrides(_ dtype: DType) {
        for transposed in 0..<4 {
            check(dtype, batch: 1, 37, 70, 51, transposed & 1 != 0, transposed & 2 != 0, gap: 5)
            check(dtype, batch: 1, 1, 70, 51, transposed & 1 != 0, transposed & 2 != 0, gap: 5)
            check(dtype, batch: 1, 37, 1, 51, transposed & 1 != 0, transposed & 2 != 0, gap: 5)
        }
    }

    @Test(arguments: DType.allCases)
    func batchesAndBroadcasts(_ dtype: DType) {
        for (m, n, k) in [(4, 6, 5), (40, 64, 32), (1, 20, 9), (20, 1, 9)] {
            for broadcast in 0..<4 {
                check(
                    dtype, batch: 3, m, n, k, broadcast & 1 != 0, broadcast & 2 != 0,
                    broadcastA: broadcast & 1 != 0, broadcastB: broadcast & 2 != 0)
            }
        }
    }

    @Test(arguments: DType.allCases)
    func biasAndAccumulation(_ dtype: DType) {
        for (m, n, k) in [(4, 6, 5), (130, 50, 64), (1, 90, 40), (90, 1, 40), (3, 4, 0)] {
            check(dtype, batch: 2, m, n, k, false, true, bias: true)
            check(dtype, batch: 1, m, n, k, true, false, accumulate: true)
            check(dtype, batch: 1, m, n, k, false, false, bias: true, accumulate: true)
        }
    }

    /// Large enough for a processor's matrix tiles, with edges in all axes and more than one block of depth.
    @Test func largeComplexProducts() {
        for transposed in 0..<4 {
            check(.complex64, batch: 1, 161, 177, 90, transposed & 1 != 0, transposed & 2 != 0)
        }
        check(.complex64, batch: 1, 161, 177, 90, true, true, gap: 5)
        check(.complex64, batch: 2, 161, 177, 90, false, true, bias: true)
        check(.complex64, batch: 1, 160, 165, 530, false, false, bias: true, accumulate: true)
    }

    /// Small products, those with vectors and those on tiles; real numbers are their own conjugates.
    @Test(arguments: [DType.float32, .float64, .complex64, .complex128])
    func conjugates(_ dtype: DType) {
        for (m, n, k) in [
            (5, 6, 7), (1, 70, 61), (83, 1, 61), (1, 300, 200), (1, 1, 9), (40, 30, 1), (97, 100, 70),
        ] {
            for conjugated in 1..<4 {
                for transposed in 0..<4 {
                    check(
                        dtype, batch: 2, m, n, k, transposed & 1 != 0, transposed & 2 != 0,
                        bias: transposed == 0, conjugatesA: conjugated & 1 != 0,
                        conjugatesB: conjugated & 2 != 0)
                }
            }
        }
    }

    /// A number that no tile can hold touches its row alone, and the products after its own.
    @Test(arguments: [Float.infinity, .nan, .greatestFiniteMagnitude])
    func infinitiesInLargeProducts(_ value: Float) {
        let (m, n, k) = (96, 96, 64)
        var a = [SIMD2<Float>](repeating: [1, 0.5], count: 3 * m * k)
        let b = [SIMD2<Float>](repeating: [0.25, 0], count: k * n)
        a[m * k + 7 * k + 3] = [value, 0]
        var c = [SIMD2<Float>](repeating: .zero, count: 3 * m * n)
        c.withUnsafeMutableBytes {
            MatrixKernels.multiplyBatched(
                .complex64, batch: 3, m: m, n: n, k: k, a: a, aRowStride: k, aColumnStride: 1,
                aBatchStride: m * k, b: b, bRowStride: n, bColumnStride: 1, bBatchStride: 0,
                c: $0.baseAddress!, cBatchStride: m * n)
        }
        for (i, x) in c.enumerated() where i / n != m + 7 { #expect(x == [16, 8]) }
        let hit = c[(m + 7) * n]
        #expect(value.isFinite ? hit.x == value / 4 : !hit.x.isFinite)
    }

    @Test func fusedReLU() {
        for (m, n, k) in [(4, 6, 5), (130, 50, 64), (1, 90, 40), (90, 1, 40), (3, 4, 0)] {
            check(.float32, batch: 1, m, n, k, false, false, relu: true)
            check(.float32, batch: 2, m, n, k, false, true, bias: true, relu: true)
        }
    }

    @Test(arguments: DType.allCases)
    func emptyExtents(_ dtype: DType) {
        check(dtype, batch: 1, 3, 4, 0, false, false)
        check(dtype, batch: 2, 0, 4, 3, false, false)
        check(dtype, batch: 2, 4, 0, 3, true, true)
        check(dtype, batch: 0, 4, 2, 3, false, false)
    }

    /// The same bits with one thread and with two: the shapes of a small network's training, and
    /// long sums into small results, which libraries like to split.
    @Test(arguments: [DType.float32, .bfloat16, .float16, .float64, .complex64, .complex128])
    func threadCountChangesNothing(_ dtype: DType) {
        let shapes = [
            (128, 400, 784), (784, 400, 128), (128, 784, 400), (128, 100, 400), (400, 100, 128),
            (128, 10, 100),
            (8, 8, 4096), (64, 64, 4096), (128, 128, 4096), (33, 65, 2000), (1, 400, 784), (128, 1, 784),
            (16, 1000, 1280), (256, 256, 256),
        ]
        for (index, (m, n, k)) in shapes.enumerated() {
            // Every transposition for the type that training uses, one for each shape for the others.
            for transposed in dtype == .float32 ? 0..<4 : index % 4..<index % 4 + 1 {
                let (ta, tb) = (transposed & 1 != 0, transposed & 2 != 0)
                let problem = ProductProblem(
                    dtype, batch: 1, m: m, n: n, k: k, transposeA: ta, transposeB: tb)
                let one = withThreads(1) { problem.run() }
                let two = withThreads(2) { problem.run() }
                #expect(one == two, "\(dtype) \(m) × \(n) × \(k), transposed \(ta) \(tb)")
            }
        }
    }

    /// Large products go other ways, by the order of their operands and by the processor; ones and a few other numbers show
    /// whether every element arrives where it should.
    @Test(arguments: [false, true], [false, true])
    func largeProducts(_ transposesA: Bool, _ transposesB: Bool) {
        let (m, n, k) = (661, 650, 640)
        let a = DenseMatrix(.float32, transposesA ? k : m, transposesA ? m : k) { p, i in
            let (row, column) = transposesA ? (i, p) : (p, i)
            return (column == row % k ? 1 : 0, 0)
        }
        let b = DenseMatrix.random(.float32, transposesB ? n : k, transposesB ? k : n)
        var c = DenseMatrix(.float32, m, n)
        c.write {
            MatrixKernels.multiply(
                .float32, m: m, n: n, k: k, a: a.pointer, aRowStride: transposesA ? 1 : k,
                aColumnStride: transposesA ? m : 1, b: b.pointer, bRowStride: transposesB ? 1 : n,
                bColumnStride: transposesB ? k : 1, c: $0)
        }
        let (expected, found) = (b.values, c.values)
        var wrong = 0
        for i in 0..<m {
            for j in 0..<n {
                let (row, column) = transposesB ? (j, i % k) : (i % k, j)
                if found[i * n + j].re != expected[row * (transposesB ? k : n) + column].re { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    /// A hundred products at once on several Swift threads.
    @Test(arguments: [DType.float32, .bfloat16, .float64])
    func concurrentCalls(_ dtype: DType) async {
        let problem = ProductProblem(
            dtype, batch: 1, m: 96, n: 80, k: 64, transposeA: false, transposeB: true)
        let expected = problem.run()
        let wrong = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { problem.run() != expected } }
            var wrong = 0
            for await isWrong in group where isWrong { wrong += 1 }
            return wrong
        }
        #expect(wrong == 0)
    }

    private func check(
        _ dtype: DType, batch: Int, _ m: Int, _ n: Int, _ k: Int, _ transposeA: Bool, _ transposeB: Bool,
        gap: Int = 0, broadcastA: Bool = false, broadcastB: Bool = false, bias: Bool = false,
        relu: Bool = false, accumulate: Bool = false, conjugatesA: Bool = false, conjugatesB: Bool = false
    ) {
        let problem = ProductProblem(
            dtype, batch: batch, m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB, gap: gap,
            broadcastA: broadcastA, broadcastB: broadcastB, hasBias: bias, relu: relu, accumulate: accumulate,
            conjugatesA: conjugatesA, conjugatesB: conjugatesB)
        let result = problem.values(problem.run())
        let expected = problem.expected()
        let tolerance = problem.tolerance
        for i in expected.indices {
            let error = max(abs(result[i].re - expected[i].re), abs(result[i].im - expected[i].im))
            if !(error <= tolerance) {
                Issue.record(
                    """
                    \(dtype) batch \(batch), \(m) × \(n) × \(k), transposed \(transposeA) \(transposeB), bias \(bias), \
                    accumulate \(accumulate), conjugates \(conjugatesA) \(conjugatesB): element \(i) is \(result[i]), expected \(expected[i])
                    """)
                return
            }
        }
    }
}
