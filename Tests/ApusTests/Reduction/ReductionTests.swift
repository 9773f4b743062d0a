import Foundation
import Testing
import _ApusTestSupport

@testable import Apus

/// What the list of operations cannot say about sums and extremes: accuracy, order, NaN, ties, nothing.
@Suite struct ReductionTests {
    /// Different values with a known sum: k modulo 1000 for k up to `count`.
    static func sawtooth(_ count: Int) -> Tensor {
        Tensor((0..<count).map { Float($0 % 1000) }, shape: [count])
    }

    @Test func tenMillionFloatsAddUpToFloatAccuracy() {
        let count = 10_000_000
        let exact = Double(count / 1000) * 499_500
        let found = Double(ReductionTests.sawtooth(count).sum().item(as: Float.self))
        #expect(abs(found / exact - 1) < 1e-6)
        let tenths = Tensor.full([count], Float(0.1))
        #expect(abs(tenths.sum().item(as: Double.self) / (Double(count) * Double(Float(0.1))) - 1) < 1e-6)
        #expect(abs(tenths.mean().item(as: Double.self) / Double(Float(0.1)) - 1) < 1e-6)
        let columns = tenths.reshape([count / 10, 10]).sum(axis: 0).array(of: Double.self)
        for value in columns { #expect(abs(value / (Double(count / 10) * Double(Float(0.1))) - 1) < 1e-5) }
    }

    @Test func resultsDoNotDependOnTheNumberOfThreads() {
        let x = ReductionTests.sawtooth(1_500_000) * 0.001 + 0.1
        let wide = x.reshape([3, 500_000])
        let tall = x.reshape([150_000, 10])
        let square = x.reshape([1000, 1500])
        func results() -> [[UInt32]] {
            [
                x.sum(), wide.sum(axis: 1), wide.sum(axis: 0), tall.sum(axis: 0), tall.sum(axis: 1),
                square.mean(axis: 0), square.transpose().sum(axis: 0), square.variance(),
                tall.variance(axis: 1), square.softmax(), square.softmax(axis: 0), tall.logSoftmax(),
                square.logSumExp(axis: 0), square.layerNorm(), square.cumulativeSum(axis: 0), x.norm(),
            ].map { $0.array(of: Float.self).map(\.bitPattern) }
        }
        let one = withThreads(1) { results() }
        #expect(withThreads(2) { results() } == one)
        #expect(withThreads(3) { results() } == one)
    }

    @Test(arguments: [1, 3, 15, 16, 17, 40, 255, 256, 300, 1000, 5000])
    func rowsAndColumnsOfEveryLengthAddUp(_ length: Int) {
        for other in [1, 2, 17, 100] {
            let x = Tensor((0..<(length * other)).map { Int64($0 % 97) }, shape: [other, length])
            let elements = x.array(of: Int.self)
            let rows = (0..<other).map { row in (0..<length).map { elements[row * length + $0] }.reduce(0, +)
            }
            let columns = (0..<length).map { c in (0..<other).map { elements[$0 * length + c] }.reduce(0, +) }
            for dtype in [DType.int64, .float32, .float64, .complex64] {
                #expect(x.to(dtype).sum(axis: 1).array(of: Int.self) == rows)
                #expect(x.to(dtype).sum(axis: 0).array(of: Int.self) == columns)
            }
            #expect(x.max(axes: [1]).array(of: Int.self) == x.max(axis: 1).values.array(of: Int.self))
            #expect(
                x.to(.float32).min(axes: [0]).array(of: Int.self) == x.min(axis: 0).values.array(of: Int.self)
            )
        }
    }

    @Test func aSixteenBitMeanDoesNotOverflowOnTheWay() {
        let x = Tensor.full([300], Float(1000), dtype: .float16)
        #expect(x.mean().item(as: Float.self) == 1000)
        #expect(x.norm().item(as: Float.self) == Float(Float16((300.0 as Float).squareRoot() * 1000)))
    }

