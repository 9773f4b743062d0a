import Synchronization

/// A source of random numbers: Philox 4×32-10 (Salmon et al. 2011), counter-based, so that the same
/// seed gives the same numbers whatever the number of threads.
///
/// Each draw takes a stretch of the counter; `state` is all there is to save.
public final class RandomGenerator: Sendable {
    /// What a checkpoint keeps of a generator.
    public struct State: Sendable, Codable, Equatable {
        /// Philox's key.
        public var seed: UInt64
        /// How many counters have been used: where the next draw begins.
        public var offset: UInt64

        /// The state of a generator with this seed after `offset` counters.
        public init(seed: UInt64, offset: UInt64) {
            self.seed = seed
            self.offset = offset
        }
    }

    /// The generator used where none is named: that of the `withRandomGenerator` around, or else one that the
    /// whole program shares.
    public static var `default`: RandomGenerator { surrounding ?? shared }

    private static let shared = RandomGenerator(seed: 0)
    @TaskLocal fileprivate static var surrounding: RandomGenerator?

    private let current: Mutex<State>

    /// A generator at the beginning of the stream of `seed`.
    public init(seed: UInt64) { current = Mutex(State(seed: seed, offset: 0)) }

    /// Where in its stream the generator is; assigning it continues from there, as after a checkpoint.
    public var state: State {
        get { current.locked { $0 } }
        set { current.locked { $0 = newValue } }
    }

    /// Begins again with another seed.
    public func seed(_ seed: UInt64) { state = State(seed: seed, offset: 0) }

    /// Takes the counters for `count` elements out of the stream: kernels use at most one an element
    /// (`RandomKernels`), so draws never overlap.
    package func draw(_ count: Int) -> State {
        take(RandomStretch(State(seed: 0, offset: 0), count: count), count).state
    }

    /// Takes the counters for numbers of `shape` out of the stream; within `withBatchPart` those of the whole batch, of which the
    /// part has its own.
    ///
    /// - Parameters:
    ///   - rows: which elements belong to which row of the batch; nil where nothing is known, which stops the program within
    ///     a part.
    ///   - words: numbers of an element.
    func draw(_ shape: Shape, rows: BatchRows?, words: Int = 1, _ operation: String) -> RandomStretch {
        guard let part = BatchPart.current, rows != .shared else {
            let count = shape.elementCount * words
            return take(RandomStretch(State(seed: 0, offset: 0), count: count), count)
        }
        let (axis, each) = part.check(shape, rows, operation)
        let row = Array(shape[(axis + 1)...]).elementCount * each * words
        let places = RandomStretch(
            state: State(seed: 0, offset: 0), first: part.start * row, length: part.count * row,
            step: part.total * row)
        return take(places, Array(shape[..<axis]).elementCount * places.step)
    }

    /// These places of the next `count` counters, or what a checkpoint has drawn in their place the first time.
    private func take(_ places: RandomStretch, _ count: Int) -> RandomStretch {
        func next() -> RandomStretch {
            let state = current.locked { state in
                let taken = state
                state.offset &+= UInt64(count)
                return taken
            }
            return RandomStretch(
                state: state, first: places.first, length: places.length, step: places.step)
        }
        return CheckpointRecord.current?.stretch(next) ?? next()
    }
}

/// Seeds the default generator.
public func seedRandom(_ seed: UInt64) { RandomGenerator.default.seed(seed) }

/// Where `body`, and tasks that it starts, name no generator, they draw from this one: what others draw at the same
/// time changes nothing.
public func withRandomGenerator<Result>(_ generator: RandomGenerator, _ body: () throws -> Result) rethrows
    -> Result
{
    try RandomGenerator.$surrounding.withValue(generator, operation: body)
}
