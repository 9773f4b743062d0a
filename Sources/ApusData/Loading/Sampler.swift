import Apus
import ApusCore

/// The order in which a loader's epochs go through a data set.
///
/// It depends on the loader's seed and the epoch's number alone, so that a run that stops within an epoch can go on from
/// there.
public struct Sampler: Sendable {
    /// Indices in the order of an epoch.
    struct Plan: Sendable {
        var order: [Int]
        /// Where each batch ends, where that is not every `batchSize`.
        var ends: [Int]?
    }

    /// How many samples an epoch has, of a set of `count`.
    let size: @Sendable (_ count: Int) -> Int
    /// How many batches an epoch has, where that is not for the batch size to say.
    var batchCount: Int?
    /// Why it cannot go through a set of `count`; nil where it can.
    var objection: @Sendable (_ count: Int) -> String? = { _ in nil }
    let plan: @Sendable (_ count: Int, _ epoch: Int, _ random: inout CounterGenerator) -> Plan

    /// All samples in the order of their numbers.
    public static let sequential = Sampler(size: { $0 }) { count, _, _ in Plan(order: Array(0..<count)) }

    /// All samples, in another order in each epoch: a Fisher-Yates shuffle.
    public static let shuffled = Sampler(size: { $0 }) { count, _, random in
        var order = Array(0..<count)
        random.shuffle(&order)
        return Plan(order: order)
    }

    /// Samples of one's own choice.
    ///
    /// - Parameters:
    ///   - count: how many an epoch has.
    ///   - order: the indices of an epoch, `count` of them, any as often as wanted. To depend on nothing but the seed and
    ///     the epoch's number, it draws from the generator it is given.
    public init(
        count: Int,
        order: @escaping @Sendable (_ epoch: Int, _ random: inout any RandomNumberGenerator) -> [Int]
    ) {
        if count < 0 { fail("Sampler", "an epoch cannot have \(count) samples") }
        self.init(size: { _ in count }) { datasetCount, epoch, random in
            var own: any RandomNumberGenerator = random
            let indices = order(epoch, &own)
            if indices.count != count {
                fail("Sampler", "an epoch was to have \(count) samples, not \(indices.count)")
            }
            if let wrong = indices.first(where: { $0 < 0 || $0 >= datasetCount }) {
                fail("Sampler", "index \(wrong) is not in 0..<\(datasetCount)")
            }
            return Plan(order: indices)
        }
    }

    init(
        size: @escaping @Sendable (Int) -> Int,
        plan: @escaping @Sendable (Int, Int, inout CounterGenerator) -> Plan
    ) {
        self.size = size
        self.plan = plan
    }
}

extension Sampler {
    /// Samples drawn with these weights: classes that are rare come as often as others where a sample's weight is 1 over
    /// the size of its class.
    ///
    /// The program stops for weights that are negative or not finite, or all 0, and where without replacement there are
    /// fewer samples with a weight than are to be drawn.
    ///
    /// - Parameters:
    ///   - weights: one for each sample, in any unit.
    ///   - count: how many samples an epoch has; as many as the set if nil.
    ///   - replacement: whether a sample can come several times in an epoch. Without, one sample after the other is drawn
    ///     from those that are left (Efraimidis and Spirakis, Weighted random sampling with a reservoir, 2006).
    public static func weighted(
        _ weights: [Double], count: Int? = nil, replacement: Bool = true
    ) -> Sampler {
        let count = count ?? weights.count
        if let wrong = weights.firstIndex(where: { !($0 >= 0 && $0 < .infinity) }) {
            fail("Sampler.weighted", "the weight of sample \(wrong) is \(weights[wrong])")
        }
        let candidates = weights.count { $0 > 0 }
        if count < 0 || count > 0 && candidates == 0 || !replacement && count > candidates {
            fail(
                "Sampler.weighted",
                "\(count) samples cannot be drawn from \(candidates) with a weight"
                    + (replacement ? "" : " without replacement"))
        }
        // In units of the largest, so that sums stay finite.
        let unit = weights.max() ?? 1
        let sums = weights.reduce(into: [Double]()) { $0.append(($0.last ?? 0) + $1 / unit) }
        let last = weights.lastIndex { $0 > 0 } ?? 0
        var sampler = Sampler(size: { _ in count }) { _, _, random in
            if replacement {
                let order = (0..<count).map { _ in
                    // Sums rise only where there is a weight, so the first above has one.
                    min(sums.partition(above: random.fraction() * (sums.last ?? 0)), last)
                }
                return Plan(order: order)
            }
            var keys: [(key: Double, index: Int)] = []
            for (index, weight) in weights.enumerated() {
                let exponential = -Double.log(random.fraction() + 0x1p-54)
                if weight > 0 { keys.append((exponential / (weight / unit), index)) }
            }
            keys.sort { $0.key != $1.key ? $0.key < $1.key : $0.index < $1.index }
            return Plan(order: keys.prefix(count).map(\.index))
        }
        sampler.objection = oneForEach(weights.count, "weights")
        return sampler
    }

