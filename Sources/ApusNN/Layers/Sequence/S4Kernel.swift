import Apus
import Glibc

/// The kernel of a state space with a diagonal matrix and one of rank 1, A = Λ − PP*, for each of so many channels (Gu et al.
/// 2022, "Efficiently Modeling Long Sequences with Structured State Spaces").
///
/// K is found from its Fourier transform, a rational function of Λ (a Cauchy kernel), so that nothing is taken to a power. It
/// is exact for one length: C is stored as C̃ = C(I − Āᴸ) with that L in `l_kernel`, and a shorter sequence takes the first
/// part. The step is the bilinear one. Names are those of the authors' full S4.
public final class S4Kernel: Module {
    /// ln Δ, [channels, 1]; what softplus makes Δ of where `usesSoftplus`.
    public let inverseStep: Parameter
    /// ln −Re λ, [S, N/2], where S is 1 or the number of channels.
    public let logDecay: Parameter
    /// −Im λ, [S, N/2].
    public let frequency: Parameter
    /// B, [1, S, N/2, 2].
    public let input: Parameter
    /// C̃, [1, channels, N/2, 2].
    public let output: Parameter
    /// P, [1, S, N/2, 2].
    public let lowRank: Parameter
    /// L, for which C̃ was made: an integer without axes.
    public let length: Buffer
    /// Whether Δ is softplus of `inv_dt` and not its exponential.
    public let usesSoftplus: Bool
    let channels: Int
    let states: Int

    /// - Parameters:
    ///   - length: the longest sequence.
    ///   - states: N, even.
    ///   - isTied: whether all channels have one A and B.
    ///   - steps: the shortest and the longest Δ at the start; a channel remembers about 1/Δ steps.
    ///   - usesSoftplus: makes Δ by softplus and not by the exponential function.
    ///   - dtype: float32 or float64.
    public init(
        _ channels: Int, length: Int, states: Int = 64, isTied: Bool = true,
        steps: ClosedRange<Double> = 1e-3...1e-1, usesSoftplus: Bool = false, dtype: DType = .float32,
        using generator: RandomGenerator = .default
    ) {
        checkStateSpace("S4", channels, states, steps, dtype)
        if length < 1 { fail("S4", "sequences of up to \(length) steps: 1 or more are wanted") }
        Tensor.checkShape([channels, states, states], "S4")
        (self.channels, self.states, self.usesSoftplus) = (channels, states, usesSoftplus)
        let (half, copies) = (states / 2, isTied ? 1 : channels)
        let logSteps = startingLogSteps(channels, steps, dtype, generator).unsqueeze(1)
        inverseStep = Parameter(usesSoftplus ? logSteps.exp().inverseSoftplus() : logSteps)
        let part = HiPPONormalPart(states: states)
        func rows(_ x: Tensor) -> Tensor {
            let row = x.dtype.isComplex ? x.viewAsReal().unsqueeze(0) : x
            return row.unsqueeze(0).broadcast(
                to: x.dtype.isComplex ? [1, copies, half, 2] : [copies, half]
            ).to(dtype)
        }
        logDecay = Parameter(.full([copies, half], log(0.5), dtype: dtype))
        frequency = Parameter(rows(part.frequencies))
        input = Parameter(rows(part.b))
        lowRank = Parameter(rows(part.p))
        output = Parameter(
            Tensor.normal([1, channels, half], dtype: dtype.complexType, using: generator).viewAsReal())
        self.length = Buffer(Tensor.full([], length, dtype: .int64))
        super.init()
        output.value = withoutGradient { truncated(length: length, inverse: false) }
    }

    override public var members: [(name: String, member: Member)] {
        [
            ("C", .parameter(output)), ("inv_dt", .parameter(inverseStep)), ("B", .parameter(input)),
            ("P", .parameter(lowRank)), ("A_real", .parameter(logDecay)), ("A_imag", .parameter(frequency)),
            ("l_kernel", .buffer(length)),
        ]
    }

    /// Makes C̃ of another length of the same state space; of the stored C where `l_kernel` is 0.
    public func prepare(length newLength: Int) {
        if newLength < 1 { fail("S4", "sequences of up to \(newLength) steps: 1 or more are wanted") }
        withoutGradient {
            if longest > 0 { output.value = truncated(length: longest, inverse: true) }
            output.value = truncated(length: newLength, inverse: false)
        }
        length.value = Tensor.full([], newLength, dtype: .int64).to(length.value.device)
    }

