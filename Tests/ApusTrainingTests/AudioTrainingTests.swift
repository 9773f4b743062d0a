import Apus
import ApusData
import ApusModels
import ApusOptim
import Testing

@testable import ApusTraining

@Suite struct AudioTrainingTests {
    /// Chance is 1 in 24.
    @Test(arguments: [AudioNet.Configuration.notesComplex, .notesReal])
    func aFewStepsAreFarBetterThanChance(_ configuration: AudioNet.Configuration) {
        let tones = SyntheticTones(disturbance: 0.1)
        let model = AudioNet(configuration, using: RandomGenerator(seed: 0))
        let optimizer = Adam(model.parameters(), learningRate: 4e-3)
        let loader = DataLoader(tones.dataset(.train, count: 1280), batchSize: 32, seed: 0)
        for epoch in 0..<2 {
            for batch in loader.epoch(epoch) {
                optimizer.zeroGradients()
                model(batch.inputs).softmaxCrossEntropy(batch.labels).backward()
                optimizer.step()
            }
        }
        let accuracy = Evaluation(of: model, on: tones.dataset(.test, count: 240)).accuracy
        #expect(accuracy > 0.8, "\(accuracy)")
    }

    @Test func aFolderOfImagesIsRefused() throws {
        let error = #expect(throws: TrainingError.self) { try RunData("mnist", of: .tones) }
        #expect(error?.description.contains("--data is mnist, but this recipe takes no files") == true)
        let configuration = RunConfiguration(
            recipe: "audio-real", data: "mnist", learningRate: 1,
            options: TrainingOptions(epochs: 1, batchSize: 1, seed: 0, threads: 1))
        #expect(throws: TrainingError.self) { try configuration.validate() }
    }

    @Test func tonesAreTheirData() throws {
        let test = try RunData.test(nil, of: .tones)
        #expect(test.name == "synthetic-tones" && test.count == 1000 && test.classes == 24)
        #expect(try Recipe.named("audio-complex").source == .tones)
        #expect(try Recipe.named("mnist-conv").source == .digits)
    }
}
