import Apus
import ApusNN
import Testing
import _ApusTestSupport

@testable import ApusTraining

/// Recipes stopped at any step and resumed, against the same runs without a stop: with a schedule and averaged weights, with noise
/// that is drawn in each step, with two networks that learn one after the other.
@Suite(.serialized) struct RecipeResumeTests {
    private let folder = TemporaryFolder()

    private func configuration(
        _ name: String, epochs: Int, _ change: (inout RunConfiguration) -> Void = { _ in }
    ) throws -> RunConfiguration {
        var result = try Recipe.named(name).configuration
        result.data = "\(folder.path)/data"
        result.options.epochs = epochs
        result.options.batchSize = 16
        result.options.seed = 7
        change(&result)
        return result
    }

    private func checkGoesOnAlike(_ configuration: RunConfiguration) throws {
        try TinyMNIST.write(to: "\(folder.path)/data", train: 50)
        let whole = try Recipe.begin(configuration, in: RunFolder("\(folder.path)/whole"))
        #expect(try whole.run() == .finished)
        // One step of each half of the run: in distill's, the teacher's and the student's.
        let count = whole.position.step
        for part in 0..<2 {
            let stop = Int.random(in: max(1, part * count / 2)..<(part + 1) * count / 2)
            try ResumedRun.expectAlike(
                whole, configuration, stoppedAfter: stop, in: RunFolder("\(folder.path)/stopped-\(part)"))
        }
    }

    @Test func withAScheduleAndAveragedWeights() throws {
        try checkGoesOnAlike(
            configuration("mnist-mlp", epochs: 3) {
                $0.choices[.schedule] = "cosine"
                $0.options.averageDecay = 0.9
            })
    }

    @Test func withEveryChoice() throws {
        try checkGoesOnAlike(
            configuration("mnist-mlp", epochs: 3) {
                $0.choices = [
                    .optimizer: "lion", .schedule: ["name": "cosine", "warm_up": 1],
                    .loss: ["name": "cross-entropy", "label_smoothing": 0.1], .metrics: ["accuracy", "f1"],
                    .initializer: "orthogonal",
                    .augment: [["name": "random-affine", "degrees": 20], "random-crop"],
                ]
            })
    }

    @Test func withNoise() throws { try checkGoesOnAlike(configuration("autoencoder", epochs: 3)) }

    /// Stochastic depth and dropout draw in each step.
    @Test(arguments: ["hornet", "efficientnet"])
    func withSmallNetworksForDigits(_ model: String) throws {
        try checkGoesOnAlike(
            configuration("digits-hornet", epochs: 2) { $0.settings["model"] = .text(model) })
    }

    @Test func withATeacherAndAStudent() throws {
        try checkGoesOnAlike(
            configuration("distill", epochs: 4) {
                $0.settings["teacher_epochs"] = 2
                $0.settings["samples"] = 40
                $0.choices[.schedule] = "cosine"
                $0.options.averageDecay = 0.9
            })
    }
}
