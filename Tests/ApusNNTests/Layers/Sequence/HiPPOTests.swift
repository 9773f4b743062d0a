import Apus
import ApusNN
import Foundation
import Testing
import _ApusTestSupport

/// Numbers of LegS and LMU were measured in NumPy.
@Suite struct HiPPOTests {
    private static let times = (1...1000).map { (Double($0) - 0.5) / 1000 }
    private static let signal = Tensor(
        times.map { sin(6 * .pi * $0) + 0.5 * cos(14 * .pi * $0) }, shape: [1000], dtype: .float64)

    private static func error(_ found: Tensor, _ expected: Tensor) -> Double {
        (found - expected).square().mean().item(as: Double.self)
    }

    private static func isNear(_ found: Double, _ expected: Double, _ relative: Double = 0.006) -> Bool {
        abs(found / expected - 1) < relative
    }

    @Test(arguments: [
        (16, Discretization.bilinear, 8.37e-2), (16, .zeroOrderHold, 8.37e-2), (16, .backward, 8.45e-2),
        (16, .forward, 8.45e-2), (32, .bilinear, 9.41e-5), (32, .zeroOrderHold, 1.75e-8),
        (32, .backward, 3.88e-3),
        (32, .forward, 5.42e-3), (64, .bilinear, 1.18e-4), (64, .zeroOrderHold, 9.7e-9),
        (64, .backward, 3.89e-3),
        (64, .forward, 5.42e-3),
    ])
    func legSRemembersAsWell(_ size: Int, _ method: Discretization, _ expected: Double) {
        let hippo = HiPPO(.legS, size: size)
        let again = hippo.reconstruction(hippo.coefficients(of: Self.signal, by: method), at: Self.times)
        let found = Self.error(again, Self.signal)
        #expect(Self.isNear(found, expected), "\(size) \(method): \(found), expected \(expected)")
    }

    @Test(arguments: [(8, 8.06e-3), (16, 1.73e-7)])
    func aWindowIsRemembered(_ size: Int, _ expected: Double) {
        for measure in [HiPPO.Measure.lmu, .legT] {
            let hippo = HiPPO(measure, size: size)
            let points = (0..<300).map { (Double($0) + 0.5) / 300 }
            let again = hippo.reconstruction(hippo.coefficients(of: Self.signal, window: 300), at: points)
            let found = Self.error(again, Self.signal.narrow(axis: 0, start: 700, count: 300))
            #expect(Self.isNear(found, expected), "\(measure) \(size): \(found), expected \(expected)")
        }
    }

    /// The sums of N steps are products with the matrices.
    @Test(arguments: Discretization.allCases)
    func sumsAreTheMatrices(_ method: Discretization) {
        let size = 12
        let hippo = HiPPO(.legS, size: size)
        var memory = HiPPOMemory(hippo, by: method, dtype: .float64)
        var (c, scale) = (Tensor.zeros([size], dtype: .float64), 1.0)
        for k in 1...40 {
            let u = Self.signal[k * 17]
            memory.remember(u)
            if method == .zeroOrderHold {
                // t grows by the factor k/(k − 1), and ċ is constant in ln t; at first all that was is u.
                if k == 1 {
                    c = Tensor.eye(size, dtype: .float64)[0] * u
                } else {
                    let step = method.matrices(hippo.a, hippo.b, step: log(Double(k) / Double(k - 1)))
                    c = c.linear(step.a) + step.b * u
                }
            } else {
                let step = method.matrices(hippo.a, hippo.b, step: 1 / Double(k))
                c = c.linear(step.a) + step.b * u
            }
            // Early forward steps are large, and rounding is in units of them.
            scale = max(scale, c.abs().max().item(as: Double.self))
            expectClose(memory.coefficients / scale, c / scale, "\(method) \(k)", relative: 1e-11)
        }
        #expect(memory.samples == 40)
    }

    @Test func aSignalOfHalfTheSpeedIsTheSame() {
        let hippo = HiPPO(.legS, size: 16)
        let slow = Self.signal.repeatInterleave(2, axis: 0)
        func distance(_ method: Discretization) -> Double {
            (hippo.coefficients(of: slow, by: method) - hippo.coefficients(of: Self.signal, by: method)).abs()
                .max()
                .item(as: Double.self)
        }
        #expect(distance(.zeroOrderHold) < 5e-13, "\(distance(.zeroOrderHold))")
        #expect(Self.isNear(distance(.bilinear), 1.6e-3, 0.05), "\(distance(.bilinear))")
    }

    @Test func aRampHasTwoCoefficients() {
        let ramp = Tensor((1...4000).map { (Double($0) - 0.5) / 4000 }, shape: [4000], dtype: .float64)
        let c = HiPPO(.legS, size: 6).coefficients(of: ramp, by: .zeroOrderHold)
        let expected = Tensor([0.5, 0.5 / 3.0.squareRoot(), 0, 0, 0, 0], shape: [6], dtype: .float64)
        let problem = difference(c, expected, relative: 0, absolute: 2e-4)
        #expect(problem == nil, "\(problem ?? "")")
    }

    @Test(arguments: Discretization.allCases.filter { $0 != .forward })
    func manyNumbersStayFinite(_ method: Discretization) {
        let hippo = HiPPO(.legS, size: 256)
        let c = hippo.coefficients(of: Self.signal.to(.float32), by: method)
        let again = hippo.reconstruction(c, at: Self.times).to(.float64)
        let wide = hippo.reconstruction(hippo.coefficients(of: Self.signal, by: method), at: Self.times)
        #expect(Self.error(again, wide) < 1e-9, "\(method): \(Self.error(again, wide))")
        #expect(Self.error(again, Self.signal) < 5e-3)
    }

    @Test func aDecayIsRemembered() {
        // The response to one impulse of LagT's n-th state is Laguerre's function e^(−τ/2)·Lₙ(τ).
        let window = 2000.0
        var signal = Tensor.zeros([4000], dtype: .float64)
        signal[0] = Tensor.full([], window, dtype: .float64)
        let c = HiPPO(.lagT, size: 3).coefficients(of: signal, window: window).array(of: Double.self)
        let t = 3999.5 / window
        for (found, expected) in zip(c, [1, 1 - t, 1 - 2 * t + t * t / 2].map { $0 * exp(-t / 2) }) {
            #expect(abs(found - expected) < 1e-5)
        }
    }

    @Test func signalsAreRememberedSideBySide() {
        let both = Tensor.stack([Self.signal, Self.signal * 2])
        let hippo = HiPPO(.legS, size: 8)
        let c = hippo.coefficients(of: both)
        expectClose(c[1], hippo.coefficients(of: Self.signal) * 2)
        let x = Self.signal.narrow(axis: 0, start: 0, count: 20).detach().requiringGradient()
        hippo.coefficients(of: x, by: .backward).sum().backward()
        #expect(x.grad!.abs().min().item(as: Double.self) > 0)
    }

    @Test func whatCannotBeStops() async {
        let window = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = HiPPOMemory(HiPPO(.lmu, size: 4))
        }
        #expect(message(window).contains("HiPPOMemory: lmu with a window of nil"))
        let points = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = HiPPO(.legS, size: 4).reconstruction(.ones([3]), at: [1])
        }
        #expect(message(points).contains("HiPPO: coefficients of shape [3], where [.., 4] is wanted"))
        let size = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = HiPPO(.legS, size: 0)
        }
        #expect(message(size).contains("HiPPO: a state of 0 numbers"))
    }
}
