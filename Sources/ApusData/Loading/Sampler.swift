/// The order in which a loader's epochs go through a data set.
///
/// It depends on the loader's seed and the epoch's number alone, so that a run that stops within an epoch can go on from
/// there.
public struct Sampler: Sendable {
    /// The samples of an epoch, of a set of `count`.
    let size: @Sendable (_ count: Int) -> Int
    /// Their indices, in order.
    let order: @Sendable (_ count: Int, _ random: inout CounterGenerator) -> [Int]

    /// All samples in the order of their numbers.
    public static let sequential = Sampler(size: { $0 }, order: { count, _ in Array(0..<count) })

    /// All samples, in another order in each epoch: a Fisher-Yates shuffle.
    public static let shuffled = Sampler(size: { $0 }) { count, random in
        var order = Array(0..<count)
        random.shuffle(&order)
        return order
    }
}