    /// K, real [channels, length].
    public func callAsFunction(length: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        called(file: file, line: line) {
            if !(1...max(longest, 1) ~= length) || longest < 1 {
                fail(
                    "S4",
                    "\(length) steps, and l_kernel is \(longest): call prepare(length:) of the kernel first")
            }
            let spectrum = spectrum(longest)
            return spectrum.irfft(n: longest).narrow(axis: -1, start: 0, count: length)
        }
    }

    /// L as a number.
    var longest: Int { Int(length.value.item(as: Int64.self)) }

    /// Δ, [channels, 1].
    private var step: Tensor { usesSoftplus ? inverseStep.value.softplus() : inverseStep.value.exp() }

    // MARK: The Fourier transform

    /// K̂ at ω = e^(−iφ), φ = 2πk/L for k from 0 to L/2; complex [channels, L/2 + 1].
    ///
    /// With c = cos φ/2 and s = sin φ/2, 1 − ω = 2is·e^(−iφ/2) and 1 + ω = 2c·e^(−iφ/2), so the phases leave the sums:
    /// K̂ = e^(iφ/2)·(t(C̃B) − c·t(C̃P)·t(P*B)/(1 + c·t(P*P))), where t(v) = Δ·Σ vₙ/(2is − Δcλₙ) over both conjugates. Nothing
    /// is divided by 0 at ω = −1, and what is subtracted in the denominators is real.
    private func spectrum(_ length: Int) -> Tensor {
        let (b, c, p) = (complex(input), complex(output), complex(lowRank))
        let (re, im) = (-logDecay.value.exp(), -frequency.value)
        let terms = [c * b, c * p, p.conjugate() * b, p.conjugate() * p]
        // Of each pair: v/(x − dλ) + v*/(x − dλ*) = (2x·Re v − 2d·Re(vλ*))/((x − dλ)(x − dλ*)).
        let shape = [channels, states / 2]
        let firsts = terms.map { ($0.real * 2).broadcast(to: shape) }
        let seconds = terms.map { (($0.real * re + $0.imaginary * im) * -2).broadcast(to: shape) }
        let numerators = Tensor.stack(firsts + seconds, axis: 1)
        let count = length / 2 + 1
        // Some frequencies at a time, so that what each mode has at each of them is never in memory at once.
        let width = max(16, (1 << 20) / (channels * states))
        let parts = stride(from: 0, to: count, by: width).map { start in
            let angles = (start..<min(start + width, count)).map { Double.pi * Double($0) / Double(length) }
            return checkpoint { self.part(numerators, re, im, angles) }
        }
        return parts.count == 1 ? parts[0] : Tensor.cat(parts, axis: 1)
    }

    /// K̂ at some half angles.
    ///
    /// - Parameter numerators: 2·Re v and −2·Re(vλ*) of the four sums, [channels, 8, N/2].
    private func part(_ numerators: Tensor, _ re: Tensor, _ im: Tensor, _ angles: [Double]) -> Tensor {
        func row(_ values: [Double]) -> Tensor {
            withDevice(re.device) { Tensor(values, shape: [values.count], dtype: .float64).to(re.dtype) }
        }
        let (c, s) = (row(angles.map { cos($0) }), row(angles.map { sin($0) }))
        let delta = step
        let scaled = delta.unsqueeze(-1) * c
        let (a, f) = (re.unsqueeze(-1) * scaled, im.unsqueeze(-1) * scaled)
        // (2is − Δcλ)(2is − Δcλ*) is d − i·e.
        let (d, e) = (a.square() + (f + s * 2) * (f - s * 2), a * s * 4)
        let square = d.square() + e.square()
        let inverse = Tensor.cat([d / square, e / square], axis: -1)
        let sums = numerators.matmul(inverse).reshape([-1, 2, 4, 2, angles.count])
        func sum(_ which: Int) -> Tensor {
            func take(_ half: Int) -> Tensor {
                let pair = sums.narrow(axis: 1, start: half, count: 1).narrow(axis: 2, start: which, count: 1)
                    .reshape([-1, 2, angles.count])
                return Tensor.complex(
                    real: pair.narrow(axis: 1, start: 0, count: 1).squeeze(axis: 1),
                    imaginary: pair.narrow(axis: 1, start: 1, count: 1).squeeze(axis: 1))
            }
            let turned = Tensor.complex(real: .zeros(like: s), imaginary: s * 2)
            return (take(0) * turned + take(1) * (delta * c)) * delta
        }
        let phase = Tensor.complex(real: c, imaginary: s)
        return (sum(0) - sum(1) * sum(2) * c / (sum(3) * c + 1)) * phase
    }

