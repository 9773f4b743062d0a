import Apus
import ApusNN

/// Sets the learning rates of an optimizer by a schedule.
///
/// ```swift
/// let optimizer = SGD(model.parameters(), learningRate: 0.1, momentum: 0.9)
/// let scheduler = Scheduler(optimizer, .warmUp(steps: 100, then: .exponential(factor: 0.999)))
/// for batch in batches {
///     …
///     optimizer.step()
///     scheduler.step()
/// }
/// ```
public final class Scheduler {
    /// What is followed.
    public let schedule: Schedule
    /// Calls of `step` so far.
    public private(set) var stepCount = 0

    private let optimizer: Optimizer
    /// The learning rates that the groups had.
    private let bases: [Double]
    private var plateau: Plateau

    /// How far a plateau has gone.
    private struct Plateau {
        var best: Double
        var badSteps = 0
        var cooldown = 0
        var rates: [Double]
    }

    /// Sets the learning rates of the first step. Those that the groups have now are what the schedule begins with.
    public init(_ optimizer: Optimizer, _ schedule: Schedule) {
        self.optimizer = optimizer
        self.schedule = schedule
        bases = optimizer.groups.map(\.learningRate)
        plateau = Plateau(best: schedule.plateau?.worst ?? 0, rates: bases)
        apply()
    }

    /// Sets the learning rates, and where the schedule says the momentum, of the next step.
    ///
    /// - Parameter metric: how good the model is, for `reduceOnPlateau`, which needs it; others do not look at it.
    public func step(metric: Double? = nil) {
        stepCount += 1
        if let settings = schedule.plateau {
            guard let metric else { fail("Scheduler", "reduceOnPlateau needs a metric: step(metric:)") }
            watch(metric, settings)
        }
        apply()
    }

    private func apply() {
        for (index, group) in optimizer.groups.enumerated() {
            group.learningRate =
                schedule.needsMetric ? plateau.rates[index] : schedule.rate(stepCount, bases[index])
            guard let momentum = schedule.momentum(stepCount) else { continue }
            if group.momentum != nil {
                group.momentum = momentum
            } else if let betas = group.betas {
                group.betas = (momentum, betas.1)
            } else {
                fail("Scheduler", "the optimizer has no momentum to change: give the schedule momentum: nil")
            }
        }
    }

    private func watch(_ metric: Double, _ settings: PlateauSettings) {
        if settings.isBetter(metric, than: plateau.best) {
            let most = Double.greatestFiniteMagnitude
            plateau.best = min(max(metric, -most), most)
            plateau.badSteps = 0
        } else {
            plateau.badSteps += 1
        }
        if plateau.cooldown > 0 {
            plateau.cooldown -= 1
            plateau.badSteps = 0
        }
        if plateau.badSteps <= settings.patience { return }
        plateau.rates = plateau.rates.map { rate in
            let lower = max(rate * settings.factor, settings.low)
            // As PyTorch, which leaves out changes that nobody would see.
            return rate - lower > 1e-8 ? lower : rate
        }
        plateau.cooldown = settings.cooldown
        plateau.badSteps = 0
    }

    /// What a checkpoint needs to go on: `step`, and for `reduceOnPlateau` how far it has gone.
    public func stateDictionary() -> [String: Tensor] {
        var state = ["step": Tensor(stepCount)]
        if schedule.needsMetric {
            state["best"] = Tensor(plateau.best, dtype: .float64)
            state["badSteps"] = Tensor(plateau.badSteps)
            state["cooldown"] = Tensor(plateau.cooldown)
            state["rates"] = Tensor(plateau.rates, shape: [plateau.rates.count], dtype: .float64)
        }
        return state
    }

    /// Goes on from the state of another scheduler of the same kind, and sets the learning rates.
    ///
    /// - Throws: `StateMismatch` with every name that does not fit; nothing is changed then.
    public func load(_ state: [String: Tensor]) throws {
        var mismatch = StateMismatch(ofSlots: stateDictionary(), found: state)
        if mismatch.isEmpty {
            for name in ["step", "badSteps", "cooldown"] {
                guard let wrong = state[name].flatMap(wrongStepCount) else { continue }
                mismatch.invalid.append("\(name) has \(wrong), not whole numbers from 0 to \(mostSteps)")
            }
            for rate in state["rates"]?.array(of: Double.self) ?? [] where !(rate >= 0 && rate.isFinite) {
                mismatch.invalid.append("rates has \(rate), no learning rate")
            }
            if let best = state["best"]?.item(as: Double.self), !best.isFinite {
                mismatch.invalid.append("best has \(best), no metric")
            }
        }
        if !mismatch.isEmpty { throw mismatch }
        stepCount = state["step"]!.item(as: Int.self)
        if schedule.needsMetric {
            plateau = Plateau(
                best: state["best"]!.item(as: Double.self), badSteps: state["badSteps"]!.item(as: Int.self),
                cooldown: state["cooldown"]!.item(as: Int.self), rates: state["rates"]!.array(of: Double.self)
            )
        }
        apply()
    }
}
