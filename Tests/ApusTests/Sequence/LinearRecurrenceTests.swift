import Apus
import Testing
import _ApusTestSupport

/// What samples cannot show of linear recurrences: lengths, layouts, threads, carried states, silence.
@Suite struct LinearRecurrenceTests {
    private static func numbers(_ shape: Shape, _ seed: UInt64, _ dtype: DType = .float64) -> Tensor {
        if dtype.isComplex {
            return .normal(shape, dtype: .complex64, using: RandomGenerator(seed: seed)).to(dtype)
        }
        return .uniform(shape, low: -1, high: 1, using: RandomGenerator(seed: seed)).to(dtype)
    }

    /// A step after the other, of time along axis 1.
    private static func loop(_ a: Tensor, _ x: Tensor, _ initial: Tensor?, reversed: Bool) -> Tensor {
        let decays = a.broadcast(to: x.shape).unbind(axis: 1)
        let values = x.unbind(axis: 1)
        var state = initial ?? .zeros(values[0].shape, dtype: x.dtype)
        var states: [Tensor] = []
        for time in reversed ? Array(values.indices.reversed()) : Array(values.indices) {
            state = decays[time] * state + values[time]
            states.append(state)
        }
        return .stack(reversed ? states.reversed() : states, axis: 1)
    }

    /// Channels beside time and none, those that fill no tile and several, one sequence and many, one decay and one a step.
    @Test(arguments: [[1, 1, 1], [3, 2, 1], [20, 7, 3], [2, 33, 700], [1, 9, 256]], [false, true])
    func theyEqualALoop(_ shape: Shape, _ reversed: Bool) {
        for dtype in [DType.float64, .complex128] {
            for decayShape in [[shape[2]], [1, shape[1], 1], [shape[0], 1, shape[2]], shape] {
                func run(_ body: (Tensor, Tensor, Tensor) -> Tensor) -> [Tensor] {
                    let a = (Self.numbers(decayShape, 1, dtype) * 0.9).detach().requiringGradient()
                    let x = Self.numbers(shape, 2, dtype).requiringGradient()
                    let initial = Self.numbers([shape[0], shape[2]], 3, dtype).requiringGradient()
                    let y = body(a, x, initial)
                    y.backward(Self.numbers(shape, 4, dtype))
                    return [y.detach(), a.grad!, x.grad!, initial.grad!]
                }
                let found = run { $1.linearRecurrence(decay: $0, initial: $2, reversed: reversed) }
                let wanted = run { Self.loop($0, $1, $2, reversed: reversed) }
                for (a, b) in zip(found, wanted) {
                    #expect(difference(a, b, relative: 1e-12, absolute: 1e-12) == nil, "\(decayShape)")
                }
            }
        }
    }

    @Test func aSequenceGoesOnFromAState() {
        let (a, x) = (Self.numbers([2, 9, 5], 1), Self.numbers([2, 9, 5], 2))
        let whole = x.linearRecurrence(decay: a)
        let first = x.narrow(axis: 1, start: 0, count: 4)
            .linearRecurrence(decay: a.narrow(axis: 1, start: 0, count: 4))
        let second = x.narrow(axis: 1, start: 4, count: 5).linearRecurrence(
            decay: a.narrow(axis: 1, start: 4, count: 5),
            initial: first.narrow(axis: 1, start: 3, count: 1).squeeze(axis: 1))
        let joined = Tensor.cat([first, second], axis: 1)
        #expect(joined.array(of: Double.self) == whole.array(of: Double.self))
    }

    @Test func noStepsGiveNone() {
        let x = Tensor.zeros([2, 0, 3]).requiringGradient()
        let a = Tensor.ones([3]).requiringGradient()
        let initial = Tensor.ones([2, 3]).requiringGradient()
        let y = x.linearRecurrence(decay: a, initial: initial)
        #expect(y.shape == [2, 0, 3])
        y.sum().backward()
        #expect(a.grad!.array(of: Float.self) == [0, 0, 0])
        #expect(x.grad!.shape == [2, 0, 3])
    }

    @Test func threadsChangeNothing() {
        let (a, x) = (Self.numbers([300], 1, .float32), Self.numbers([3, 50, 300], 2, .float32))
        let results = [1, 2, 3].map { threads in
            withThreads(threads) { x.linearRecurrence(decay: a).array(of: Float.self) }
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }

    /// A state that decays below the smallest normal number is zero from then on.
    @Test func silenceIsZero() {
        let x = Tensor.zeros([1, 5000, 4])
        let y = x.linearRecurrence(decay: Tensor.full([4], 0.9), initial: .ones([1, 4]))
        #expect(y.narrow(axis: 1, start: 4999, count: 1).array(of: Float.self) == [0, 0, 0, 0])
        #expect(y.array(of: Float.self).allSatisfy { $0 == 0 || $0.isNormal })
    }

    @Test func theGradientHasAGradient() {
        let a = (Self.numbers([2, 4, 3], 1) * 0.9).detach().requiringGradient()
        let x = Self.numbers([2, 4, 3], 2).requiringGradient()
        func second(_ y: Tensor) -> [Double] {
            let first = gradient(of: (y * y).sum(), at: a, createGraph: true)
            return gradient(of: (first * first).sum(), at: x).array(of: Double.self)
        }
        let (found, wanted) = (
            second(x.linearRecurrence(decay: a)), second(Self.loop(a, x, nil, reversed: false))
        )
        #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-10 * (1 + abs($1)) })
    }
}
