import Apus
import ApusNN
import ApusOptim
import Testing

@Suite struct AdamTests {
    /// Algorithm 1 of the paper, one number at a time.
    static func reference(_ start: Double, steps: Int, weightDecay: Double, gradient: (Double) -> Double)
        -> Double
    {
        var (p, m, v) = (start, 0.0, 0.0)
        var (power1, power2) = (1.0, 1.0)
        for _ in 0..<steps {
            let g = gradient(p) + weightDecay * p
            m = 0.9 * m + 0.1 * g
            v = 0.999 * v + 0.001 * g * g
            power1 *= 0.9
            power2 *= 0.999
            p -= 0.05 * (m / (1 - power1)) / ((v / (1 - power2)).squareRoot() + 1e-8)
        }
        return p
    }

    @Test(arguments: [DType.float32, .float64], [0.0, 0.1])
    func stepsAreThePapers(_ dtype: DType, _ weightDecay: Double) {
        let starts = [1.5, -2.0, 0.25]
        let parameter = Parameter(Tensor(starts, shape: [3], dtype: dtype))
        let adam = Adam([parameter], learningRate: 0.05, weightDecay: weightDecay)
        for _ in 0..<25 {
            adam.zeroGradients()
            // The gradient of p⁴/4 is p³.
            let p = parameter.value
            (p * p * p * p * 0.25).sum().backward()
            adam.step()
        }
        let found = parameter.value.array(of: Double.self)
        for (start, value) in zip(starts, found) {
            let expected = AdamTests.reference(start, steps: 25, weightDecay: weightDecay) { $0 * $0 * $0 }
            #expect((value - expected).magnitude < (dtype == .float64 ? 1e-12 : 1e-5))
        }
    }

    /// The bias correction is that of the parameter's own steps.
    @Test func aParameterWhoseGradientComesLateMovesAsOneByItself() {
        let (early, late, alone) = (Parameter(.ones([2])), Parameter(.ones([2])), Parameter(.ones([2])))
        let both = Adam([early, late], learningRate: 0.1)
        let single = Adam([alone], learningRate: 0.1)
        for step in 0..<12 {
            both.zeroGradients()
            single.zeroGradients()
            (early.value * early.value).sum().backward()
            // Without a gradient in step 9, too.
            if step >= 5 && step != 9 {
                for parameter in [late, alone] { (parameter.value * parameter.value).sum().backward() }
                single.step()
            }
            both.step()
            if step == 5 { #expect(abs(late.value.array(of: Float.self)[0] - 0.9) < 1e-6) }
        }
        #expect(late.value.array(of: Float.self) == alone.value.array(of: Float.self))
        #expect(both.stateDictionary()["step"]!.array(of: Int.self) == [12, 6])
        #expect(both.stepCount == 12)
    }

    /// They had one number of steps for all parameters.
    @Test func statesOfBeforeAreLoaded() throws {
        let parameters = [Parameter(.ones([2])), Parameter(.ones([3]))]
        func step(_ adam: Adam) {
            for parameter in parameters { parameter.grad = parameter.value.detach() * 0.5 }
            adam.step()
        }
        let first = Adam(parameters, learningRate: 0.1)
        for _ in 0..<3 { step(first) }
        var state = first.stateDictionary()
        let kept = parameters.map { $0.value.detach() }
        step(first)
        let expected = parameters.map { $0.value.array(of: Float.self) }
        state["step"] = Tensor(3)
        for (parameter, value) in zip(parameters, kept) { parameter.value = value }
        let second = Adam(parameters, learningRate: 0.1)
        try second.load(state)
        step(second)
        #expect(parameters.map { $0.value.array(of: Float.self) } == expected)
        #expect(second.stateDictionary()["step"]!.array(of: Int.self) == [4, 4])
    }
}