    @Test func notANumberWins() {
        let x = Tensor([1, .nan, 3, -.infinity] as [Float], shape: [2, 2])
        #expect(x.max(axis: 1).values.array(of: Float.self)[0].isNaN)
        #expect(x.max(axis: 1).indices.array(of: Int.self) == [1, 0])
        #expect(x.min(axis: 0).indices.array(of: Int.self) == [0, 0])
        #expect(x.min(axes: [0]).array(of: Float.self)[1].isNaN)
        #expect(x.max().item(as: Float.self).isNaN)
        #expect(x.argmin().item(as: Int.self) == 1)
        var long = [Float](repeating: 0, count: 1000)
        long[500] = .nan
        long[700] = 5
        #expect(Tensor(long, shape: [1000]).argmax().item(as: Int.self) == 500)
        #expect(Tensor(long, shape: [1000]).max().item(as: Float.self).isNaN)
        #expect(Tensor([3, .nan, 1] as [Float], shape: [3]).median(axis: 0).indices.item(as: Int.self) == 1)
        #expect(
            Tensor([3, .nan, 1] as [Float], shape: [3]).cumulativeMax(axis: 0).indices.array(of: Int.self)
                == [0, 1, 1])
    }

    @Test func tiesShareTheGradientOrGoToTheFirst() {
        let values: [Double] = [2, 5, 5, 1]
        let x = Tensor(values, shape: [4], dtype: .float64).requiringGradient()
        x.max(axes: [0]).backward()
        #expect(x.grad!.array(of: Double.self) == [0, 0.5, 0.5, 0])
        let y = Tensor(values, shape: [4], dtype: .float64).requiringGradient()
        let (largest, index) = y.max(axis: 0)
        #expect(index.item(as: Int.self) == 1)
        largest.backward()
        #expect(y.grad!.array(of: Double.self) == [0, 1, 0, 0])
        #expect(x.argmax().item(as: Int.self) == 1)
        #expect(x.cumulativeMax(axis: 0).indices.array(of: Int.self) == [0, 1, 2, 2])
    }

    @Test func theGradientOfAProductIsRightWithZeros() {
        let rows: [Double] = [2, 3, 4, 2, 0, 4, 0, 3, 0]
        let x = Tensor(rows, shape: [3, 3], dtype: .float64).requiringGradient()
        x.prod(axis: 1).sum().backward()
        #expect(x.grad!.array(of: Double.self) == [12, 8, 6, 0, 8, 0, 0, 0, 0])
        // The second derivative at a zero: of 2 · 0 · 4 in the outer two, the zero.
        let z = Tensor([2.0, 0, 4], shape: [3], dtype: .float64).requiringGradient()
        let first = gradient(of: z.prod(), at: z, createGraph: true)
        #expect(first.array(of: Double.self) == [0, 8, 0])
        let second = gradient(of: first, at: z, upstream: Tensor([1.0, 0, 0], shape: [3], dtype: .float64))
        #expect(second.array(of: Double.self) == [0, 4, 0])
        let c = Tensor([2.0, 0, 4], shape: [3], dtype: .float64).requiringGradient()
        c.cumulativeProduct(axis: 0).sum().backward()
        #expect(c.grad!.array(of: Double.self) == [1, 10, 0])
    }

    @Test func nothingFoldsToTheNeutralElement() {
        let x = Tensor.zeros([0, 3])
        #expect(x.sum(axis: 0).array(of: Float.self) == [0, 0, 0])
        #expect(x.prod(axis: 0).array(of: Float.self) == [1, 1, 1])
        #expect(x.sum(axis: 1).shape == [0])
        #expect(x.mean().item(as: Float.self).isNaN)
        #expect(x.all().item(as: Bool.self))
        #expect(!x.any().item(as: Bool.self))
        #expect(x.countNonzero().item(as: Int.self) == 0)
        #expect(x.logSumExp(axis: 0).array(of: Float.self) == [-.infinity, -.infinity, -.infinity])
        #expect(x.variance(axis: 0).array(of: Float.self).allSatisfy { $0.isNaN })
        #expect(x.max(axis: 1).values.shape == [0])
        #expect(x.softmax(axis: 0).shape == [0, 3])
        #expect(x.cumulativeSum(axis: 0).shape == [0, 3])
        #expect(x.layerNorm().shape == [0, 3])
        #expect(x.sort(axis: 0).values.shape == [0, 3])
    }

    @Test func theLargestOfNothingTraps() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor.zeros([0, 3]).max(axis: 0) }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("max: there is no element to choose"))
    }

    @Test func aScalarHasAnAxis() {
        let x = Tensor(3.0, dtype: .float64)
        #expect(x.sum(axis: 0).item(as: Double.self) == 3)
        #expect(x.softmax(axis: -1).item(as: Double.self) == 1)
        #expect(x.max(axis: 0).indices.item(as: Int.self) == 0)
        #expect(x.cumulativeSum(axis: 0).shape == [])
        #expect(x.sort(axis: 0).values.item(as: Double.self) == 3)
        #expect(x.median().item(as: Double.self) == 3)
    }

    @Test func theVarianceOfLargeNumbersKeepsItsDigits() {
        let x = Tensor((0..<100_000).map { 1e6 + Double($0 % 2) }, shape: [100_000], dtype: .float32)
        #expect(abs(x.variance(correction: 0).item(as: Float.self) - 0.25) < 1e-4)
        let still = Tensor([2.0, 2], shape: [2], dtype: .float64).requiringGradient()
        still.standardDeviation().backward()
        #expect(still.grad!.array(of: Double.self) == [0, 0])
    }
}
