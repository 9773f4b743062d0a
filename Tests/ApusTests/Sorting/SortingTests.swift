import Foundation
import Testing

@testable import Apus

/// Sorting: every way through the kernel, stability, NaN, ties.
@Suite struct SortingTests {
    @Test(arguments: [1, 2, 17, 47, 48, 49, 300, 2000])
    func everyLengthAndTypeSortsStably(_ n: Int) {
        let values = (0..<n).map { Double(($0 * 7919) % 101) - 50 }
        for dtype in DType.real where dtype != .bool {
            let x = Tensor(values.map { dtype == .uint8 ? abs($0) : $0 }, shape: [n], dtype: dtype)
            let elements = x.array(of: Double.self)
            for descending in [false, true] {
                let expected = (0..<n).sorted {
                    elements[$0] == elements[$1]
                        ? $0 < $1 : (elements[$0] < elements[$1]) != descending
                }
                let (sorted, indices) = x.sort(descending: descending)
                #expect(indices.array(of: Int.self) == expected, "\(dtype), descending: \(descending)")
                #expect(sorted.array(of: Double.self) == expected.map { elements[$0] })
                for k in [1, min(5, n), n] {
                    let top = x.topK(k, largest: descending)
                    #expect(top.indices.array(of: Int.self) == Array(expected.prefix(k)), "\(dtype), k \(k)")
                }
            }
        }
    }

    /// Keys that differ in every byte, and keys close together beside a few that are far away.
    @Test(arguments: [49, 1000, 4096, 5000], [1e9, 1e-3])
    func wideAndNarrowKeysSortStably(_ n: Int, _ spread: Double) {
        for dtype in [DType.float32, .float64, .int32, .int64] {
            let scale = dtype.isInteger ? spread.magnitude * 1e6 : spread
            let values = (0..<n).map { i in
                let value = sin(Double(i / 2 * i)) * min(scale, 1e9)
                return i % 97 == 5 ? 1e9 : i % 89 == 7 ? -1e9 : 2e8 + value / 2
            }
            let x = Tensor(values, shape: [n]).to(dtype)
            let elements = x.array(of: Double.self)
            for descending in [false, true] {
                let expected = (0..<n).sorted {
                    elements[$0] == elements[$1]
                        ? $0 < $1 : (elements[$0] < elements[$1]) != descending
                }
                #expect(x.argsort(descending: descending).array(of: Int.self) == expected, "\(dtype)")
            }
        }
    }

    @Test func notANumberIsAboveEverythingAndZerosAreEqual() {
        let x = Tensor([.nan, 1, -.infinity, 0, -0.0, .infinity, -.nan] as [Float], shape: [7])
        #expect(x.argsort().array(of: Int.self) == [2, 3, 4, 1, 5, 0, 6])
        #expect(x.argsort(descending: true).array(of: Int.self) == [0, 6, 5, 1, 3, 4, 2])
    }

    /// Elements that are passed over in blocks, and blocks that hold nothing but NaN.
    @Test func theLargestOfLongRowsBeginTheirOrder() {
        var values = (0..<1000).map { Float(($0 * 7919) % 251) - 125 }
        for i in [3, 77, 500, 998] + Array(640..<704) { values[i] = .nan }
        let x = Tensor(values + values.map { $0.isNaN ? 0 : .nan }, shape: [2, 1000])
        for largest in [false, true] {
            let order = x.argsort(descending: largest).array(of: Int.self)
            for k in [1, 5, 64] {
                let found = x.topK(k, largest: largest).indices.array(of: Int.self)
                #expect(found == Array(order[..<k] + order[1000..<(1000 + k)]), "\(k), largest: \(largest)")
            }
        }
    }

    @Test func middleAxesSortAndGradientsFindTheirWayBack() {
        let x = Tensor([3.0, 1, 2, 6, 5, 4], shape: [1, 3, 2], dtype: .float64).requiringGradient()
        let (values, indices) = x.sort(axis: 1)
        #expect(values.array(of: Double.self) == [2, 1, 3, 4, 5, 6])
        #expect(indices.array(of: Int.self) == [1, 0, 0, 2, 2, 1])
        (values * Tensor([1.0, 2, 3, 4, 5, 6], shape: [1, 3, 2], dtype: .float64)).sum().backward()
        #expect(x.grad!.array(of: Double.self) == [3, 2, 1, 6, 5, 4])
    }

    @Test func uniqueGivesBackItsInput() {
        let x = Tensor([3, 1, 3, 2, 1, 3] as [Int32], shape: [2, 3])
        let (values, inverse, counts) = x.unique()
        #expect(values.array(of: Int.self) == [1, 2, 3])
        #expect(inverse.array(of: Int.self) == [2, 0, 2, 1, 0, 2])
        #expect(counts.array(of: Int.self) == [2, 1, 3])
        #expect(Tensor.zeros([0]).unique().values.count == 0)
    }

    @Test func searchFindsBothSidesOfEqualElements() {
        let sorted = Tensor([1, 3, 3, 5] as [Float], shape: [4])
        let values = Tensor([0, 3, 6, .nan] as [Float], shape: [2, 2])
        #expect(sorted.searchSorted(values).array(of: Int.self) == [0, 1, 4, 4])
        #expect(sorted.searchSorted(values, right: true).array(of: Int.self) == [0, 3, 4, 4])
        #expect(values.bucketize(sorted).array(of: Int.self) == [0, 1, 4, 4])
    }

    @Test func theMedianIsTheLowerOfTwo() {
        let x = Tensor([4, 1, 3, 2] as [Float], shape: [4])
        #expect(x.median().item(as: Float.self) == 2)
        #expect(x.median(axis: 0).indices.item(as: Int.self) == 3)
    }

    @Test func binsIncludeTheirLastEdge() {
        let x = Tensor([0, 1, 2, 3, 4, .nan, 9] as [Float], shape: [7])
        #expect(x.histogram(bins: 4, range: 0...4).array(of: Int.self) == [1, 1, 1, 2])
        #expect(Tensor([1, 1, 4], shape: [3]).binCount().array(of: Int.self) == [0, 2, 0, 0, 1])
    }
}
