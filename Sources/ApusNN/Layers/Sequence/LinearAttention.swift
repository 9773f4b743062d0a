import Apus

/// Attention in time that grows with the length, with features of queries and keys in place of the softmax (Katharopoulos et al.
/// 2020, "Transformers are RNNs").
///
/// yₜ = Σ (φ(qₜ)·φ(kₛ))·vₛ / (Σ φ(qₜ)·φ(kₛ) + 10⁻⁶) over all s, or in a causal layer those up to t: it is then a recurrent layer with a
/// state of constant size. Sequences are [batch, time, channels].
///
/// ```swift
/// let layer = LinearAttention(64, heads: 4, isCausal: true, shiftsTokens: true)
/// let y = layer(Tensor.normal([8, 1024, 64]))
/// ```
///
/// State, with the names of the authors' code: `query_projection.weight`, `query_projection.bias`, `key_projection.…`,
/// `value_projection.…`, `out_projection.…`, and `omega` [features, channels / heads] where features are random.
public final class LinearAttention: Module, StepwiseLayer {
    /// What is remembered between steps.
    public struct State {
        /// Σ φ(kₛ)·[vₛ | 1]ᵀ, [batch, heads, features, channels / heads + 1].
        public var sums: Tensor
        /// The half of the channels that the next step gets, [batch, half]; nil before the first and without token shift.
        public var shifted: Tensor?
    }

    /// To queries.
    public let queryProjection: Linear
    /// To keys.
    public let keyProjection: Linear
    /// To values.
    public let valueProjection: Linear
    /// Of the heads' results.
    public let outProjection: Linear
    /// The directions of random features, [features, channels / heads]; nil for others.
    public let directions: Buffer?
    /// φ.
    public let features: AttentionFeatures
    /// Heads, of channels / heads each.
    public let heads: Int
    /// Whether steps see only those before them and themselves.
    public let isCausal: Bool
    /// Whether the first half of the input's channels comes from the step before.
    public let shiftsTokens: Bool
    /// How a whole sequence is computed. A causal layer has the parallel form, the recurrent and the chunked one, another only the
    /// parallel.
    public var form: SequenceForm { didSet { checkForm() } }
    private let channels: Int

    /// - Parameters:
    ///   - channels: of the input and the result, a multiple of the heads.
    ///   - features: φ.
    ///   - shiftsTokens: the first half of the input's channels comes from the step before. Without, a layer can hardly recall
    ///     what came after something: it compares tokens, not their neighbors.
    ///   - bias: whether projections have one.
    public init(
        _ channels: Int, heads: Int, features: AttentionFeatures = .elu, isCausal: Bool = false,
        shiftsTokens: Bool = false, bias: Bool = true, using generator: RandomGenerator = .default
    ) {
        if channels < 1 || heads < 1 || channels % heads != 0 {
            fail(
                "LinearAttention",
                "\(channels) channels in \(heads) heads: both are positive, and the channels a multiple")
        }
        Tensor.checkShape([channels, channels], "LinearAttention")
        if case .favor(let count) = features {
            if count < 1 { fail("LinearAttention", "\(count) random features: there is one at least") }
            Tensor.checkShape([count, channels], "LinearAttention")
            directions = Buffer(
                AttentionFeatures.directions(count, channels / heads, using: generator), name: "omega")
        } else {
            directions = nil
        }
        (self.channels, self.heads, self.features) = (channels, heads, features)
        (self.isCausal, self.shiftsTokens) = (isCausal, shiftsTokens)
        form = isCausal ? .chunked : .parallel
        queryProjection = Linear(channels, channels, bias: bias, using: generator)
        keyProjection = Linear(channels, channels, bias: bias, using: generator)
        valueProjection = Linear(channels, channels, bias: bias, using: generator)
        outProjection = Linear(channels, channels, bias: bias, using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        [
            ("query_projection", .module(queryProjection)), ("key_projection", .module(keyProjection)),
            ("value_projection", .module(valueProjection)), ("out_projection", .module(outProjection)),
        ] + (directions.map { [("omega", .buffer($0))] } ?? [])
    }

    /// [batch, time, channels], in the same shape.
    public func forward(_ x: Tensor) -> Tensor { attend(x, nil) }

    /// A sequence some of whose steps are padding.
    ///
    /// - Parameters:
    ///   - x: [batch, time, channels].
    ///   - keyMask: [batch, time], true for steps that take part.
    /// - Returns: in the shape of x.
    public func callAsFunction(
        _ x: Tensor, keyMask: Tensor?, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) { attend(x, keyMask) }
    }

    /// Zeros.
    public func initialState(batch: Int) -> State {
        if !isCausal {
            fail("LinearAttention", "a layer that is not causal sees all steps, and goes not through them")
        }
        return start(batch)
    }

    /// The results of the next steps, [batch, time, channels] both.
    public func advance(_ x: Tensor, _ state: inout State) -> Tensor {
        checkInput(x)
        let wanted = stateShape(x.shape[0])
        if state.sums.shape != wanted {
            fail("LinearAttention", "a state of shape \(state.sums.shape), where \(wanted) is wanted")
        }
        return run(x, nil, &state)
    }

    private func attend(_ x: Tensor, _ keyMask: Tensor?) -> Tensor {
        checkInput(x)
        checkKeyMask(keyMask, x, "LinearAttention")
        var state = start(x.shape[0])
        return run(x, keyMask, &state)
    }

    private func run(_ x: Tensor, _ keyMask: Tensor?, _ state: inout State) -> Tensor {
        let input = shiftsTokens ? x.tokenShifted(after: &state.shifted, "LinearAttention") : x
        let size = channels / heads
        func split(_ y: Tensor) -> Tensor {
            y.reshape([x.shape[0], x.shape[1], heads, size]).transpose(1, 2)
        }
        let query = features(split(queryProjection(input)), directions?.value)
        var key = features(split(keyProjection(input)), directions?.value)
        if let keyMask {
            key = key.maskedFill(keyMask.logicalNot().reshape([x.shape[0], 1, x.shape[1], 1]), 0)
        }
        let values = split(valueProjection(input))
        // A last channel of ones gives the sum of the weights.
        let ones = withDevice(x.device) {
            Tensor.ones(Array(values.shape.dropLast()) + [1], dtype: values.dtype)
        }
        let value = Tensor.cat([values, ones], axis: -1)
        let sums: Tensor
        if isCausal {
            (sums, state.sums) = query.linearAttention(form, key: key, value: value, initial: state.sums)
        } else {
            sums = query.matmul(key.transpose(-1, -2).matmul(value))
        }
        let parts = sums.split(sizes: [size, 1], axis: -1)
        let means = parts[0] / (parts[1] + 1e-6)
        return outProjection(means.transpose(1, 2).reshape(x.shape))
    }

    private func stateShape(_ batch: Int) -> Shape {
        let size = channels / heads
        return [batch, heads, directions?.shape.first ?? size, size + 1]
    }

    private func start(_ batch: Int) -> State {
        let weight = keyProjection.weight.value
        return withDevice(weight.device) { State(sums: .zeros(stateShape(batch), dtype: weight.dtype)) }
    }

    private func checkForm() {
        form.check(among: isCausal ? [.parallel, .recurrent, .chunked] : [.parallel], "LinearAttention")
    }

    private func checkInput(_ x: Tensor) {
        checkSequence(x, channels: channels, "LinearAttention")
        if let directions, directions.shape.count != 2 || directions.shape[1] != channels / heads {
            fail(
                "LinearAttention",
                "omega of shape \(directions.shape), where [features, \(channels / heads)] is wanted")
        }
    }
}