    /// All samples, shuffled so that each batch has the shares of the classes that the whole set has, as nearly as whole
    /// samples allow.
    ///
    /// - Parameter labels: the class of each sample.
    public static func stratified(by labels: [Int]) -> Sampler {
        let groups = groups(labels)
        var sampler = Sampler(size: { _ in labels.count }) { _, _, random in
            // Each class's samples stand at equal distances along the epoch, from an offset of its own.
            var places: [(place: Double, index: Int)] = []
            for group in groups {
                var group = group
                random.shuffle(&group)
                let offset = random.fraction()
                for (position, index) in group.enumerated() {
                    places.append(((Double(position) + offset) / Double(group.count), index))
                }
            }
            places.sort { $0.place != $1.place ? $0.place < $1.place : $0.index < $1.index }
            return Plan(order: places.map(\.index))
        }
        sampler.objection = oneForEach(labels.count, "labels")
        return sampler
    }

    /// Samples such that each class comes equally often: each run of as many samples as there are classes has one of each.
    ///
    /// The samples of a rare class come several times in an epoch, and some of a frequent one not at all.
    ///
    /// - Parameters:
    ///   - labels: the class of each sample.
    ///   - count: how many samples an epoch has; as many as the set if nil.
    public static func balanced(by labels: [Int], count: Int? = nil) -> Sampler {
        let count = count ?? labels.count
        if count < 0 || count > 0 && labels.isEmpty {
            fail("Sampler.balanced", "\(count) samples cannot be drawn from \(labels.count)")
        }
        let groups = groups(labels)
        var sampler = Sampler(size: { _ in count }) { _, _, random in
            var left = groups.map { _ in [Int]() }
            var turn = Array(groups.indices)
            var order: [Int] = []
            while order.count < count {
                random.shuffle(&turn)
                for group in turn.prefix(count - order.count) {
                    if left[group].isEmpty {
                        left[group] = groups[group]
                        random.shuffle(&left[group])
                    }
                    order.append(left[group].removeLast())
                }
            }
            return Plan(order: order)
        }
        sampler.objection = oneForEach(labels.count, "labels")
        return sampler
    }

    /// Batches of one's own, such as of sequences of similar length; the loader's batch size does not count.
    ///
    /// - Parameters:
    ///   - batches: the indices of each batch.
    ///   - shuffled: whether the batches come in another order in each epoch.
    public static func batches(_ batches: [[Int]], shuffled: Bool = true) -> Sampler {
        if let empty = batches.firstIndex(where: \.isEmpty) {
            fail("Sampler.batches", "batch \(empty) has no samples")
        }
        let all = batches.flatMap { $0 }
        let (least, most) = (all.min() ?? 0, all.max() ?? -1)
        if least < 0 { fail("Sampler.batches", "there is no sample \(least)") }
        var sampler = Sampler(size: { _ in all.count }) { _, _, random in
            var turn = Array(batches.indices)
            if shuffled { random.shuffle(&turn) }
            var plan = Plan(order: [], ends: [])
            for batch in turn {
                plan.order += batches[batch]
                plan.ends!.append(plan.order.count)
            }
            return plan
        }
        sampler.batchCount = batches.count
        sampler.objection = { count in
            most < count ? nil : "a batch has sample \(most), of a set of \(count)"
        }
        return sampler
    }

    /// The indices of each class, in the order of the classes.
    private static func groups(_ labels: [Int]) -> [[Int]] {
        Dictionary(grouping: labels.indices) { labels[$0] }.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func oneForEach(_ found: Int, _ what: String) -> @Sendable (Int) -> String? {
        { count in found == count ? nil : "there are \(found) \(what) for \(count) samples" }
    }
}

extension [Double] {
    /// The first index of rising numbers whose number is above `value`; `count` if none is.
    fileprivate func partition(above value: Double) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
