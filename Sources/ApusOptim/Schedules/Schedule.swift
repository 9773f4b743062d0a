import ApusCore

/// How the learning rate changes from step to step: a function of the step, so that going on from any step needs nothing
/// else.
///
/// ```swift
/// let scheduler = Scheduler(optimizer, .cosine(steps: 1000, warmUp: 100))
/// ```
///
/// What a step is, of the optimizer or an epoch, is decided by whoever calls ``Scheduler/step(metric:)``. Learning rates are
/// those that the groups of the optimizer are made with, times a factor, unless a schedule says otherwise. All give
/// the numbers of PyTorch's schedule of the same name.
public struct Schedule: Sendable {
    /// The learning rate at a step, counted from 0, of a group that was made with `base`.
    let rate: @Sendable (_ step: Int, _ base: Double) -> Double
    /// The momentum at a step; nil leaves it as it is.
    let momentum: @Sendable (_ step: Int) -> Double?
    /// What replaces the function where the rate depends on how training goes.
    let plateau: PlateauSettings?

    init(
        momentum: @escaping @Sendable (_ step: Int) -> Double? = { _ in nil },
        rate: @escaping @Sendable (_ step: Int, _ base: Double) -> Double
    ) {
        self.rate = rate
        self.momentum = momentum
        plateau = nil
    }

    init(_ plateau: PlateauSettings) {
        rate = { $1 }
        momentum = { _ in nil }
        self.plateau = plateau
    }

    /// Whether each step needs a metric.
    public var needsMetric: Bool { plateau != nil }

    /// The learning rate at a step, counted from 0, of a group that was made with the rate `base`. Where the schedule needs
    /// metrics it is the first one.
    public func learningRate(at step: Int, base: Double) -> Double { rate(step, base) }

    /// Stops the program where a number of steps is below `least`.
    static func checkSteps(_ schedule: String, _ steps: Int, least: Int = 1) {
        if steps < least { fail(schedule, "\(steps) steps; there must be \(least) or more") }
    }

    /// Stops the program where a schedule cannot be a part of others.
    static func checkParts(_ schedule: String, _ parts: [Schedule]) {
        if parts.isEmpty { fail(schedule, "it has no schedules") }
        if parts.contains(where: \.needsMetric) {
            fail(schedule, "reduceOnPlateau cannot be a part of it: it is no function of the step")
        }
    }
}
