import Apus
import ApusNN
import ApusOptim
import Foundation

/// The loss at learning rates that grow from step to step (Smith 2017, "Cyclical learning rates for training neural networks").
public struct LearningRateCurve: Sendable {
    /// The learning rates tried, ascending.
    public let rates: [Double]
    /// The loss of each step's batch, smoothed over some steps.
    public let losses: [Double]

    /// Where the smoothed loss falls fastest over the logarithm of the rate: a good rate to begin with. nil where it falls
    /// nowhere.
    public var suggestion: Double? {
        guard rates.count > 2 else { return nil }
        let slopes = (1..<rates.count - 1).map { index -> Double in
            let fall: Double = losses[index + 1] - losses[index - 1]
            return fall / log(rates[index + 1] / rates[index - 1])
        }
        guard let steepest = slopes.indices.min(by: { slopes[$0] < slopes[$1] }), slopes[steepest] < 0 else {
            return nil
        }
        return rates[steepest + 1]
    }
}

extension SupervisedLearner {
    /// Tries learning rates from `low` to `high`, one a step, each a constant factor above the one before, and then gives the
    /// model, the optimizer and the default generator back what they had.
    ///
    /// It ends early where the loss becomes four times its best, or is not finite.
    ///
    /// - Parameters:
    ///   - batches: of which the first `steps` are taken, beginning anew where an epoch ends.
    ///   - low: the first learning rate; positive.
    ///   - high: the last one; above `low`.
    ///   - steps: how many are tried; 2 or more.
    public func learningRateCurve(
        on batches: BatchSource<Batch>, from low: Double = 1e-7, to high: Double = 10, steps: Int = 100
    ) throws -> LearningRateCurve {
        if !(low > 0) || !(high > low) || steps < 2 {
            fail(
                "learningRateCurve",
                "\(steps) steps from \(low) to \(high): it takes 2 or more, upwards from above 0")
        }
        let (weights, state, random) = (
            model.stateDictionary(), optimizer.stateDictionary(), RandomGenerator.default.state
        )
        let rates = optimizer.groups.map(\.learningRate)
        defer {
            // What was the state a moment ago fits.
            try! model.load(weights)
            try! optimizer.load(state)
            for (group, rate) in zip(optimizer.groups, rates) { group.learningRate = rate }
            optimizer.zeroGradients()
            RandomGenerator.default.state = random
        }
        var (tried, losses) = ([Double](), [Double]())
        var (mean, best) = (0.0, Double.infinity)
        var (epoch, next) = (0, batches.epoch(0, from: 0))
        for step in 0..<steps {
            var batch = try next()?.batch
            if batch == nil {
                epoch += 1
                next = batches.epoch(epoch, from: 0)
                batch = try next()?.batch
            }
            guard let batch else { break }
            let rate = low * pow(high / low, Double(step) / Double(steps - 1))
            optimizer.learningRate = rate
            optimizer.zeroGradients()
            let loss = try objective(trained, batch).loss
            let value = loss.item(as: Double.self)
            // A running mean of 0.9, with its bias corrected.
            mean = 0.9 * mean + 0.1 * value
            let smoothed = mean / (1 - pow(0.9, Double(step + 1)))
            if !smoothed.isFinite || step > 10 && smoothed > 4 * best { break }
            best = min(best, smoothed)
            tried.append(rate)
            losses.append(smoothed)
            loss.backward()
            optimizer.step()
        }
        return LearningRateCurve(rates: tried, losses: losses)
    }
}
