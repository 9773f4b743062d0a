import ApusFormats
import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// Pictures in folders, from training to the names of what new ones show.
    @Suite struct ImageFolder {
        let folder = TemporaryFolder()

        @Test func picturesAreLearntAndNamed() throws {
            try TinyPictures.write(to: "\(folder.path)/data", each: 15)
            let trained = try CommandTests.run(
                "train", "image-folder", "--model", "shufflenet_v2_x0_5", "--data", "data", "--set",
                "size=32",
                "--set", "crop_scale=0.5", "--batch-size", "6", "--lr", "0.005", "--epochs", "20",
                "--output", "run",
                in: folder.path)
            #expect(trained.status == 0, "\(trained.errors)")
            let lines = trained.output.split(separator: "\n").map(String.init)
            #expect(
                lines[0].hasPrefix("image-folder on data: 344867 parameters, 20 epochs, batch 6, lr 0.005"),
                "\(lines[0])")
            #expect(lines[1].hasPrefix("epoch 1/20  train loss ") && lines.last == "done: run")
            #expect(lines.filter { $0.contains("test accuracy") }.count == 20)

            let evaluated = try CommandTests.run("evaluate", "run", in: folder.path)
            let rows = evaluated.output.split(separator: "\n").map(String.init)
            #expect(rows.count == 4 && rows[0].contains(" on 9 pictures of "), "\(evaluated.output)")
            #expect(zip(rows.dropFirst(), ["blue", "green", "red"]).allSatisfy { $0.contains("  \($1)  ") })
            #expect(rows.dropFirst().allSatisfy { $0.hasSuffix(" of 3") })

            try PNG.write(TinyPictures.picture("green", 99), to: "\(folder.path)/new.png")
            let predicted = try CommandTests.run("predict", "run", "new.png", in: folder.path)
            #expect(predicted.output.hasPrefix("green  "), "\(predicted.output)\(trained.output)")
            let json = try CommandTests.run("predict", "run", "new.png", "--json", in: folder.path)
            #expect(json.output.contains("\"label\":\"green\"") && json.output.contains("\"prediction\":1"))
        }

        @Test func whatCannotBeIsSaid() throws {
            try TinyPictures.write(to: "\(folder.path)/data", each: 3)
            func errors(_ arguments: String...) throws -> String {
                let (process, output, errors) = try CommandTests.start(
                    ["train", "image-folder"] + arguments, in: folder.path)
                let result = CommandTests.finish(process, output, errors)
                #expect(result.status != 0)
                return result.errors
            }
            #expect(try errors().contains("image-folder needs --data"))
            #expect(try errors("--data", "nowhere").contains("nowhere: no such file"))
            #expect(
                try errors("--data", "data", "--model", "resnet19").contains(
                    "there is no model 'resnet19'"))
            #expect(try errors("--data", "data").contains("--batch-size is 32; it must be from 2 to 6"))
            #expect(try errors("--data", "data", "--resume").contains("there is no run to resume"))
            // Nothing came to be.
            #expect(try CommandTests.names(in: folder.path) == ["data"])
            let digits = try CommandTests.run("train", "mnist-mlp", "--model", "resnet18", in: folder.path)
            #expect(digits.errors.contains("--model: there is no setting 'model'"))
        }
    }
}
