import Apus
import ApusFormats
import ApusNN
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusTraining

@Suite struct StudyTests {
    private let folder = TemporaryFolder()

    private static func multiplyAdds(_ study: Study) throws -> [String: Double] {
        try Dictionary(
            uniqueKeysWithValues: study.variants.map { variant in
                let model = try study.recipe.makeModel(variant.settings)
                return (variant.name, Double(model.summary(input: [1, 1, 28, 28]).multiplyAdds))
            })
    }

    @Test func interactionsCostTheSame() throws {
        let costs = try Self.multiplyAdds(.interactions)
        let order5 = try #require(costs["order-5"])
        #expect(costs.count == 9)
        for (name, cost) in costs { #expect(abs(cost / order5 - 1) <= 0.03, "\(name): \(cost / order5)") }
    }

    @Test func scalingCostsTwiceAndFourTimes() throws {
        let costs = try Self.multiplyAdds(.scaling)
        let baseline = try #require(costs["baseline"])
        for (name, cost) in costs where name != "baseline" {
            let wanted = name.hasSuffix("-2x") ? 2.0 : 4.0
            #expect(abs(cost / baseline / wanted - 1) <= 0.05, "\(name): \(cost / baseline)")
        }
    }

    @Test func everyModelTellsTenClasses() throws {
        for study in Study.all {
            for variant in study.variants {
                let model = try study.recipe.makeModel(variant.settings)
                #expect(withInferenceMode { model(.zeros([2, 784])) }.shape == [2, 10], "\(variant.name)")
            }
        }
    }

    @Test func plansAreAllModelsOfASeedBeforeTheNext() throws {
        let plans = try Study.scaling.plans(seeds: 2, epochs: 4, data: nil)
        #expect(plans.count == 18 && Set(plans.map(\.name)).count == 18)
        #expect(plans[0].name == "baseline-seed-0" && plans[9].name == "baseline-seed-1")
        #expect(
            plans.map(\.run.options.seed) == [UInt64](repeating: 0, count: 9)
                + [UInt64](repeating: 1, count: 9))
        #expect(plans.allSatisfy { $0.run.options.epochs == 4 && $0.run.recipe == "digits-scaled" })
        for (seeds, epochs) in [(0, 1), (1001, 1), (1, 0)] {
            #expect(throws: TrainingError.self) {
                try Study.scaling.plans(seeds: seeds, epochs: epochs, data: nil)
            }
        }
    }

    @Test func whatCannotBeIsRefused() throws {
        let unknown = #expect(throws: TrainingError.self) { try Study.named("interaction") }
        #expect(unknown?.description.contains("did you mean 'interactions'?") == true)
        let mixer = #expect(throws: TrainingError.self) {
            try Recipe.digitsMetaFormer.makeModel(["mixer": "order-6"])
        }
        #expect(mixer?.description.contains("there is no mixer 'order-6'; there are: order-1") == true)
        let scale = #expect(throws: TrainingError.self) {
            try Recipe.digitsScaled.makeModel(["depth": 1.0, "width": 0.5, "resolution": 1.0])
        }
        #expect(scale?.description == "digits-scaled: width is 0.5; it must be from 1 to 20.0")
    }

    private static let results = StudyResults(
        about: "which", data: "the embedded digits", epochs: 2,
        rows: [
            .init(
                name: "a", curves: [], multiplyAdds: 1_234_567, parameters: 1000,
                accuracies: [0.5, 0.6, 0.7],
                seconds: [1, 2, 3]),
            .init(
                name: "bb", curves: [], multiplyAdds: 10, parameters: 20, accuracies: [0.25], seconds: [0.5]),
            .init(name: "c", curves: [], multiplyAdds: 10, parameters: 20, accuracies: [], seconds: []),
        ])

    @Test func theTableIsMarkdown() {
        #expect(
            Self.results.description == """
                |    |        accuracy | multiply-adds | parameters | seconds an epoch |
                | -- | --------------: | ------------: | ---------: | ---------------: |
                | a  | 0.6000 ± 0.1000 |     1,234,567 |      1,000 |              2.0 |
                | bb |          0.2500 |            10 |         20 |              0.5 |
                | c  |               - |            10 |         20 |                - |
                """)
        #expect(Self.results.heading.contains("the embedded digits, 2 epochs, 0 to 3 seeds each"))
        #expect(Self.results.markdown.hasPrefix("# which\n\nthe embedded digits, 2 epochs"))
    }

    @Test func thePlotHasARowOrACurveForEach() {
        let dots = Self.results.svg
        #expect(dots.contains(">bb</text>") && !dots.contains("NaN") && !dots.contains("nan"))
        // Three values and their mean, one and its mean.
        #expect(dots.components(separatedBy: "<circle").count - 1 == 6)
        let curves = StudyResults(
            about: "", data: "", epochs: 1,
            rows: ["base", "more"].enumerated().map { index, name in
                .init(
                    name: name, curves: index == 0 ? ["depth", "width"] : ["depth"], multiplyAdds: index + 1,
                    parameters: 1, accuracies: [0.5], seconds: [])
            }
        ).svg
        #expect(curves.contains(">depth</text>") && curves.contains(">width</text>"))
        #expect(curves.contains(">million multiply-adds</text>"))
    }

    @Test func aStudysFolderKnowsHowItWasBegun() throws {
        let path = "\(folder.path)/study"
        let plans = try Study.scaling.plans(seeds: 1, epochs: 1, data: nil)
        do { _ = try ComparisonFolder(beginning: plans, of: "study-scaling", in: path) }
        let saved = try ComparisonFolder(resuming: path, of: "study-scaling")
        #expect(try saved.begunWith().map(\.name) == plans.map(\.name))
        #expect(try saved.begunWith().map(\.run.options) == plans.map(\.run.options))
        let rows = try Study.scaling.results(plans, in: saved).rows
        #expect(rows.map(\.accuracies) == [[Double]](repeating: [], count: 9))
        withExtendedLifetime(saved) {}
    }

    @Test func aFolderOfAnotherKindIsRefused() throws {
        let path = "\(folder.path)/other"
        let plans = try Study.scaling.plans(seeds: 1, epochs: 1, data: nil)
        do { _ = try ComparisonFolder(beginning: plans, of: "study-scaling", in: path) }
        let other = try ComparisonFolder(resuming: path, of: "study-interactions")
        let error = #expect(throws: TrainingError.self) { try other.begunWith() }
        #expect(
            error?.description == "\(path)/comparison.json: is of study-scaling, not of study-interactions")
    }
}
