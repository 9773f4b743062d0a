import Apus

/// Where a run stands, besides its tensors.
struct RunProgress: Codable, Sendable, Equatable {
    /// Epochs finished.
    var epoch = 0
    /// Batches done in the epoch after those.
    var batch = 0
    /// Steps since the run's beginning.
    var step = 0
    /// Samples of that epoch that are done.
    var samples = 0
    /// Lines that the metrics have.
    var records = 0
    /// What training gave since the last of these, summed over its samples, and their number.
    var sums: [String: Double] = [:]
    var counted = 0
    /// The names of the sums in the order of the first step.
    var names: [String] = []
    /// Seconds spent since the last record.
    var seconds = 0.0
    /// Steps left out since something was not finite, and how many of them came last, one after the other.
    var skipped = 0
    var skippedNow = 0
    var random = RandomGenerator.State(seed: 0, offset: 0)

    /// The means over the samples since the last record.
    var means: Measurements {
        var result: Measurements = [:]
        for name in names { result[name] = sums[name].map { $0 / Double(max(counted, 1)) } }
        return result
    }

    /// Adds what a step gave, means over so many samples.
    mutating func add(_ values: Measurements, samples: Int) {
        for (name, value) in values {
            if sums[name] == nil { names.append(name) }
            sums[name, default: 0] += value * Double(samples)
        }
        counted += samples
    }

    /// Begins to count for the next record.
    mutating func forgetSums() { (sums, names, counted, seconds) = ([:], [], 0, 0) }

    /// What no run with these options can have come to; nil where all is possible.
    ///
    /// - Parameters:
    ///   - batches: of an epoch.
    ///   - samples: of an epoch.
    ///   - batchSize: samples of all batches but the last; nil where that is not known.
    func contradiction(batches: Int, samples total: Int, batchSize: Int?, of options: TrainingOptions)
        -> String?
    {
        guard (0...TrainingOptions.mostEpochs).contains(epoch) else { return "its epoch is \(epoch)" }
        guard (0...batches).contains(batch) else { return "its batch is \(batch), of an epoch of \(batches)" }
        if step < 0 { return "its step is \(step)" }
        if let batchSize {
            func steps(_ batches: Int) -> Int {
                batches / options.accumulation + (batches % options.accumulation > 0 ? 1 : 0)
            }
            let done = epoch.multipliedReportingOverflow(by: steps(batches))
            if done.overflow || step != done.partialValue + steps(batch) {
                return
                    "its step is \(step), after \(epoch) epochs of \(steps(batches)) steps and \(batch) batches"
            }
            let right = batch == batches ? total : batch * batchSize
            if samples != right { return "its samples are \(samples) after \(batch) batches, not \(right)" }
        }
        if samples < 0 { return "its samples are \(samples)" }
        if !(0...samples).contains(counted) { return "it counts \(counted) of \(samples) samples" }
        if records < 0 || records > step { return "its records are \(records) after \(step) steps" }
        if Set(names) != Set(sums.keys) || names.count != sums.count { return "its sums have other names" }
        if let sum = sums.values.first(where: { !$0.isFinite }) { return "one of its sums is \(sum)" }
        // A thousand years; no time has passed before the first step.
        if !(0...(counted == 0 ? 0 : 3e10)).contains(seconds) { return "its seconds are \(seconds)" }
        if !(0...step).contains(skipped) || !(0...skipped).contains(skippedNow) {
            return "it has left out \(skipped) steps, \(skippedNow) of them last"
        }
        if random.seed != options.seed { return "its random seed is \(random.seed), not \(options.seed)" }
        return nil
    }
}
