import Apus
import ApusNN
import Foundation
import Testing
import _ApusTestSupport

@Suite struct S4DTests {
    static let forms: [SequenceForm] = [.convolution, .recurrent]

    private static func layer(
        _ dtype: DType = .float64, _ initialization: S4DInitialization = .lin, states: Int = 8
    ) -> S4D {
        S4D(
            3, states: states, initialization: initialization, dtype: dtype, using: RandomGenerator(seed: 3))
    }

    private static func input(_ dtype: DType, _ length: Int) -> Tensor {
        .normal([2, length, 3], dtype: dtype, using: RandomGenerator(seed: 4))
    }

    /// N = 64.
    @Test func theEigenvaluesAreTheKnown() {
        func frequencies(_ initialization: S4DInitialization) -> [Double] {
            S4DKernel(1, initialization: initialization, dtype: .float64).frequency.value.array(
                of: Double.self)
        }
        let (inv, legS, lin) = (frequencies(.inv), frequencies(.legS), frequencies(.lin))
        for (found, expected) in [
            (inv[0], 1283.425), (inv[1], 414.227), (inv[31], 0.3234), (legS[0], 1303.274), (legS[1], 433.031),
            (legS[31], 0.2639), (lin[31], 31 * .pi),
        ] {
            #expect(abs(found / expected - 1) < 2e-4, "\(found), expected \(expected)")
        }
        let real = S4DKernel(1, states: 6, initialization: .real, dtype: .float64)
        expectClose(real.logDecay.value.exp(), Tensor([1, 2, 3], shape: [1, 3], dtype: .float64))
        expectClose(real.frequency.value, .zeros([1, 3], dtype: .float64))
    }

    /// Kernel and gradients from √length exponentials against those from all of them.
    @Test(arguments: [1, 2, 7, 16, 50])
    func theKernelIsTheSumOfItsModes(_ length: Int) {
        let kernel = Self.layer().kernel
        func plain() -> Tensor {
            let a = Tensor.complex(real: -kernel.logDecay.value.exp(), imaginary: kernel.frequency.value)
            let exponents = kernel.logStep.value.exp().unsqueeze(-1) * a
            let c = kernel.output.value.viewAsComplex() * exponents.expm1() / a
            let times = Tensor.arange(0, length).to(.float64)
            return ((exponents.unsqueeze(-1) * times).exp() * c.unsqueeze(-1)).sum(axis: 1).real * 2
        }
        expectClose(kernel(length: length), plain(), relative: 1e-12)
        let upstream = Tensor.normal([3, length], dtype: .float64, using: RandomGenerator(seed: 5))
        let parameters = kernel.parameters().map(\.value)
        let found = gradient(of: kernel(length: length), at: parameters, upstream: upstream)
        let expected = gradient(of: plain(), at: parameters, upstream: upstream)
        for (x, y) in zip(found, expected) { expectClose(x, y, relative: 1e-10) }
    }

    @Test(arguments: S4DInitialization.allCases)
    func aConvolutionIsARecurrence(_ initialization: S4DInitialization) {
        for (dtype, tolerance) in [(DType.float64, 1e-10), (.float32, 1e-4)] {
            let layer = Self.layer(dtype, initialization, states: 16)
            let x = Self.input(dtype, 200)
            layer.form = .convolution
            let y = layer(x)
            layer.form = .recurrent
            expectClose(layer(x), y, "\(dtype)", relative: tolerance)
            var state = layer.initialState(batch: 2)
            for time in 0..<200 {
                let step = layer.step(x[0..., time], &state)
                expectClose(step, y[0..., time], "\(dtype) \(time)", relative: tolerance)
            }
            for form in Self.forms {
                layer.form = form
                var whole = layer.initialState(batch: 2)
                _ = layer.advance(x, &whole)
                expectClose(
                    whole.memory.viewAsReal(), state.memory.viewAsReal(), "\(form)",
                    relative: tolerance)
            }
        }
    }

    @Test(arguments: forms)
    func aSequenceGoesOn(_ form: SequenceForm) {
        let layer = Self.layer()
        layer.form = form
        let x = Self.input(.float64, 31)
        var (whole, state) = (layer.initialState(batch: 2), layer.initialState(batch: 2))
        let y = layer.advance(x, &whole)
        expectClose(y, layer(x), relative: 1e-13)
        let parts = x.split(sizes: [1, 17, 13], axis: 1).map { layer.advance($0, &state) }
        expectClose(Tensor.cat(parts, axis: 1), y, relative: 1e-13)
        expectClose(state.memory.viewAsReal(), whole.memory.viewAsReal(), relative: 1e-13)
    }

    @Test func bothFormsHaveTheSameGradients() {
        let layer = Self.layer()
        let x = Self.input(.float64, 20)
        let upstream = Tensor.normal(x.shape, dtype: .float64, using: RandomGenerator(seed: 6))
        let gradients = Self.forms.map { form in
            layer.form = form
            return gradient(of: layer(x), at: layer.parameters().map(\.value), upstream: upstream)
        }
        for (x, y) in zip(gradients[0], gradients[1]) { expectClose(x, y, relative: 1e-9) }
    }

    /// Dropout takes a channel at all times or at none.
    @Test func namesAndShapesAreTheAuthors() {
        let layer = S4D(4, states: 6, dropout: 0.5)
        let shapes = layer.stateDictionary().mapValues(\.shape)
        #expect(
            shapes == [
                "D": [4], "kernel.C": [4, 3, 2], "kernel.log_dt": [4], "kernel.log_A_real": [4, 3],
                "kernel.A_imag": [4, 3], "output_linear.0.weight": [8, 4, 1], "output_linear.0.bias": [8],
            ])
        #expect(S4D(4, dtype: .float64)(Tensor.ones([1, 3, 4])).dtype == .float64)
    }

    @Test func whatCannotBeStops() async {
        let odd = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = S4D(3, states: 5)
        }
        #expect(message(odd).contains("S4D: 3 channels of 5 states: 1 or more of an even number"))
        let shape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = S4D(3, states: 4)(Tensor.ones([2, 3, 5]))
        }
        #expect(message(shape).contains("takes real [batch, time, 3]"))
        let state = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let layer = S4D(3, states: 4)
            var state = layer.initialState(batch: 1)
            _ = layer.advance(Tensor.ones([2, 5, 3]), &state)
        }
        #expect(message(state).contains("a state of shape [1, 3, 2], where [2, 3, 2] is wanted"))
        let form = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            S4D(3, states: 4).form = .chunked
        }
        #expect(message(form).contains("S4D: the form chunked: it has convolution, recurrent"))
    }
}
