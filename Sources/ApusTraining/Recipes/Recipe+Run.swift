import Apus
import ApusFormats
import Foundation

extension Recipe {
    /// Begins a recipe's run in an empty or new folder.
    ///
    /// - Throws: `TrainingError.inUse` where another process writes there, `.occupied` where a run is;
    ///   `FileError` where the data cannot be read.
    public static func begin(
        _ configuration: RunConfiguration, in folder: RunFolder, callbacks: [any Callback] = [],
        progress: ProgressStyle = .none
    ) throws -> any TrainingRun {
        try configuration.validate()
        let recipe = try named(configuration.recipe)
        try RunSession.checkIsFree(folder)
        let prepared =
            try configuration.dataDigest == nil
            ? recipe.prepare(recipe, configuration)
            : configuration.reading(in: folder.path) { try recipe.prepare(recipe, configuration) }
        let settled = try configuration.settled(prepared, in: folder.path)
        let session = try RunSession(beginning: folder, settled.json())
        return try recipe.start(prepared, settled, session, callbacks, progress)
    }

    /// Goes on with the run of a recipe in `folder`.
    ///
    /// - Parameter change: applied to the saved configuration; it may raise the number of epochs, set
    ///   the threads, and name another folder with the same data; anything else that decides what the run computes throws.
    /// - Throws: `TrainingError.inUse` where another process writes to the folder.
    public static func resume(
        _ folder: RunFolder, callbacks: [any Callback] = [], progress: ProgressStyle = .none,
        changing change: (inout RunConfiguration) throws -> Void = { _ in }
    ) throws -> any TrainingRun {
        let session = try RunSession(resuming: folder)
        let saved = try RunConfiguration.read(folder.configuration)
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
        let run = try recipe.start(prepared, configuration, session, callbacks, progress)
        if configuration != saved { try AtomicFile.write(try configuration.json(), to: folder.configuration) }
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
        _ prepared: PreparedRun, _ configuration: RunConfiguration, _ session: RunSession,
        _ callbacks: [any Callback],
        _ progress: ProgressStyle
    ) throws -> any TrainingRun {
        try Threads.start(configuration.options.threads)
        let setup = RunSetup(
            recipe: self, configuration: configuration, session: session,
            random: RandomGenerator(seed: configuration.options.seed), progress: progress,
            callbacks: callbacks)
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
