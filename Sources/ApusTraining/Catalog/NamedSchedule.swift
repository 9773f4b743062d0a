import ApusOptim

/// A schedule of the learning rate by its name in settings. Lengths in settings are epochs, such as 0.5 or 30.
public struct NamedSchedule: Sendable {
    /// What settings call it, such as `cosine`.
    public let name: String
    /// What code calls it.
    let type: String
    /// One line.
    public let about: String
    let make: @Sendable (_ settings: inout SettingsReader, _ run: Length) throws -> Schedule

    /// How long a schedule lasts.
    struct Length {
        /// Of the run, but for those before the schedule begins.
        let steps: Int
        let stepsOfEpoch: Int
        /// The whole steps of so many epochs, one at least.
        func steps(_ epochs: Double) -> Int {
            max(1, Int(min((epochs * Double(stepsOfEpoch)).rounded(), 1e15)))
        }
    }

    /// Makes it, for a run of so many epochs.
    ///
    /// - Throws: `TrainingError.badOption` for a name that it does not have, and a value that cannot be.
    public func make(_ settings: [String: Setting], epochs: Int, stepsOfEpoch: Int) throws -> Schedule {
        var reader = SettingsReader(settings, of: "schedule \(name)")
        let stepsOfEpoch = max(stepsOfEpoch, 1)
        let warmUp = try reader.length("warm_up")
        let run = Length(steps: epochs * stepsOfEpoch, stepsOfEpoch: stepsOfEpoch)
        let stepsBefore = warmUp.map { $0 == 0 ? 0 : run.steps($0) } ?? 0
        let schedule = try make(
            &reader, Length(steps: max(1, run.steps - stepsBefore), stepsOfEpoch: stepsOfEpoch))
        try reader.finish()
        guard let warmUp, warmUp > 0, !schedule.needsMetric else {
            if warmUp == nil || warmUp == 0 { return schedule }
            throw TrainingError.badOption("schedule \(name): it takes no warm_up")
        }
        return .warmUp(steps: stepsBefore, then: schedule)
    }

    /// The names of its settings.
    var settings: [String] {
        let own = SettingsReader.names { try make(&$0, Length(steps: 1, stepsOfEpoch: 1)) }
        return name == "plateau" ? own : own + ["warm_up"]
    }

    /// Every schedule; a new one is a line here.
    public static let all = [
        NamedSchedule(name: "constant", type: "constant", about: "one rate all the time") { _, _ in .constant
        },
        NamedSchedule(name: "step", type: "step", about: "less by a factor every so many epochs") {
            .step(every: $1.steps(try $0.length("every") ?? 10), factor: try $0.positive("factor") ?? 0.1)
        },
        NamedSchedule(name: "multi-step", type: "multiStep", about: "less by a factor at certain epochs") {
            settings, run in
            let factor = try settings.positive("factor") ?? 0.1
            guard let epochs = try settings.numbers("at"), epochs.allSatisfy({ $0 > 0 && $0.isFinite }) else {
                throw TrainingError.badOption(
                    "schedule multi-step: at must be a list of epochs, such as [30, 60]")
            }
            return .multiStep(at: epochs.map(run.steps), factor: factor)
        },
        NamedSchedule(name: "exponential", type: "exponential", about: "less by a factor after each epoch") {
            .step(every: $1.stepsOfEpoch, factor: try $0.positive("factor") ?? 0.95)
        },
        NamedSchedule(name: "linear", type: "linear", about: "in a straight line between two factors") {
            .linear(
                from: try $0.positive("from") ?? 1, to: try $0.positive("to") ?? 0, steps: max($1.steps, 1))
        },
        NamedSchedule(name: "polynomial", type: "polynomial", about: "down to 0 by a power") {
            .polynomial(steps: max($1.steps, 1), power: try $0.positive("power") ?? 1)
        },
        NamedSchedule(name: "cosine", type: "cosine", about: "down along half a cosine") {
            .cosine(steps: max($1.steps, 1), to: try $0.positive("to") ?? 0)
        },
        NamedSchedule(
            name: "cosine-restarts", type: "cosineWithRestarts",
            about: "down along half a cosine, again and again"
        ) {
            settings, run in
            let growth = try settings.int("growth") ?? 1
            if growth < 1 {
                throw TrainingError.badOption(
                    "schedule cosine-restarts: growth is \(growth); it must be at least 1")
            }
            return .cosineWithRestarts(
                every: run.steps(try settings.length("every") ?? 10), growth: growth,
                to: try settings.positive("to") ?? 0)
        },
        NamedSchedule(name: "cyclic", type: "cyclic", about: "up and down between two rates") {
            settings, run in
            let (low, high) = (try settings.positive("from"), try settings.positive("to"))
            let up = run.steps(try settings.length("up") ?? 2)
            guard let high else {
                throw TrainingError.badOption("schedule cyclic: to is missing, the highest rate")
            }
            return .cyclic(from: low, to: high, up: up, momentum: nil)
        },
        NamedSchedule(
            name: "one-cycle", type: "oneCycle",
            about: "up to a peak and down far below, once (Smith & Topin 2019)"
        ) {
            .oneCycle(
                steps: max($1.steps, 2), peak: try $0.positive("peak"), rise: try $0.share("rise") ?? 0.3,
                momentum: nil)
        },
        NamedSchedule(
            name: "plateau", type: "reduceOnPlateau",
            about: "less by a factor when the loss has stopped falling"
        ) {
            settings, _ in
            let patience = try settings.int("patience") ?? 10
            if patience < 0 {
                throw TrainingError.badOption(
                    "schedule plateau: patience is \(patience); it must be at least 0")
            }
            return .reduceOnPlateau(factor: try settings.share("factor") ?? 0.1, patience: patience)
        },
    ]

    /// The schedule of this name.
    /// - Throws: `TrainingError.badOption`, which lists those there are.
    public static func named(_ name: String) throws -> NamedSchedule {
        try all.entry(name, "schedule", \.name)
    }
}

extension SettingsReader {
    /// A number of epochs, 0 or more.
    mutating func length(_ name: String) throws(TrainingError) -> Double? { try positive(name) }
}
