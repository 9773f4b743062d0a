import ApusFormats
import Foundation

/// A run's folder, which this process alone writes to until the run is over.
final class RunSession {
    let folder: RunFolder
    /// Whether there is a checkpoint to go on from.
    private(set) var hasCheckpoint: Bool
    private var lock: RunLock?

    /// Begins a run in an empty or new folder.
    ///
    /// - Parameter configuration: what `config.json` is to hold.
    /// - Throws: `TrainingError.inUse` where another process writes there, `.occupied` where a run is.
    init(beginning folder: RunFolder, _ configuration: String) throws {
        try RunSession.checkIsFree(folder)
        try folder.create()
        lock = try RunLock(folder.path)
        if folder.holdsRun { throw TrainingError.occupied(folder: folder.path) }
        folder.begin()
        try AtomicFile.write(configuration, to: folder.configuration)
        self.folder = folder
        hasCheckpoint = false
    }

    /// Goes on with the run in a folder.
    ///
    /// - Throws: `TrainingError.nothingToResume`, `.inUse` where another process writes there, `.badCheckpoint` where the last
    ///   checkpoint is gone.
    init(resuming folder: RunFolder) throws {
        guard folder.holdsRun else { throw TrainingError.nothingToResume(folder: folder.path) }
        let lock = try RunLock(folder.path)
        self.lock = lock
        self.folder = folder
        hasCheckpoint = FileManager.default.fileExists(atPath: folder.last)
        if !hasCheckpoint { try checkNothingIsLost(lock) }
    }

    /// - Throws: `TrainingError.inUse` or `.occupied` where a run is in the folder.
    static func checkIsFree(_ folder: RunFolder) throws {
        guard folder.holdsRun else { return }
        do { _ = try RunLock(folder.path) } catch let error as TrainingError { throw error } catch {}
        throw TrainingError.occupied(folder: folder.path)
    }

    /// A run that was killed before its first checkpoint begins anew; one whose `last` somebody removed does not.
    private func checkNothingIsLost(_ lock: RunLock) throws {
        let records = try MetricsLog.count(folder.metrics)
        let best = FileManager.default.fileExists(atPath: folder.best)
        if records == 0 && !best || records <= 1 && (lock.wasLeftBehind || !best) { return }
        throw TrainingError.badCheckpoint(
            file: folder.last,
            reason: "is gone, though there are \(records) lines of metrics"
                + (best ? "; copied from best.safetensors, the run goes on from its best epoch" : ""))
    }

    /// There is a checkpoint: what was left behind by a killed process is caught up with.
    func isSaved() {
        hasCheckpoint = true
        lock?.forgetWhatWasLeft()
    }

    /// The run is over, or stopped: others may write to the folder.
    func close() { lock = nil }

    /// The run goes on after it was stopped.
    ///
    /// - Throws: `TrainingError.inUse` where another process writes to the folder meanwhile.
    func reopen() throws {
        if lock == nil { lock = try RunLock(folder.path) }
    }
}
