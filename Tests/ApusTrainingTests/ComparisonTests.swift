import Testing

@testable import ApusTraining

@Suite struct ComparisonTests {
    static func metrics(_ accuracies: [Double], seconds: Double) -> [MetricsRecord] {
        accuracies.enumerated().map {
            MetricsRecord(epoch: $0 + 1, step: 10 * ($0 + 1), values: ["test_accuracy": $1], seconds: seconds)
        }
    }

    @Test func resultsStandSideBySide() {
        let comparison = Comparison([
            Comparison.Run(
                recipe: "audio-complex", parameters: 36_544,
                metrics: ComparisonTests.metrics([0.5, 0.91, 0.9], seconds: 3.04)),
            Comparison.Run(
                recipe: "audio-real", parameters: 950,
                metrics: ComparisonTests.metrics([0.25, 1], seconds: 12.5)),
        ])
        #expect(
            comparison.description == """
                test accuracy              audio-complex  audio-real
                epoch 1                           0.5000      0.2500
                epoch 2                           0.9100      1.0000
                epoch 3                           0.9000           -
                best                              0.9100      1.0000
                parameters (real numbers)         36,544         950
                seconds an epoch                     3.0        12.5
                """)
    }

    @Test func aRunWithoutEpochsHasNoResults() {
        let run = Comparison.Run(recipe: "a", parameters: 1, metrics: [])
        #expect(run.bestAccuracy == nil && run.secondsAnEpoch == nil)
        #expect(
            Comparison([run]).description == """
                test accuracy              a
                best                       -
                parameters (real numbers)  1
                seconds an epoch           -
                """)
    }

    @Test func whatCannotBeComparedIsRefused() throws {
        try Comparison.check(["audio-complex", "audio-real"])
        try Comparison.check(["mnist-mlp", "mnist-conv", "mnist-separable"])
        #expect(throws: TrainingError.unknownRecipe("audio-reel")) {
            try Comparison.check(["audio-complex", "audio-reel"])
        }
        for (names, reason) in [
            (["audio-real"], "at least two"), ([], "at least two"),
            (["audio-real", "audio-real"], "audio-real is given twice"),
            (["mnist-mlp", "audio-real"], "mnist-mlp is trained on the embedded digits, audio-real on"),
        ] {
            let error = #expect(throws: TrainingError.self) { try Comparison.check(names) }
            #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        }
    }
}
