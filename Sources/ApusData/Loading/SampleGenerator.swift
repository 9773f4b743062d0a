import Apus

/// Random numbers for one sample: what transforms that draw take.
///
/// Within a data set that a loader goes through, they depend on the loader's seed, the epoch and the sample's place in it
/// alone, so that batches do not depend on the number of workers.
///
/// ```swift
/// func sample(_ index: Int) -> LabeledSample {
///     var random = SampleGenerator()
///     let isFlipped = Bool.random(using: &random)
///     …
/// }
/// ```
public struct SampleGenerator: RandomNumberGenerator, Sendable {
    private var numbers: CounterGenerator

    /// The numbers that follow next from `generator`.
    public init(_ generator: RandomGenerator = .default) {
        let state = generator.draw(1)
        numbers = CounterGenerator(seed: state.seed, stream: 0x6E75_6D62_6572, index: state.offset)
    }

    /// 64 random bits.
    public mutating func next() -> UInt64 { numbers.next() }
}
