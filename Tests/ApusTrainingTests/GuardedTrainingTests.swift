import Apus
import ApusData
import ApusNN
import Testing

@testable import ApusTraining

/// A few steps of each recipe on the device whose memory only its kernels can touch: the weights of the processor, bit for
/// bit.
@Suite(.serialized) struct GuardedTrainingTests {
    private static func weights(of recipe: Recipe, _ data: RunData, on device: Device) -> [[UInt8]] {
        withRandomGenerator(RandomGenerator(seed: 3)) {
            withDevice(device) {
                let model = recipe.makeModel()
                let optimizer = recipe.makeOptimizer(model.parameters(), recipe.defaults.learningRate)
                for batch in DataLoader(data.train, batchSize: 8, seed: 5).epoch(0).prefix(3) {
                    optimizer.zeroGradients()
                    model(batch.inputs.to(device)).softmaxCrossEntropy(batch.labels.to(device)).backward()
                    optimizer.step()
                }
                model.evaluate()
                let batch = DataLoader(data.test, batchSize: 4, sampler: .sequential).epoch(0).first { _ in true }!
                let logits = withInferenceMode { model(batch.inputs.to(device)) }
                return ([logits] + model.parameters().map(\.value)).map { $0.withUnsafeBytes { Array($0) } }
            }
        }
    }

    @Test(arguments: Recipe.all.map(\.name))
    func everyRecipeTrains(_ name: String) throws {
        let recipe = try Recipe.named(name)
        let data = try RunData(nil, of: recipe.source)
        #expect(Self.weights(of: recipe, data, on: .guarded) == Self.weights(of: recipe, data, on: .cpu))
    }
}
