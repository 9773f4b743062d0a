import Apus
import Glibc

/// The kernel of a diagonal state space for each of so many channels: Kₗ = 2·Re Σ Cₙ·(e^(ΔAₙ) − 1)/Aₙ·e^(lΔAₙ).
///
/// A = −e^`log_A_real` + i·`A_imag`, Δ = e^`log_dt`, and B is 1. About √length exponentials are computed for each mode.
/// Its names are those of the minimal S4D of Gu et al.
public final class S4DKernel: Module {
    /// ln Δ, [channels]; uniform at first between the logarithms of the shortest and the longest step.
    public let logStep: Parameter
    /// ln −Re A, [channels, N/2].
    public let logDecay: Parameter
    /// Im A, [channels, N/2].
    public let frequency: Parameter
    /// C, [channels, N/2, 2], its real and imaginary parts; normal at first.
    public let output: Parameter
    /// How many channels have a kernel.
    let channels: Int
    /// Of which one in two is stored.
    let states: Int

    /// - Parameters:
    ///   - states: N, even.
    ///   - steps: the shortest and the longest Δ at the start; a channel remembers about 1/Δ steps.
    ///   - dtype: float32 or float64.
    public init(
        _ channels: Int, states: Int = 64, initialization: S4DInitialization = .lin,
        steps: ClosedRange<Double> = 1e-3...1e-1, dtype: DType = .float32,
        using generator: RandomGenerator = .default
    ) {
        checkStateSpace("S4D", channels, states, steps, dtype)
        (self.channels, self.states) = (channels, states)
        let half = states / 2
        logStep = Parameter(startingLogSteps(channels, steps, dtype, generator))
        let (real, imaginary) = initialization.eigenvalues(states: states)
        func rows(_ values: [Double]) -> Parameter {
            let row = Tensor(values, shape: [1, half], dtype: .float64).to(dtype)
            return Parameter(row.broadcast(to: [channels, half]))
        }
        logDecay = rows(real.map { log(-$0) })
        frequency = rows(imaginary)
        output = Parameter(
            Tensor.normal([channels, half], dtype: dtype.complexType, using: generator).viewAsReal())
    }

    override public var members: [(name: String, member: Member)] {
        [
            ("C", .parameter(output)), ("log_dt", .parameter(logStep)), ("log_A_real", .parameter(logDecay)),
            ("A_imag", .parameter(frequency)),
        ]
    }

    /// K, real [channels, length].
    public func callAsFunction(length: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        called(file: file, line: line) {
            if length < 1 { fail("S4D", "a kernel of \(length) steps: it has 1 or more") }
            Tensor.checkShape([2, channels, states, length], "S4D")
            let parts = parts()
            return parts.modes.sums(parts.c * parts.b, length: length)
        }
    }

    /// A state space in steps: the modes, Ā, B̄ and C, each complex [channels, N/2].
    typealias Parts = (modes: DiagonalModes, a: Tensor, b: Tensor, c: Tensor)

    /// What the parameters make now.
    func parts() -> Parts {
        let a = Tensor.complex(real: -logDecay.value.exp(), imaginary: frequency.value)
        let step = logStep.value.exp().unsqueeze(-1)
        let (discrete, input) = Discretization.zeroOrderHold.diagonal(a, step: step)
        return (DiagonalModes(exponents: step * a), discrete, input, output.value.viewAsComplex())
    }
}

/// Stops the program for what is no state space.
func checkStateSpace(
    _ layer: String, _ channels: Int, _ states: Int, _ steps: ClosedRange<Double>, _ dtype: DType
) {
    if channels < 1 || states < 2 || !states.isMultiple(of: 2) {
        fail(layer, "\(channels) channels of \(states) states: 1 or more of an even number are wanted")
    }
    if !(steps.lowerBound > 0) || !steps.upperBound.isFinite {
        fail(layer, "steps of \(steps): they are above 0")
    }
    if dtype != .float32 && dtype != .float64 {
        fail(layer, "parameters of \(dtype): they are float32 or float64")
    }
    Tensor.checkShape([2, channels, states], layer)
    // The eigenvalues of LegS are those of a full matrix.
    Tensor.checkShape([4, states, states], layer)
}
