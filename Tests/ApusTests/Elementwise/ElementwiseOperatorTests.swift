import Testing
import _ApusTestSupport

@testable import Apus

/// How operators read and write: literals, updates in place, broadcasting drivers.
@Suite struct ElementwiseOperatorTests {
    @Test func longExpressionsOfLiteralsTypeCheck() {
        let x = Tensor([0.5, -1], shape: [2])
        let y = 0.5 * x * (1 + (x * 0.797 + 0.03 * x * x * x).tanh())
        #expect(y.dtype == .float32)
        let z = 1 - 2 * x ** 2 / 3 + -x * (x - 1) ** 0.5 - 1 / (1 + exp(-x))
        #expect(z.shape == [2])
        #expect((2 * x ** 2).array(of: Float.self) == [0.5, 2])
        #expect((2 ** Tensor([1.0, 3], shape: [2])).array(of: Float.self) == [2, 8])
        #expect(((x .> 0) .& (x .< 1) .| .!(x .!= -1)).array(of: Bool.self) == [true, true])
    }

    /// What an update gives lies in memory as what the operator gives, whoever looks: sums of it add up in one order.
    @Test func updatesLieAsResultsDo() {
        func channelsLast(_ shape: Shape) -> Tensor {
            Tensor.uniform(shape.map { $0 }, using: RandomGenerator(seed: 1)).inChannelsLast()
        }
        let shape = [2, 3, 4, 5]
        let row = Tensor.uniform([2, 3, 1, 1], using: RandomGenerator(seed: 2))
        let starts: [Tensor] = [
            row.broadcast(to: shape), channelsLast(shape), .uniform(shape),
            Tensor.uniform([2, 6, 4, 5]).narrow(axis: 1, start: 2, count: 3),
            channelsLast([2, 6, 4, 5]).narrow(axis: 1, start: 1, count: 3),
        ]
        for (index, start) in starts.enumerated() {
            for other in starts {
                let expected = start + other
                var found = start
                found += other
                #expect(found.layout.strides == expected.layout.strides, "\(index)")
                #expect(found.array(of: Float.self) == expected.array(of: Float.self))
            }
            var doubled = start
            doubled *= 2
            #expect(doubled.layout.strides == (start * 2).layout.strides, "\(index)")
        }
    }

    @Test func updatesInPlaceDoNotReachCopies() {
        var a = Tensor([1.0, 2, 3, 4], shape: [2, 2])
        let b = a
        let column = a.transpose()
        a += 1
        a *= Tensor([10.0, 20], shape: [2])
        a -= 1
        a /= 2
        #expect(a.array(of: Float.self) == [9.5, 29.5, 19.5, 49.5])
        #expect(b.array(of: Float.self) == [1, 2, 3, 4])
        #expect(column.array(of: Float.self) == [1, 3, 2, 4])
        a += a
        #expect(a.array(of: Float.self) == [19, 59, 39, 99])
    }

    @Test func updatesHappenInPlaceWhereNobodyElseLooks() {
        var a = Tensor([1.0, 2, 3, 4], shape: [2, 2])
        let address = a.base
        a += 1
        a *= Tensor([1.0, 2], shape: [2])
        a %= 3
        #expect(a.base == address)
        #expect(a.array(of: Float.self) == [2, 0, 1, 1])
        var bits = Tensor([6, 5], shape: [2])
        bits &= 3
        bits <<= 2
        bits |= 1
        #expect(bits.array(of: Int.self) == [9, 5])
    }

    @Test func updatesKeepTheTypeAndTheHistory() {
        var half = Tensor.ones([2], dtype: .bfloat16)
        half *= 3
        half += Tensor([1.0, 2], shape: [2])
        #expect(half.dtype == .bfloat16)
        #expect(half.array(of: Float.self) == [4, 5])
        let x = Tensor([2.0], shape: [1]).requiringGradient()
        var y = x * 1
        y *= x
        y += 5
        #expect(gradient(of: y.sum(), at: x).item(as: Float.self) == 4)
        var leaf = Tensor([2.0], shape: [1]).requiringGradient()
        withoutGradient { leaf -= 0.5 }
        #expect(leaf.isLeaf && leaf.requiresGradient)
        #expect(leaf.item(as: Float.self) == 1.5)
    }

    /// Rows, columns and channels take drivers of their own; all must equal plain arithmetic.
    @Test(arguments: [
        ([7, 5], [5]), ([7, 5], [1, 5]), ([7, 33], [7, 1]), ([3, 1500], [1500]), ([3, 700], [700]),
        ([2, 3, 40], [3, 1]), ([2, 3, 40], [2, 1, 40]), ([2, 3, 4, 5], [4, 1]), ([2, 3, 4, 5], [3, 1, 5]),
        ([4, 9, 20], []), ([400, 50], [50]), ([50, 400], [50, 1]), ([2, 3, 4, 5, 6], [3, 1, 5, 1]),
        ([1, 3, 1], [1]), ([0, 3], [3]), ([3, 0], [3, 1]), ([5, 1, 17], [17]), ([20_000, 3], [3]),
    ])
    func broadcastingEqualsPlainLoops(_ larger: Shape, _ smaller: Shape) {
        let a = Tensor((0..<larger.elementCount).map { Double($0) * 0.5 }, shape: larger, dtype: .float64)
        let b = Tensor((0..<smaller.elementCount).map { Double($0 + 1) }, shape: smaller, dtype: .float64)
        let broadcast = b.broadcast(to: larger).detachedContiguous().array(of: Double.self)
        let expected = zip(a.array(of: Double.self), broadcast).map { $0 - $1 }
        #expect((a - b).array(of: Double.self) == expected)
        #expect((b - a).array(of: Double.self) == expected.map { -$0 })
        #expect((a - b).shape == larger)
        var c = a
        c -= b
        #expect(c.array(of: Double.self) == expected)
        #expect((a.to(.bfloat16) - b.to(.bfloat16)).shape == larger)
        #expect((a .< b).array(of: Bool.self) == expected.map { $0 < 0 })
    }

    @Test func resultsDoNotDependOnTheNumberOfThreads() {
        let a = Tensor((0..<300_000).map { Double($0 % 991) / 100 - 4 }, shape: [300, 1000])
        let row = Tensor((0..<1000).map { Double($0) }, shape: [1000])
        let column = Tensor((0..<300).map { Double($0) }, shape: [300, 1])
        func all() -> [[Float]] {
            [a + row, a * column, a.gelu(), a.tanh() + 0.1, a.transpose() + row.reshape([1000, 1])].map {
                $0.array()
            }
        }
        let one = withThreads(1) { all() }
        #expect(withThreads(2) { all() } == one)
    }

    @Test func onlyWhatTheGradientNeedsIsSaved() {
        let x = Tensor.ones([4]).requiringGradient()
        var input = x + 1.5
        let scaled = input * 0.5
        #expect(scaled.requiresGradient && scaled.node?.kept == [])
        #expect(isKnownUniquelyReferenced(&input.storage))
        let constant = Tensor.ones([4])
        let product = input * constant
        #expect(product.node?.kept == .input(1))
        #expect(isKnownUniquelyReferenced(&input.storage))
        let root = input.sqrt()
        #expect(root.node?.kept == .output)
        #expect(isKnownUniquelyReferenced(&input.storage))
        let square = input.square()
        #expect(square.requiresGradient && !isKnownUniquelyReferenced(&input.storage))
    }
}
