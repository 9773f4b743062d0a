import Apus
import ApusData
import ApusFormats
import ApusModels
import ApusNN
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusTraining

/// Models of the catalogue trained on folders of small pictures.
@Suite(.serialized) struct ImageFolderRecipeTests {
    private let folder = TemporaryFolder()

    private func configuration(
        data: String? = nil, epochs: Int = 1, _ settings: [String: Setting] = [:]
    ) throws -> RunConfiguration {
        var result = Recipe.imageFolder.configuration
        result.data = data ?? "\(folder.path)/data"
        result.options.epochs = epochs
        result.options.batchSize = 8
        result.options.seed = 3
        try result.apply(["model": "shufflenet_v2_x0_5", "size": 32], from: "test")
        try result.apply(settings, from: "test")
        return result
    }

    private func begin(_ configuration: RunConfiguration, _ name: String = "run") throws -> any TrainingRun {
        try Recipe.begin(configuration, in: RunFolder("\(folder.path)/\(name)"))
    }

    private func values(_ x: Tensor) -> [Float] { x.array(of: Float.self) }

    @Test func itLearnsAndWhatItLearntIsUsed() throws {
        try TinyPictures.write(to: "\(folder.path)/data/train", each: 16)
        try TinyPictures.write(to: "\(folder.path)/data/val", each: 6)
        let run = try begin(
            configuration(
                epochs: 10, ["learning_rate": 0.005, "crop_scale": 0.5, "augment": "random-vertical-flip"]))
        #expect(try run.run() == .finished)
        #expect(run.best!["test_accuracy"]! > 0.9)
        // Of three classes nobody wants to know whether the right one is among five.
        #expect(run.records[0].values.names == ["train_loss", "test_loss", "test_accuracy"])
        #expect(run.position.step == 10 * 6)

        let trained = try TrainedRun(run.folder!)
        #expect(trained.classNames == ["blue", "green", "red"])
        for (label, name) in trained.classNames!.enumerated() {
            let shares = try trained.probabilities(TinyPictures.picture(name, 77, width: 90, height: 50))
            #expect(shares.count == 3 && shares.indices.max { shares[$0] < shares[$1] } == label, "\(name)")
        }
        let evaluation = try Evaluation(frozen: trained.model, on: trained.testSamples())
        #expect(abs(evaluation.accuracy - run.best!["test_accuracy"]!) < 1e-6)
        #expect(evaluation.classes.map(\.samples) == [6, 6, 6] && evaluation.top5Accuracy == 1)
        #expect(try RunReport(run.folder!).html.contains("<th>green</th>"))

        // Weights alone say as well what the classes are called.
        let weights = "\(folder.path)/weights.safetensors"
        try trained.saveWeights(to: weights)
        #expect(try TrainedRun(weights: weights).classNames == ["blue", "green", "red"])
    }

    @Test(
        arguments: [
            ["mixup": 0.4, "cutmix": 1, "layer_decay": 0.8, "average_decay": 0.9, "augment": "rand-augment"],
            ["freeze": ["conv1", "stage2"], "optimizer": ["name": "sgd", "momentum": 0.9]],
        ] as [[String: Setting]])
    func stoppedAnywhereItGoesOnAlike(_ settings: [String: Setting]) throws {
        try TinyPictures.write(to: "\(folder.path)/data", each: 10)
        let configuration = try configuration(epochs: 2, settings)
        let whole = try begin(configuration, "whole")
        #expect(try whole.run() == .finished)
        // Of thirty pictures six are for validation.
        #expect(whole.position.step == 6)
        try ResumedRun.expectAlike(
            whole, configuration, stoppedAfter: Int.random(in: 1..<6),
            in: RunFolder("\(folder.path)/stopped"))
    }

    @Test func weightsOfOtherClassesAreTakenButForTheHead() throws {
        try TinyPictures.write(to: "\(folder.path)/data", each: 4)
        let file = "\(folder.path)/seven.safetensors"
        let seven = try NamedModel.named("shufflenet_v2_x0_5").make(classes: 7)
        try Safetensors.save(seven.stateDictionary(), to: file)
        let settings = try configuration(epochs: 2, ["weights": .text(file), "freeze": ["conv1", "stage2"]])
        let run = try begin(settings)
        let (before, given) = (run.model.stateDictionary(), seven.stateDictionary())
        #expect(before["fc.weight"]!.shape == [3, 1024])
        for (name, value) in given where !name.hasPrefix("fc.") {
            #expect(values(before[name]!) == values(value), "\(name)")
        }
        #expect(try run.run() == .finished)
        // What is frozen stays, running statistics too; the rest has learnt.
        for (name, value) in run.model.stateDictionary() where !name.hasSuffix("num_batches_tracked") {
            let stays = name.hasPrefix("conv1.") || name.hasPrefix("stage2.")
            #expect((values(value) == values(before[name]!)) == stays, "\(name)")
        }
        // Who goes on needs the file no more.
        try FileManager.default.removeItem(atPath: file)
        let resumed = try Recipe.resume(run.folder!) { $0.options.epochs = 3 }
        #expect(try resumed.run() == .finished)
    }

