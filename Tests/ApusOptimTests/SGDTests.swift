import Apus
import ApusNN
import ApusOptim
import Testing

@Suite struct SGDTests {
    @Test(
        arguments: [DType.float32, .float64],
        [(0.0, false, 0.0), (0.9, false, 0.1), (0.8, true, 0.0), (0.9, true, 0.2)])
    func stepsFollowTheFormula(_ dtype: DType, _ setting: (momentum: Double, nesterov: Bool, decay: Double)) {
        let starts = [1.5, -2.0, 0.25]
        let parameter = Parameter(Tensor(starts, shape: [3], dtype: dtype))
        let optimizer = SGD(
            [parameter], learningRate: 0.02, momentum: setting.momentum, nesterov: setting.nesterov,
            weightDecay: setting.decay)
        var (expected, velocities) = (starts, [0.0, 0.0, 0.0])
        for _ in 0..<20 {
            optimizer.zeroGradients()
            // The gradient of p⁴/4 is p³.
            let p = parameter.value
            (p * p * p * p * 0.25).sum().backward()
            optimizer.step()
            for i in starts.indices {
                let gradient = expected[i] * expected[i] * expected[i] + setting.decay * expected[i]
                velocities[i] = setting.momentum * velocities[i] + gradient
                let ahead = gradient + setting.momentum * velocities[i]
                expected[i] -= 0.02 * (setting.nesterov ? ahead : velocities[i])
            }
        }
        for (value, wanted) in zip(parameter.value.array(of: Double.self), expected) {
            #expect((value - wanted).magnitude < (dtype == .float64 ? 1e-12 : 1e-5))
        }
    }

    /// A complex parameter moves as its two parts would.
    @Test(arguments: [true, false])
    func complexParametersAreTwoRealOnes(_ usesAdam: Bool) {
        func optimizer(_ parameters: [Parameter]) -> any Optimizer {
            usesAdam
                ? Adam(parameters, learningRate: 0.05, weightDecay: 0.1)
                : SGD(parameters, learningRate: 0.05, momentum: 0.9, weightDecay: 0.1)
        }
        let parts = Tensor([0.5, -1, 2, 0.25, -0.75, 1.5], shape: [3, 2])
        let (z, pair) = (Parameter(parts.viewAsComplex()), Parameter(parts))
        let (ofNumber, ofParts) = (optimizer([z]), optimizer([pair]))
        for _ in 0..<10 {
            ofNumber.zeroGradients()
            z.value.abs().square().sum().backward()
            ofNumber.step()
            ofParts.zeroGradients()
            pair.value.square().sum().backward()
            ofParts.step()
        }
        let found = z.value.viewAsReal().array(of: Float.self)
        for (a, b) in zip(found, pair.value.array(of: Float.self)) { #expect(abs(a - b) < 1e-5) }
        #expect(found != parts.array(of: Float.self))
    }

    @Test func stateGoesOnWhereItStopped() throws {
        func train(_ parameter: Parameter, _ optimizer: SGD, _ steps: Int) {
            for _ in 0..<steps {
                optimizer.zeroGradients()
                (parameter.value * parameter.value).sum().backward()
                optimizer.step()
            }
        }
        func optimizer(_ parameter: Parameter) -> SGD {
            SGD([parameter], learningRate: 0.1, momentum: 0.9)
        }
        let whole = Parameter(Tensor([1.0, 2], shape: [2]))
        train(whole, optimizer(whole), 10)
        let first = Parameter(Tensor([1.0, 2], shape: [2]))
        let half = optimizer(first)
        train(first, half, 4)
        let second = Parameter(first.value)
        let rest = optimizer(second)
        try rest.load(half.stateDictionary())
        train(second, rest, 6)
        #expect(second.value.array(of: Float.self) == whole.value.array(of: Float.self))
        #expect(throws: StateMismatch.self) { try rest.load([:]) }
    }
}
