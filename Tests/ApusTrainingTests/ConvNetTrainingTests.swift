import Apus
import ApusData
import ApusModels
import ApusNN
import ApusOptim
import Testing

@testable import ApusTraining

/// 400 steps are enough for the small convolutional networks to read 95 % of the digits: of MNIST where it is
/// there, else of the drawn ones.
@Suite struct ConvNetTrainingTests {
    @Test(arguments: [ConvNet.Configuration.mnist, .mnistSeparable])
    func overNinetyFivePercentAfterFourHundredSteps(_ configuration: ConvNet.Configuration) throws {
        let model = ConvNet(configuration, using: RandomGenerator(seed: 0))
        try train(model, Adam(model.parameters(), learningRate: 1e-3), batchSize: 128)
    }

    /// So are they for the complex one, with its recipe's settings.
    @Test func complexNetworkToo() throws {
        let model = ComplexNet(.mnist, using: RandomGenerator(seed: 0))
        try withRandomGenerator(RandomGenerator(seed: 1)) {
            let optimizer = SGD(model.parameters(), learningRate: 5e-3, momentum: 0.9)
            try train(model, optimizer, batchSize: 64)
        }
    }

    private func train(_ model: any Layer, _ optimizer: Optimizer, batchSize: Int) throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let shared = "/\(root)/../shared/data/mnist"
        let data = try RunData(MNIST.isPresent(in: shared) ? shared : nil)
        let loader = DataLoader(data.train, batchSize: batchSize, seed: 0)
        var steps = 0
        training: for epoch in 0... {
            for batch in loader.epoch(epoch) {
                optimizer.zeroGradients()
                model(batch.inputs).softmaxCrossEntropy(batch.labels).backward()
                optimizer.step()
                steps += 1
                if steps == 400 { break training }
            }
        }
        let accuracy = Evaluation(of: model, on: data.test).accuracy
        #expect(accuracy > 0.95)
    }
}
