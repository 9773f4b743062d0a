import ApusCore

// Data sets made of others. What is made is made when it is asked for, in the loader's threads.

extension Dataset {
    /// The set with `transform` applied to each sample.
    public func map<New: Sendable>(
        _ transform: @escaping @Sendable (Sample) -> New
    ) -> AnyDataset<New, Failure> {
        let all = AnyDataset<Sample, Failure>(self)
        return AnyDataset<New, Failure>(count: count, name: all.name) { all.make($0).map(transform) }
    }

    /// The set with `transform`, which can fail, applied to each sample.
    @_disfavoredOverload
    public func map<New: Sendable>(
        _ transform: @escaping @Sendable (Sample) throws -> New
    ) -> AnyDataset<New, any Error> {
        AnyDataset<New, any Error>(count: count, name: { source(of: $0) }) { index in
            Result { try transform(try sample(index)) }
        }
    }

    /// The samples at these indices, in this order.
    public func subset(
        _ indices: some Sequence<Int>, file: StaticString = #fileID, line: UInt = #line
    ) -> AnyDataset<Sample, Failure> {
        let indices = Array(indices)
        if let wrong = indices.first(where: { $0 < 0 || $0 >= count }) {
            fail("subset", "index \(wrong) is not in 0..<\(count)", at: CallSite(file: file, line: line))
        }
        let all = AnyDataset<Sample, Failure>(self)
        var whole: WholeBatches?
        if let make = all.whole { whole = { chosen in make(chosen.map { indices[$0] }[...]) } }
        return AnyDataset<Sample, Failure>(
            count: indices.count, whole: whole, name: { all.name(indices[$0]) },
            make: { all.make(indices[$0]) })
    }

    /// The samples that `isIncluded` wants. Each is made once, here.
    public func filter(
        _ isIncluded: (Sample) -> Bool
    ) throws(Failure) -> AnyDataset<Sample, Failure> {
        var indices: [Int] = []
        for index in 0..<count where isIncluded(try sample(index)) { indices.append(index) }
        return subset(indices)
    }

    /// The samples of this set and then those of another.
    public func concatenated<Other: Dataset>(with other: Other) -> AnyDataset<Sample, Failure>
    where Other.Sample == Sample, Other.Failure == Failure {
        let (first, second) = (AnyDataset<Sample, Failure>(self), AnyDataset<Sample, Failure>(other))
        let border = count
        return AnyDataset<Sample, Failure>(
            count: border + second.count,
            name: { $0 < border ? first.name($0) : second.name($0 - border) },
            make: { $0 < border ? first.make($0) : second.make($0 - border) })
    }

    /// Disjoint parts of the set, of samples drawn at random.
    ///
    /// - Parameters:
    ///   - fractions: the share of each part; together 1 at most. What rounding down leaves over of the sum goes to the
    ///     first parts, one sample each.
    ///   - seed: another gives other parts.
    public func randomSplit(
        fractions: [Double], seed: UInt64 = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> [AnyDataset<Sample, Failure>] {
        let sum = fractions.reduce(0, +)
        if fractions.contains(where: { !($0 >= 0) }) || sum > 1 + 1e-9 {
            fail(
                "randomSplit", "\(fractions) are no shares of a whole", at: CallSite(file: file, line: line))
        }
        var counts = fractions.map { Int((Double(count) * $0 + 1e-9).rounded(.down)) }
        let rest = min(count, Int((Double(count) * sum + 1e-9).rounded(.down))) - counts.reduce(0, +)
        for part in 0..<max(rest, 0) { counts[part % counts.count] += 1 }
        return randomSplit(counts: counts, seed: seed, file: file, line: line)
    }

    /// Disjoint parts of the set, of so many samples drawn at random.
    ///
    /// - Parameters:
    ///   - counts: samples of each part; together no more than there are.
    ///   - seed: another gives other parts.
    public func randomSplit(
        counts: [Int], seed: UInt64 = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> [AnyDataset<Sample, Failure>] {
        let total = counts.reduce(0) { $0.addingClamped($1) }
        if counts.contains(where: { $0 < 0 }) || total > count {
            fail(
                "randomSplit", "\(count) samples cannot be split into \(counts)",
                at: CallSite(file: file, line: line))
        }
        var order = Array(0..<count)
        var random = CounterGenerator(seed: seed, stream: 0x73_706C_6974, index: 0)
        random.shuffle(&order)
        var rest = order[...]
        return counts.map { size in
            defer { rest = rest.dropFirst(size) }
            return subset(rest.prefix(size))
        }
    }
}
