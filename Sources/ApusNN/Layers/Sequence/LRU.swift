import Apus
import Glibc

/// A linear recurrent unit: a diagonal recurrence of complex numbers (Orvieto et al. 2023, "Resurrecting Recurrent Neural
/// Networks for Long Sequences").
///
/// hₜ = λ ⊙ hₜ₋₁ + e^γ ⊙ (B·uₜ), yₜ = Re(C·hₜ) + D ⊙ uₜ, with λ = exp(−e^ν + i·e^θ), so that |λ| < 1 whatever ν is. λ starts
/// uniform on a ring, and γ at ½·ln(1 − |λ|²), so that states of white noise have a mean square of 1. Sequences are [batch,
/// time, features]. Train ν, θ and γ with a quarter to a half of the learning rate, and no weight decay.
///
/// State: `nu_log`, `theta_log`, `gamma_log` [states], `B_re`, `B_im` [states, features], `C_re`, `C_im` [features, states],
/// `D` [features].
public final class LRU: Module, StepwiseLayer {
    /// ν, [states].
    public let decayLogarithm: Parameter
    /// θ, [states].
    public let angleLogarithm: Parameter
    /// γ, [states].
    public let scaleLogarithm: Parameter
    /// Re B, [states, features].
    public let inputReal: Parameter
    /// Im B, [states, features].
    public let inputImaginary: Parameter
    /// Re C, [features, states].
    public let outputReal: Parameter
    /// Im C, [features, states].
    public let outputImaginary: Parameter
    /// D, [features].
    public let skip: Parameter
    private let features: Int
    private let states: Int

    /// - Parameters:
    ///   - features: of the input and of the result at each time.
    ///   - states: the complex numbers of the state.
    ///   - radii: between which |λ| is at the start, within 0...1; 0.9...0.999 for long sequences.
    ///   - angle: below which the argument of λ is at the start; π/10 and less for long sequences.
    ///   - dtype: float32 or float64.
    public init(
        _ features: Int, states: Int, radii: ClosedRange<Double> = 0...1, angle: Double = 6.28,
        dtype: DType = .float32, using generator: RandomGenerator = .default
    ) {
        if features < 1 || states < 1 {
            fail("LRU", "\(features) features and \(states) states make no layer")
        }
        if radii.lowerBound < 0 || radii.upperBound > 1 {
            fail("LRU", "radii of \(radii): they are within 0...1")
        }
        if !(angle > 0) || !angle.isFinite { fail("LRU", "an angle of \(angle): it is above 0") }
        if dtype != .float32 && dtype != .float64 {
            fail("LRU", "parameters of \(dtype): they are float32 or float64")
        }
        Tensor.checkShape([2, features, states], "LRU")
        (self.features, self.states) = (features, states)
        // In float64, since |λ| near 1 has few digits left in 1 − |λ|².
        let draws = Tensor.uniform([2, states], dtype: .float64, using: generator)
        let (low, high) = (radii.lowerBound * radii.lowerBound, radii.upperBound * radii.upperBound)
        let tiny = 1e-12
        let squares = (draws.narrow(axis: 0, start: 0, count: 1).squeeze(axis: 0) * (high - low) + low)
            .clamp(min: tiny, max: 1 - tiny)
        let decay = squares.log() * -0.5
        let angles = draws.narrow(axis: 0, start: 1, count: 1).squeeze(axis: 0).clamp(min: tiny) * angle
        decayLogarithm = Parameter(decay.log().to(dtype))
        angleLogarithm = Parameter(angles.log().to(dtype))
        scaleLogarithm = Parameter(((-(decay * -2).expm1()).log() * 0.5).to(dtype))
        func normal(_ shape: Shape, variance: Double) -> Parameter {
            Parameter(.normal(shape, std: variance.squareRoot(), dtype: dtype, using: generator))
        }
        inputReal = normal([states, features], variance: 0.5 / Double(features))
        inputImaginary = normal([states, features], variance: 0.5 / Double(features))
        outputReal = normal([features, states], variance: 1 / Double(states))
        outputImaginary = normal([features, states], variance: 1 / Double(states))
        skip = normal([features], variance: 1)
    }

    override public var members: [(name: String, member: Member)] {
        [
            ("nu_log", .parameter(decayLogarithm)), ("theta_log", .parameter(angleLogarithm)),
            ("gamma_log", .parameter(scaleLogarithm)), ("B_re", .parameter(inputReal)),
            ("B_im", .parameter(inputImaginary)), ("C_re", .parameter(outputReal)),
            ("C_im", .parameter(outputImaginary)), ("D", .parameter(skip)),
        ]
    }

    /// [batch, time, features], in the same shape.
    public func forward(_ x: Tensor) -> Tensor {
        let u = checked(x)
        return outputs(states(u, nil), u)
    }

    /// Zeros, complex [batch, states].
    public func initialState(batch: Int) -> Tensor {
        withDevice(skip.value.device) { .zeros([batch, states], dtype: skip.value.dtype.complexType) }
    }

    /// The state is complex [batch, states].
    public func advance(_ x: Tensor, _ state: inout Tensor) -> Tensor {
        let u = checked(x)
        if state.shape != [x.shape[0], states] {
            fail("LRU", "a state of shape \(state.shape), where \([x.shape[0], states]) is wanted")
        }
        let all = states(u, state)
        state = all.narrow(axis: 1, start: u.shape[1] - 1, count: 1).squeeze(axis: 1)
        return outputs(all, u)
    }

    /// h of all steps, complex [batch, time, states].
    func states(_ u: Tensor, _ initial: Tensor?) -> Tensor {
        let driven = inputs(u)
        return driven.linearRecurrence(decay: eigenvalues, initial: initial?.to(driven.dtype), axis: 1)
    }

    private func checked(_ x: Tensor) -> Tensor {
        if x.rank != 3 || x.shape[2] != features || x.shape[1] == 0 || x.dtype.isComplex {
            fail(
                "LRU",
                "\(x.dtype) input of shape \(x.shape): it takes real [batch, time, \(features)], of 1 step or more"
            )
        }
        return x.to(DType.promote(x.dtype, skip.value.dtype))
    }

    /// λ.
    private var eigenvalues: Tensor {
        Tensor.complex(real: -decayLogarithm.value.exp(), imaginary: angleLogarithm.value.exp()).exp()
    }

    /// e^γ ⊙ (B·u), as one real product to the parts side by side.
    private func inputs(_ u: Tensor) -> Tensor {
        let weight =
            Tensor.stack([inputReal.value, inputImaginary.value], axis: 1)
            * scaleLogarithm.value.exp().reshape([-1, 1, 1])
        let parts = u.linear(weight.reshape([-1, weight.shape[2]]))
        return parts.reshape(parts.shape.dropLast() + [weight.shape[0], 2]).viewAsComplex()
    }

    /// Re(C·h) + D ⊙ u, as one real product too.
    private func outputs(_ states: Tensor, _ u: Tensor) -> Tensor {
        let weight = Tensor.stack([outputReal.value, -outputImaginary.value], axis: 2)
        let parts = states.viewAsReal().reshape(states.shape.dropLast() + [2 * states.shape[2]])
        return parts.linear(weight.reshape([weight.shape[0], -1])) + skip.value * u
    }
}
