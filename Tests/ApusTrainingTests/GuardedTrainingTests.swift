import Apus
import ApusData
import ApusNN
import ApusOptim
import Testing

@testable import ApusTraining

/// A few steps of each recipe on the device whose memory only its kernels can touch: the weights of the processor, bit for
/// bit; but of the one for pictures, whose models have tests of their own.
@Suite(.serialized) struct GuardedTrainingTests {
    private static func weights(of recipe: Recipe, _ data: RunData, on device: Device) throws -> [[UInt8]] {
        try withRandomGenerator(RandomGenerator(seed: 3)) {
            try withDevice(device) {
                let model = try recipe.makeModel(recipe.settings)
                let optimizer = Adam(model.parameters(), learningRate: recipe.learningRate)
                for batch in DataLoader(data.train, batchSize: 8, seed: 5).epoch(0).prefix(3) {
                    optimizer.zeroGradients()
                    model(batch.inputs.to(device)).softmaxCrossEntropy(batch.labels.to(device)).backward()
                    optimizer.step()
                }
                model.evaluate()
                let batch = DataLoader(data.test, batchSize: 4, sampler: .sequential).epoch(0).first { _ in
                    true
                }!
                let logits = withInferenceMode { model(batch.inputs.to(device)) }
                return ([logits] + model.parameters().map(\.value)).map { $0.withUnsafeBytes { Array($0) } }
            }
        }
    }

    @Test(arguments: Recipe.all.filter { $0.isClassifier && $0.source != .pictures }.map(\.name))
    func everyRecipeTrains(_ name: String) throws {
        let recipe = try Recipe.named(name)
        let data = try RunData(nil, of: recipe.source)
        #expect(
            try Self.weights(of: recipe, data, on: .guarded) == Self.weights(of: recipe, data, on: .cpu))
    }
}
