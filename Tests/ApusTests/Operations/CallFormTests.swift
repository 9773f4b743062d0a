import ComplexModule
import Testing
import _ApusTestSupport

@testable import Apus

/// Ways to call operations that samples of all types cannot show.
@Suite struct CallFormTests {
    @Test func complexNumbersAsWeightsAndPadding() {
        let z = Tensor([Complex<Double>(1, 2), Complex(3, -1)], shape: [2], dtype: .complex128)
        let padded = z.pad([(1, 2)], mode: .complexConstant(Complex(0, 5)))
        #expect(
            padded.array(of: Complex<Double>.self) == [
                Complex(0, 5), Complex(1, 2), Complex(3, -1), Complex(0, 5), Complex(0, 5),
            ])
        let x = z.requiringGradient()
        (x.pad([(1, 0)], mode: .complexConstant(Complex(9, 9))) * Complex(0, 1)).real.sum().backward()
        #expect(x.grad!.array(of: Complex<Double>.self) == [Complex(0, -1), Complex(0, -1)])
        #expect(
            z.pad([(-1, 1)], mode: .complexConstant(Complex(7, 0))).real.array(of: Double.self) == [3, 7])
        // Real tensors, with each kind of number.
        let (a, b) = (Tensor([1.0, 2], dtype: .float64), Tensor([3.0, 6], dtype: .float64))
        #expect(a.lerp(b, weight: 1).array(of: Double.self) == [3, 6])
        let mixed = a.lerp(b, weight: Complex<Float>(0.5, 1))
        #expect(mixed.dtype == .complex128)
        #expect(mixed.array(of: Complex<Double>.self) == [Complex(2, 2), Complex(4, 4)])
    }

    @Test func roundingToDecimals() {
        let x = Tensor([1.25, 1.35, -2.449, 1e300, .infinity, 0], dtype: .float64).requiringGradient()
        func rounded(_ decimals: Int) -> [Double] { x.round(decimals: decimals).array(of: Double.self) }
        #expect(rounded(1) == [1.2, 1.4, -2.4, 1e300, .infinity, 0])
        #expect(rounded(0) == [1, 1, -2, 1e300, .infinity, 0])
        #expect(rounded(.max) == x.array(of: Double.self))
        #expect(rounded(-300) == [0, 0, 0, 1e300, .infinity, 0])
        #expect(rounded(.min).prefix(4) == [0, 0, 0, 0])
        x.round(decimals: 2).sum().backward()
        #expect(x.grad!.array(of: Double.self) == [0, 0, 0, 0, 0, 0])
        let half = Tensor([Float16(0.124), 64_000], shape: [2]).round(decimals: 2)
        #expect(half.dtype == .float16 && half.array(of: Float16.self) == [0.12, 64_000])
        #expect(Tensor([15, -25], shape: [2]).round(decimals: 3).array(of: Int.self) == [15, -25])
        #expect(Tensor.zeros([0, 2]).round(decimals: 1).shape == [0, 2])
    }

    @Test func aWeightOfOneAxisGivesOneOutput() {
        let x = Tensor([1.0, 2, 3, 4, 5, 6], dtype: .float64).reshape(2, 3).requiringGradient()
        let w = Tensor([1.0, -1, 2], dtype: .float64).requiringGradient()
        let y = x.linear(w)
        #expect(y.shape == [2] && y.array(of: Double.self) == [5, 11])
        y.sum().backward()
        #expect(x.grad!.array(of: Double.self) == [1, -1, 2, 1, -1, 2])
        #expect(w.grad!.array(of: Double.self) == [5, 7, 9])
        #expect(x[0].linear(w).item(as: Double.self) == 5 && x[0].linear(w).rank == 0)
    }

    @Test func emptyTensorsGoWithAnyInACat() {
        let (none, x) = (Tensor.zeros([0], dtype: .float64), Tensor.ones([2, 3]).requiringGradient())
        for axis in [0, 1, -1, -2] {
            let joined = Tensor.cat([none, x, Tensor.zeros([0])], axis: axis)
            #expect(joined.shape == [2, 3] && joined.dtype == .float64)
        }
        let start = Tensor.zeros([0]).requiringGradient()
        Tensor.cat([start, x]).sum().backward()
        #expect(start.grad!.shape == [0] && x.grad!.shape == [2, 3])
        #expect(Tensor.cat([none, none]).shape == [0])
        #expect(Tensor.cat([none, Tensor.ones([2])]).shape == [2])
        #expect(Tensor.hstack([none, Tensor.ones([2])]).shape == [2])
    }

    @Test func otherEmptyTensorsAreRefusedInACat() async {
        await #expect(processExitsWith: .failure) { _ = Tensor.cat([.zeros([0, 2]), .ones([2, 3])]) }
    }

    @Test func anIndexWithoutElementsHasAnyTypeAndShape() {
        let x = Tensor.arange(0, 12, dtype: .float32).reshape([3, 4])
        for index in [Tensor.zeros([0]), .zeros([0], dtype: .uint8), .zeros([2, 0, 5]), .zeros([3, 0])] {
            #expect(x.gather(axis: -1, index: index).shape == index.shape)
            let same = x.scatter(axis: 0, index: index, value: 7)
            #expect(same.array(of: Float.self) == x.array(of: Float.self))
            #expect(x.scatterAdd(axis: 0, index: index, source: Tensor(1.0)).shape == [3, 4])
        }
        let leaf = x.requiringGradient()
        leaf.gather(axis: 0, index: .zeros([0])).sum().backward()
        #expect(leaf.grad!.array(of: Float.self) == [Float](repeating: 0, count: 12))
    }

    @Test func putTakesAsManyElementsInAnyShape() {
        let x = Tensor.arange(0, 6, dtype: .float32).reshape([2, 3])
        let index = Tensor([5, 0], shape: [2, 1])
        for shape in [[2], [1, 2], [2, 1], [1, 1, 2]] {
            let put = x.put(index, source: Tensor([8, 9] as [Float], shape: shape))
            #expect(put.array(of: Float.self) == [9, 1, 2, 3, 4, 8])
        }
        #expect(x.put(index, source: Tensor(7.0)).array(of: Float.self) == [7, 1, 2, 3, 4, 7])
        #expect(Tensor(1.0).put(Tensor(-1), source: Tensor([2.0])).item(as: Double.self) == 2)
        #expect(x.put(Tensor.zeros([0], dtype: .int64), source: .zeros([0])).shape == [2, 3])
    }

    @Test func quotientsOfIntegersAtTheirExtremes() {
        let a = Tensor([-7, 7, -6, Int.min, Int.min, 5, 0], shape: [7])
        let b = Tensor([2, -2, 3, -1, 2, 0, 0], shape: [7])
        #expect(
            a.divide(b, rounding: .towardZero).array(of: Int.self)
                == [-3, -3, -2, Int.min, Int.min / 2, 0, 0])
        #expect(
            a.divide(b, rounding: .down).array(of: Int.self) == [-4, -4, -2, Int.min, Int.min / 2, 0, 0])
        let large = Tensor([1 << 62 + 1], shape: [1])
        #expect(large.divide(1, rounding: .towardZero).item(as: Int.self) == 1 << 62 + 1)
        let bytes = Tensor([250, 7], shape: [2], dtype: .uint8)
        #expect(bytes.divide(9, rounding: .towardZero).array(of: Int.self) == [27, 0])
        let x = Tensor([-7.0, 7, -0.5, 1], dtype: .float64)
        let halves = x.divide(2, rounding: .towardZero).array(of: Double.self)
        #expect(halves == [-3, 3, 0, 0] && halves[2].sign == .minus)
        #expect(x.divide(0, rounding: .towardZero).array(of: Double.self).last == .infinity)
    }

    @Test func countsOfWeights() {
        let x = Tensor([2, 0, 2], shape: [3])
        let sums = x.binCount(weights: Tensor([1, 2, 3], shape: [3]))
        #expect(sums.dtype == .float64 && sums.array(of: Double.self) == [2, 0, 4])
        let weights = Tensor([1.0, 2, 3]).requiringGradient()
        (x.binCount(weights: weights, minLength: 5) * Tensor([1.0, 2, 3, 4, 5])).sum().backward()
        #expect(weights.grad!.array(of: Float.self) == [3, 1, 3])
        #expect(Tensor.zeros([0], dtype: .int64).binCount(weights: .zeros([0])).shape == [0])
    }

    @Test func distinctSlices() {
        let x = Tensor(
            [[1, 2], [0, 9], [1, 2], [1, .nan], [1, .nan], [0, 9], [0, 9]] as [[Float]])
        let (values, inverse, counts) = x.unique(axis: 0)
        #expect(values.shape == [4, 2] && values[0].array(of: Float.self) == [0, 9])
        #expect(inverse.array(of: Int.self) == [1, 0, 1, 2, 3, 0, 0])
        #expect(counts.array(of: Int.self) == [3, 2, 1, 1])
        #expect(values.indexSelect(axis: 0, index: inverse)[5].array(of: Float.self) == [0, 9])
        #expect(x.transpose().unique(axis: -1).values.shape == [2, 4])
        #expect(Tensor.zeros([0, 3]).unique(axis: 0).values.shape == [0, 3])
        #expect(Tensor.zeros([3, 0]).unique(axis: 0).counts.array(of: Int.self) == [3])
        let truths = Tensor([true, false, true, false, true, true], shape: [3, 2])
        #expect(truths.unique(axis: 0).values.array(of: Bool.self) == [true, false, true, true])
        // More digits than a Double has.
        let large = Tensor([1 << 62, 1 << 62 + 1], shape: [2])
        #expect(large.unique(axis: 0).counts.count == 2)
    }

    @Test func classesThatNumbersTell() async {
        #expect(Tensor([1, 4], shape: [2]).oneHot().shape == [2, 5])
        #expect(Tensor(2).oneHot().array(of: Int.self) == [0, 0, 1])
        await #expect(processExitsWith: .failure) { _ = Tensor.zeros([0], dtype: .int64).oneHot() }
    }

    @Test func partsOfAnAxis() async {
        let x = Tensor.arange(0, 7)
        #expect(x.tensorSplit(3).map(\.count) == [3, 2, 2])
        #expect(x.tensorSplit(9).map(\.count) == [1, 1, 1, 1, 1, 1, 1, 0, 0])
        #expect(x.tensorSplit(at: [Int.min, 2, -1, Int.max]).map(\.count) == [0, 2, 4, 1, 0])
        #expect(x.tensorSplit(at: []).map(\.count) == [7])
        #expect(Tensor.zeros([2, 0]).unbind(axis: 1).isEmpty)
        #expect(Tensor.zeros([2, 0]).unbind().map(\.shape) == [[0], [0]])
        await #expect(processExitsWith: .failure) { _ = Tensor.arange(0, 7).tensorSplit(0) }
        await #expect(processExitsWith: .failure) { _ = Tensor.ones([2, 2]).rot90(axes: (1, -1)) }
        await #expect(processExitsWith: .failure) { _ = Tensor.ones([2, 2]).inner(.ones([3])) }
    }

    @Test func rightAnglesAddUp() {
        let x = Tensor.arange(0, 6).reshape([2, 3])
        for count in [-5, -1, 0, 1, 2, 3, 4, 7, Int.min, Int.max] {
            let quarters = (count % 4 + 4) % 4
            let expected = (0..<quarters).reduce(x) { rotated, _ in rotated.rot90() }
            #expect(difference(x.rot90(count), expected, relative: 0, absolute: 0) == nil, "\(count)")
        }
    }

    @Test func correctionsOfAnySize() {
        let x = Tensor([1.0, 2, 4], dtype: .float64)
        let squares = 14.0 / 3
        #expect(abs(x.variance(correction: 0.75).item(as: Double.self) - squares / 2.25) < 1e-12)
        #expect(abs(x.variance(correction: -5).item(as: Double.self) - squares / 8) < 1e-12)
        #expect(x.variance(correction: 3).item(as: Double.self) == .infinity)
        #expect(x.variance(correction: Double(Int.max)).item(as: Double.self) == .infinity)
    }

    @Test func aSorterStandsForSorting() async {
        let x = Tensor([5.0, 1, 3])
        let values = Tensor([0.0, 3, 9])
        for right in [false, true] {
            let found = x.searchSorted(values, right: right, sorter: x.argsort())
            let expected = x.sort().values.searchSorted(values, right: right)
            #expect(found.array(of: Int.self) == expected.array(of: Int.self))
        }
        await #expect(processExitsWith: .failure) {
            _ = Tensor([5.0, 1, 3]).searchSorted(Tensor([1.0]), sorter: Tensor([0, 1], shape: [2]))
        }
    }
}
