import Apus
import ApusDistributed
import ApusFormats
import Foundation

extension Recipe {
    /// Begins a recipe's run in an empty or new folder.
    ///
    /// - Parameters:
    ///   - group: of the processes that train together; all of them call this. The first keeps the folder.
    ///   - timeout: seconds without progress after which all processes end, with the status 124.
    /// - Throws: `TrainingError.inUse` where another process writes there, `.occupied` where a run is;
    ///   `FileError` where the data cannot be read.
    public static func begin(
        _ configuration: RunConfiguration, in folder: RunFolder, callbacks: [any Callback] = [],
        progress: ProgressStyle = .none, group: any ProcessGroup = SoloGroup(),
        timeout: Double = 600
    ) throws -> any TrainingRun {
        let ranks = Ranks(group: group, timeout: timeout)
        let watchdog = ranks.watchdog(at: "the reading of the data")
        defer { watchdog?.end() }
        try configuration.validate()
        let recipe = try named(configuration.recipe)
        if ranks.isFirst { try RunSession.checkIsFree(folder) }
        let prepared =
            try configuration.dataDigest == nil
            ? recipe.prepare(recipe, configuration)
            : configuration.reading(in: folder.path) { try recipe.prepare(recipe, configuration) }
        let settled = try configuration.settled(prepared, in: folder.path)
        try ranks.agree(on: settled, contents: prepared.contents)
        let session = ranks.isFirst ? try RunSession(beginning: folder, settled.json()) : nil
        return try recipe.start(prepared, settled, session, callbacks, progress, ranks)
    }

    /// Goes on with the run of a recipe in `folder`.
    ///
    /// - Parameter change: applied to the saved configuration; it may raise the number of epochs, set
    ///   the threads, and name another folder with the same data; anything else that decides what the run computes throws.
    /// - Throws: `TrainingError.inUse` where another process writes to the folder.
    public static func resume(
        _ folder: RunFolder, callbacks: [any Callback] = [], progress: ProgressStyle = .none,
        group: any ProcessGroup = SoloGroup(), timeout: Double = 600,
        changing change: (inout RunConfiguration) throws -> Void = { _ in }
    ) throws -> any TrainingRun {
        let ranks = Ranks(group: group, timeout: timeout)
        let watchdog = ranks.watchdog(at: "the reading of the run")
        defer { watchdog?.end() }
        let session = ranks.isFirst ? try RunSession(resuming: folder) : nil
        let saved = try ranks.broadcast(
            session.map { _ in try RunConfiguration.read(folder.configuration) })!
        var configuration = saved
        try change(&configuration)
        try configuration.validate()
        try configuration.check(against: saved, in: folder.path)
        let recipe = try named(configuration.recipe)
        let isMoved = configuration.data != saved.data
        let prepared =
            try isMoved
            ? recipe.prepare(recipe, configuration)
            : saved.reading(in: folder.path) { try recipe.prepare(recipe, configuration) }
        configuration = try configuration.settled(prepared, in: folder.path)
        try ranks.agree(on: configuration, contents: prepared.contents)
        let run = try recipe.start(prepared, configuration, session, callbacks, progress, ranks)
        if ranks.isFirst && configuration != saved {
            try AtomicFile.write(try configuration.json(), to: folder.configuration)
        }
        return run
    }

    /// Begins a run, or goes on with it where the folder holds it: what comparisons do with each of theirs.
    ///
    /// - Throws: where it was begun in another way, but for fewer epochs and data in another place.
    package static func beginOrResume(
        _ configuration: RunConfiguration, in folder: RunFolder, callbacks: [any Callback] = [],
        progress: ProgressStyle = .none
    ) throws -> any TrainingRun {
        if !folder.holdsRun {
            return try begin(configuration, in: folder, callbacks: callbacks, progress: progress)
        }
        return try resume(folder, callbacks: callbacks, progress: progress) { saved in
            let (digest, epochs) = (saved.dataDigest, saved.options.epochs)
            saved = configuration
            saved.dataDigest = digest
            saved.options.epochs = max(epochs, configuration.options.epochs)
        }
    }

    private func start(
        _ prepared: PreparedRun, _ configuration: RunConfiguration, _ session: RunSession?,
        _ callbacks: [any Callback],
        _ progress: ProgressStyle, _ ranks: Ranks
    ) throws -> any TrainingRun {
        try Threads.start(configuration.options.threads)
        let setup = RunSetup(
            recipe: self, configuration: configuration, session: session,
            random: RandomGenerator(seed: configuration.options.seed), progress: progress,
            callbacks: ranks.isFirst ? callbacks : [], ranks: ranks)
        return try withRandomGenerator(setup.random) { try prepared.start(setup) }
    }

    /// What a file of weights says of whose they are.
    func metadata(_ settings: [String: Setting]) -> [String: String] {
        var result = ["apus.recipe": name]
        if !settings.isEmpty, let text = try? JSONEncoder().encode(settings) {
            result["apus.settings"] = String(decoding: text, as: UTF8.self)
        }
        return result
    }
}
