import ApusFormats
import Testing

@testable import ApusTraining

/// A run that was stopped and gone on with, beside one that was not.
enum ResumedRun {
    /// Everything that the last checkpoint has: weights, moments, averages. What differs there differs later in the
    /// weights.
    static func tensors(_ run: any TrainingRun) throws -> [String: [UInt8]] {
        try Safetensors.load(run.folder!.last).mapValues { $0.withUnsafeBytes { Array($0) } }
    }

    /// Begins the run again in another folder, stops it after a step and goes on: it ends byte by byte as the whole
    /// one did.
    static func expectAlike(
        _ whole: any TrainingRun, _ configuration: RunConfiguration, stoppedAfter stop: Int,
        in folder: RunFolder
    ) throws {
        let first = try Recipe.begin(
            configuration, in: folder, callbacks: [OwnModelTests.Stopper(after: stop)])
        #expect(try first.run() == .stopped)
        #expect(first.position.step == stop)
        let second = try Recipe.resume(folder)
        #expect(second.position == first.position)
        #expect(try second.run() == .finished)
        #expect(try tensors(second) == tensors(whole), "stopped after step \(stop)")
        #expect(second.records.map(\.values) == whole.records.map(\.values), "stopped after step \(stop)")
    }
}