    // MARK: Bad input

    private func message(_ configuration: @autoclosure () throws -> RunConfiguration) -> String {
        do {
            _ = try begin(configuration(), "refused").run()
            return "accepted"
        } catch { return "\(error)" }
    }

    @Test func foldersThatCannotBeAreRefused() throws {
        let data = "\(folder.path)/data"
        var unnamed = try configuration()
        unnamed.data = nil
        #expect(message(unnamed).hasPrefix("image-folder needs --data: a folder with train and val in it"))
        #expect(try message(configuration()) == "\(data): no such file; expected a folder of pictures")

        try TinyPictures.write(to: data, each: 4, classes: ["red"])
        #expect(
            try message(configuration())
                == "\(data): expected folders of two classes or more, found one: red")
        try FileManager.default.createDirectory(atPath: "\(data)/empty", withIntermediateDirectories: true)
        #expect(try message(configuration()).hasPrefix("\(data)/empty: expected pictures (bmp, jpeg"))
        try FileManager.default.removeItem(atPath: "\(data)/empty")

        try TinyPictures.write(to: data, each: 4, classes: ["blue"])
        #expect(
            try message(configuration(["batch_size": 7]))
                == "--batch-size is 7; it must be from 2 to 6, the pictures to learn from")
        try TinyPictures.write(to: "\(folder.path)/ones", each: 1)
        #expect(
            try message(configuration(data: "\(folder.path)/ones"))
                .contains("expected two pictures of a class at least"))

        folder.write("data/red/text.png", Array("no picture".utf8))
        let error = try message(configuration(["batch_size": 2]))
        #expect(error.contains("\(data)/red/text.png: expected a PNG, JPEG, PPM or PGM file"), "\(error)")
    }

    @Test func partsThatDoNotFitAreRefused() throws {
        let data = "\(folder.path)/data"
        try TinyPictures.write(to: "\(data)/val", each: 3, classes: ["red", "blue"])
        #expect(
            try message(configuration())
                == "\(data): expected train beside \(data)/val, found no such folder")
        try TinyPictures.write(to: "\(data)/train", each: 9)
        #expect(
            try message(configuration())
                == "\(data)/val: expected the classes of \(data)/train; in one of the two only: green")
    }

    @Test(
        arguments: [
            (["model": "resnet19"], "there is no model 'resnet19'"), (["model": "resnet19"], "did you mean"),
            (["model": "mnist-mlp"], "there is no model 'mnist-mlp'; there are: alexnet"),
            (["model": "vit_b_16"], "vit_b_16 takes"), (["crop_scale": 0], "crop_scale is 0"),
            (["freeze": ["stage9"]], "freeze: the model has no part 'stage9'; there are: conv1, stage2"),
            (["freeze": ["stage9"]], "did you mean 'stage"),
            (["freeze": ["conv1", "stage2", "stage3", "stage4", "conv5", "fc"]], "leaves nothing to train"),
            (["stochastic_depth": 0.1], "stochastic_depth is 0.1, but the model has none"),
            (["weights": "nowhere.pth"], "nowhere.pth: "), (["mixup": -1], "mixup is -1"),
            (["optimizer": "muon"], "optimizer muon is for matrices"),
        ] as [([String: Setting], String)])
    func settingsThatCannotBeAreRefused(_ settings: [String: Setting], _ reason: String) throws {
        try TinyPictures.write(to: "\(folder.path)/data", each: 4)
        let found = try message(configuration(settings))
        #expect(found.contains(reason), "\(found)")
    }

    @Test func otherPicturesAreNotGoneOnWith() throws {
        let data = "\(folder.path)/data"
        try TinyPictures.write(to: data, each: 6)
        let run = try begin(configuration())
        #expect(try run.run() == .finished)
        try FileManager.default.moveItem(atPath: data, toPath: "\(folder.path)/moved")
        let moved = try Recipe.resume(run.folder!) { $0.data = "\(self.folder.path)/moved" }
        #expect(moved.position.epoch == 1)
        try FileManager.default.removeItem(atPath: "\(folder.path)/moved/red/2.png")
        #expect(throws: TrainingError.self) { try Recipe.resume(run.folder!) }
    }
}
