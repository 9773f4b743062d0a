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
}
