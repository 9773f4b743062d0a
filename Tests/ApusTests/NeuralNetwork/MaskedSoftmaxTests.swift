import Testing
import _ApusTestSupport

@testable import Apus

/// Softmax of what a mask lets take part, against the softmax of those elements alone.
@Suite struct MaskedSoftmaxTests {
    static let dtypes: [DType] = [.float32, .float64, .float16, .bfloat16]

    private static func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
        Tensor.normal(shape, using: RandomGenerator(seed: seed)).to(.float64)
    }

    /// In other operations; what is beside the mask must be finite there.
    private static func plain(_ x: Tensor, _ mask: Tensor, _ axis: Int) -> Tensor {
        let part = Tensor.where(mask, x, -1000).exp() * mask.to(x.dtype)
        let sum = part.sum(axis: axis, keepDims: true)
        return part / sum.maskedFill(sum .== 0, 1)
    }

    private static func results(_ x: Tensor, _ body: (Tensor) -> Tensor) -> [Tensor] {
        let leaf = x.detach().requiringGradient()
        let y = body(leaf)
        let upstream = random(y.shape, 9).to(y.dtype)
        let first = gradient(of: y, at: leaf, upstream: upstream, createGraph: true)
        return [y.detach(), first.detach(), gradient(of: (first * first).sum(), at: leaf)]
    }

    /// The mask's shape, and the axis: whole, and broadcast along each axis; short rows, long ones and columns.
    @Test(
        arguments: [
            ([5, 6, 7], [5, 6, 7], 2), ([5, 6, 40], [5, 6, 40], -1), ([5, 6, 40], [40], 2),
            ([5, 6, 40], [6, 1], 2),
            ([5, 40, 6], [5, 1, 6], 1), ([30, 4], [1], 0), ([3, 2, 2, 33], [3, 1, 1, 33], 3),
            ([20, 3], [20, 1], 0),
        ] as [(Shape, Shape, Int)])
    func theyEqualOtherOperations(_ shape: Shape, _ maskShape: Shape, _ axis: Int) {
        let x = Self.random(shape, 1)
        let mask = Self.random(maskShape, 2) .> 0
        let wanted = Self.results(x) { Self.plain($0, mask, axis) }
        for dtype in Self.dtypes {
            let tolerance = dtype.tolerance
            let found = Self.results(x.to(dtype)) { $0.softmax(axis: axis, mask: mask) }
            for (index, (a, b)) in zip(found, wanted).enumerated() where index == 0 || !dtype.isHalf {
                let problem = difference(
                    a.to(.float64), b, relative: 10 * tolerance.relative, absolute: 10 * tolerance.absolute)
                #expect(problem == nil, "\(index) in \(dtype): \(problem ?? "")")
            }
            for tensor in found {
                #expect(tensor.dtype == dtype && tensor.isFinite().all().item(as: Bool.self))
            }
        }
    }

    @Test func whatEverythingTakesPartInIsTheSoftmax() {
        let x = Self.random([7, 50], 1)
        let all = Tensor.ones([50], dtype: .bool)
        #expect(x.softmax(mask: all).array(of: Double.self) == x.softmax().array(of: Double.self))
        let none = Tensor.full([2, 50], -Double.infinity)
        #expect(none.softmax(mask: all).isNaN().all().item(as: Bool.self))
    }

    @Test(arguments: [5, 40], [Double.nan, .infinity, -.infinity, 1e300])
    func whatIsLeftOutChangesNothing(_ length: Int, _ value: Double) {
        let mask = Self.random([6, length], 2) .> 0.2
        let x = Self.random([6, length], 1)
        let wanted = Self.results(x) { $0.softmax(mask: mask) }
        let spoilt = Tensor.where(mask, x, value)
        for (found, wanted) in zip(Self.results(spoilt) { $0.softmax(mask: mask) }, wanted) {
            #expect(found.array(of: Double.self) == wanted.array(of: Double.self))
        }
        // And so do gradients of what is left out.
        let leaf = x.requiringGradient()
        let upstream = Self.random([6, length], 9)
        let found = gradient(
            of: leaf.softmax(mask: mask), at: leaf, upstream: Tensor.where(mask, upstream, value))
        #expect(found.array(of: Double.self) == wanted[1].array(of: Double.self))
    }

    @Test(arguments: dtypes, [4, 64])
    func aRowOfWhichNothingTakesPartIsZero(_ dtype: DType, _ length: Int) {
        let mask = Tensor.arange(3).reshape([3, 1]) .!= 1
        let found = Self.results(Self.random([3, length], 1).to(dtype)) { $0.softmax(mask: mask) }
        for tensor in found {
            #expect(tensor[1].to(.float64).array(of: Double.self).allSatisfy { $0 == 0 })
            #expect(tensor.isFinite().all().item(as: Bool.self))
        }
        let none = Tensor.zeros([], dtype: .bool)
        let all = Self.results(Self.random([3, length], 1).to(dtype)) { $0.softmax(axis: 0, mask: none) }
        #expect(all.allSatisfy { $0.to(.float64).array(of: Double.self).allSatisfy { $0 == 0 } })
    }

    /// A gradient that is not finite where something takes part stays out of what does not.
    @Test func gradientsOfWhatIsLeftOutAreZero() {
        let leaf = Tensor.zeros([4]).requiringGradient()
        let mask = Tensor([true, true, false, false])
        let found = gradient(
            of: leaf.softmax(mask: mask), at: leaf, upstream: Tensor([Float.infinity, 1, 1, 1]))
        #expect(found.array(of: Float.self)[2...].allSatisfy { $0 == 0 })
    }

    @Test func stridesAndTypesChangeNothing() {
        let x = Self.random([8, 9], 1)
        let mask = Self.random([9, 8], 2) .> 0
        let wanted = x.softmax(axis: 0, mask: mask.transpose().contiguous())
        let turned = x.transpose().contiguous().transpose().softmax(axis: 0, mask: mask.transpose())
        #expect(turned.array(of: Double.self) == wanted.array(of: Double.self))
        let wide = Self.random([1, 9], 3)
        let broadcast = wide.broadcast(to: [8, 9]).softmax(mask: mask.transpose())
        #expect(
            broadcast.array(of: Double.self)
                == wide.broadcast(to: [8, 9]).contiguous().softmax(mask: mask.transpose()).array(
                    of: Double.self))
        let whole = Tensor([1, 2, 3]).softmax(mask: Tensor([true, false, true]))
        #expect(whole.dtype == .float32 && whole.array(of: Float.self)[1] == 0)
    }

    @Test func nothingAndScalarsAreFine() {
        #expect(Tensor.zeros([0, 3]).softmax(axis: 0, mask: .ones([3], dtype: .bool)).shape == [0, 3])
        #expect(Tensor.zeros([3, 0]).softmax(mask: .ones([3, 1], dtype: .bool)).shape == [3, 0])
        for takesPart in [true, false] {
            let leaf = Tensor(2.5).requiringGradient()
            let y = leaf.softmax(mask: Tensor(takesPart))
            #expect(y.shape == [] && y.item(as: Float.self) == (takesPart ? 1 : 0))
            #expect(gradient(of: y, at: leaf).item(as: Float.self) == 0)
        }
    }

    @Test func masksThatDoNotFitStopByName() async {
        await #expect(processExitsWith: .failure) {
            _ = Tensor.zeros([3, 2]).softmax(mask: Tensor.ones([3], dtype: .bool))
        }
        await #expect(processExitsWith: .failure) {
            _ = Tensor.zeros([3, 2]).softmax(mask: Tensor.ones([4, 3, 2], dtype: .bool))
        }
        await #expect(processExitsWith: .failure) {
            _ = Tensor.zeros([3, 2]).softmax(mask: Tensor.ones([3, 2]))
        }
    }
}
