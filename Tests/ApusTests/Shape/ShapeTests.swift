import Testing

@testable import Apus

@Suite struct ShapeTests {
    @Test(arguments: DType.allCases)
    func transposedCopiesAreExactForAnySizeAndType(_ dtype: DType) {
        // Below, at and beyond whole tiles and blocks, with axes before, between and after the two.
        for (rows, columns) in [(3, 5), (16, 16), (17, 33), (64, 130), (8, 200), (100, 7)] {
            let x = (Tensor.arange(2 * rows * columns) % 2 + Tensor.arange(2 * rows * columns) % 100)
                .to(dtype).reshape(2, rows, columns)
            let expected = x.to(.float64).array(of: Double.self)
            let swapped = x.transpose().contiguous().to(.float64).array(of: Double.self)
            let moved = x.permute(2, 0, 1).contiguous().to(.float64).array(of: Double.self)
            var isSame = true
            for (b, i, j) in (0..<2).flatMap({ b in
                (0..<rows).flatMap { i in (0..<columns).map { (b, i, $0) } }
            }) {
                let value = expected[(b * rows + i) * columns + j]
                isSame = isSame && swapped[(b * columns + j) * rows + i] == value
                isSame = isSame && moved[(j * 2 + b) * rows + i] == value
            }
            #expect(isSame, "\(rows) × \(columns)")
        }
    }

    @Test(arguments: [DType.uint8, .float16, .float32, .float64, .complex128])
    func largeTransposedCopiesAreExact(_ dtype: DType) {
        // Beyond 8 MB, with lines that begin at every alignment.
        let (rows, columns) = (1027, (9 << 20) / dtype.size / 1027)
        let x = (Tensor.arange(rows * columns, dtype: .int32) % 251).to(dtype).reshape(rows, columns)
        let copy = x.transpose().contiguous()
        #expect(copy.isContiguous && copy.shape == [columns, rows])
        // Compared through strides: without another transposed copy.
        #expect(!(copy.transpose() - x).to(.bool).any().item(as: Bool.self))
    }

    @Test func viewsShareMemory() {
        let x = Tensor.arange(24).reshape(2, 3, 4)
        for view in [
            x.squeeze(), x.unsqueeze(1), x.flip(axis: 1), x.diagonal(), x.unfold(axis: 2, size: 2),
            x.split(size: 2, axis: 1)[1], x.narrow(axis: 0, start: 1, count: 1), x.moveAxis(from: 0, to: 2),
            x[1, .all, 1...],
        ] { #expect(view.storage === x.storage) }
    }

    @Test func partsJoinToTheWhole() {
        let x = Tensor.arange(60).reshape(5, 4, 3)
        for axis in -3..<3 {
            for parts in [x.split(size: 2, axis: axis), x.chunk(3, axis: axis)] {
                #expect(Tensor.cat(parts, axis: axis).array(of: Int.self) == Array(0..<60))
            }
        }
    }

    @Test func joinedTypesArePromoted() {
        let joined = Tensor.cat([Tensor([1, 2]), Tensor([0.5]), Tensor([true])])
        #expect(joined.dtype == .float32 && joined.array(of: Float.self) == [1, 2, 0.5, 1])
        #expect(Tensor.cat([Tensor.zeros([0, 2]), Tensor.ones([1, 2])]).shape == [1, 2])
    }

    @Test func emptyAndZeroDimensional() {
        #expect(Tensor.zeros([0, 3]).flip(axis: 0).roll(2, axis: 0).tile([2, 2]).shape == [0, 6])
        #expect(Tensor(1.0).flatten().shape == [1])
        #expect(Tensor(1.0).unsqueeze(0).unsqueeze(-1).squeeze().shape == [])
        #expect(Tensor.zeros([0]).pad([(2, 1)], mode: .constant(3)).array(of: Float.self) == [3, 3, 3])
        #expect(Tensor.stack([Tensor(1), Tensor(2)]).array(of: Int.self) == [1, 2])
        let (a, b) = (Tensor([1, 2, 3, 4], shape: [2, 2]), Tensor([5, 6, 7, 8], shape: [2, 2]))
        #expect(Tensor.stack([a, b], axis: 1).array(of: Int.self) == [1, 2, 5, 6, 3, 4, 7, 8])
        #expect(Tensor.stack([a, b, a], axis: -2).shape == [2, 3, 2])
        #expect(Tensor.zeros([0, 0]).tril().shape == [0, 0])
        #expect(Tensor.zeros([2, 0]).diagonal().shape == [0])
    }

    @Test func mistakesTrap() async {
        await #expect(processExitsWith: .failure) { _ = Tensor.cat([.zeros([2, 3]), .zeros([2, 4])]) }
        await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 3]).squeeze(axis: 0) }
        await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 3]).split(sizes: [1, 2]) }
        await #expect(processExitsWith: .failure) { _ = Tensor.zeros([3]).pad([(3, 0)], mode: .reflect) }
        await #expect(processExitsWith: .failure) { _ = Tensor([0, -1]).oneHot(classes: 3) }
    }
}