    private func complex(_ parameter: Parameter) -> Tensor {
        parameter.value.viewAsComplex().squeeze(axis: 0)
    }

    // MARK: Steps

    /// Ā [channels, N, N], B̄ [channels, N] and 2·C [channels, N] for states as real numbers, the real parts first.
    struct Steps {
        let a: Tensor
        let b: Tensor
        let c: Tensor
    }

    /// The state space as one of full real matrices, in steps.
    ///
    /// - Parameter isPlain: whether C is made of C̃ again.
    func steps(isPlain: Bool = true) -> Steps {
        let (re, im) = (-logDecay.value.exp(), -frequency.value)
        let diagonal = Tensor.cat(
            [
                Tensor.cat([re.diagonalEmbed(), -im.diagonalEmbed()], axis: -1),
                Tensor.cat([im.diagonalEmbed(), re.diagonalEmbed()], axis: -1),
            ], axis: -2)
        // P(P*z) with both conjugates is 2P·Re(P*z).
        let p = joined(lowRank)
        let a = diagonal - p.unsqueeze(-1) * p.unsqueeze(-2) * 2
        let (discrete, b) = Discretization.bilinear.matrices(a, joined(input), step: step.squeeze(axis: 1))
        let c = joined(output, conjugated: true) * 2
        if !isPlain { return Steps(a: discrete, b: b, c: c) }
        return Steps(a: discrete, b: b, c: plain(c, discrete, longest))
    }

    /// The real parts and then the imaginary ones, [S, N].
    private func joined(_ parameter: Parameter, conjugated: Bool = false) -> Tensor {
        let x = complex(parameter)
        return Tensor.cat([x.real, conjugated ? -x.imaginary : x.imaginary], axis: -1)
    }

    /// C with C(I − Āᴸ) = C̃.
    private func plain(_ c: Tensor, _ a: Tensor, _ length: Int) -> Tensor {
        do {
            return try remainder(a, length).transpose().solve(c.unsqueeze(-1)).squeeze(axis: -1)
        } catch {
            fail("S4", "no C of C̃ for \(length) steps: \(error)")
        }
    }

    /// I − Āᴸ.
    private func remainder(_ a: Tensor, _ length: Int) -> Tensor {
        let one = withDevice(a.device) { Tensor.eye(states, dtype: a.dtype) }
        var (power, square, rest) = (one, a, length)
        while rest > 0 {
            if !rest.isMultiple(of: 2) { power = power.matmul(square) }
            rest /= 2
            if rest > 0 { square = square.matmul(square) }
        }
        return one - power
    }

    /// The stored C times I − Āᴸ, or the inverse of that, as it is stored; computed in float64.
    private func truncated(length: Int, inverse: Bool) -> Tensor {
        let wide = S4Kernel(like: self)
        let steps = wide.steps(isPlain: false)
        let c =
            inverse
            ? wide.plain(steps.c, steps.a, length)
            : steps.c.unsqueeze(-2).matmul(remainder(steps.a, length)).squeeze(axis: -2)
        let half = states / 2
        let (re, im) = (
            c.narrow(axis: -1, start: 0, count: half), c.narrow(axis: -1, start: half, count: half)
        )
        return (Tensor.stack([re, -im], axis: -1) / 2).unsqueeze(0).to(output.value.dtype)
    }

    /// The same in float64.
    private init(like other: S4Kernel) {
        func wide(_ parameter: Parameter) -> Parameter { Parameter(parameter.value.detach().to(.float64)) }
        (channels, states, usesSoftplus) = (other.channels, other.states, other.usesSoftplus)
        (inverseStep, logDecay, frequency) = (
            wide(other.inverseStep), wide(other.logDecay), wide(other.frequency)
        )
        (input, output, lowRank) = (wide(other.input), wide(other.output), wide(other.lowRank))
        length = Buffer(other.length.value)
    }
}
