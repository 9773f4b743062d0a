import ApusData
import ApusFormats
import ApusModels
import ApusNN
import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    @Suite struct Explain {
        let folder = TemporaryFolder()

        private func run(_ arguments: String...) throws -> Result {
            try CommandTests.finish(CommandTests.start(arguments, in: folder.path))
        }

        /// Names and sizes in pixels of what is in a folder.
        private func sizes(_ path: String) throws -> [String: [Int]] {
            try Dictionary(
                uniqueKeysWithValues: CommandTests.names(in: "\(folder.path)/\(path)").map {
                    let image = try Image.read("\(folder.path)/\(path)/\($0)")
                    return ($0, [image.width, image.height])
                })
        }

        @Test func aRunsModel() throws {
            try TinyMNIST.write(to: "\(folder.path)/data")
            for recipe in ["mnist-conv", "mnist-mlp"] {
                let trained = try run(
                    "train", recipe, "--data", "data", "--epochs", "1", "--output", recipe, "--progress",
                    "none")
                #expect(trained.status == 0, "\(trained.errors)")
            }
            let pixels = SyntheticDigits().pixels(0, of: .test)
            let digit = Image(width: 28, height: 28, format: .gray, pixels: pixels)
            for name in ["one", "two"] { try PNG.write(digit, to: "\(folder.path)/\(name).png") }

            let result = try run("explain", "mnist-conv", "one.png", "two.png")
            #expect(result.status == 0, "\(result.errors)")
            // Maps of 28×28 and 7×7 enlarged to 56, filters to 24, spectra of 32, in rows of eight with gaps of two.
            var expected: [String: [Int]] = [
                "filters-layers.0.png": [210, 28], "filters-layers.0-fourier.png": [274, 36],
                "receptive-field-layers.5.png": [224, 224],
            ]
            for name in ["one", "two"] {
                expected["\(name)-grad-cam-layers.5.png"] = [224, 224]
                expected["\(name)-features-layers.0.png"] = [466, 60]
                expected["\(name)-features-layers.5.png"] = [466, 118]
            }
            #expect(try sizes("mnist-conv/explain") == expected)
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == 9 && lines.allSatisfy { $0.hasPrefix("saved mnist-conv/explain/") })
            #expect(lines[0].contains("one-grad-cam-layers.5.png: where layers.5 sees class "))
            #expect(lines[0].hasSuffix(", 224×224"))

            // A layer without filters, of weights alone.
            #expect(try run("export", "mnist-conv", "weights.safetensors").status == 0)
            let other = try run(
                "explain", "weights.safetensors", "one.png", "--layer", "layers.2", "--output", "seen")
            #expect(other.status == 0, "\(other.errors)")
            #expect(
                try sizes("seen").keys.sorted() == [
                    "one-features-layers.2.png", "one-grad-cam-layers.2.png", "receptive-field-layers.2.png",
                ])

            let unknown = try run(
                "explain", "mnist-conv", "one.png", "--layer", "layer.5", "--output", "none")
            #expect(unknown.status == 1)
            #expect(
                unknown.errors.hasPrefix(
                    "apus: there is no layer 'layer.5'; there are among others: layers.5"))
            let flat = try run("explain", "mnist-mlp", "one.png")
            #expect(flat.status == 1)
            #expect(flat.errors.contains("no layer of MLP gives feature maps"), "\(flat.errors)")
            #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/mnist-mlp/explain"))
        }

        @Test func aModelOfTheCatalogue() throws {
            let model = try NamedModel.named("squeezenet1_0").make()
            try Safetensors.save(model.stateDictionary(), to: "\(folder.path)/weights.safetensors")
            let noise = (0..<300 * 260 * 3).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
            try PNG.write(
                Image(width: 300, height: 260, format: .rgb, pixels: noise), to: "\(folder.path)/noise.png")
            let result = try run(
                "explain", "--model", "squeezenet1_0", "--weights", "weights.safetensors", "noise.png")
            #expect(result.status == 0, "\(result.errors)")
            let sizes = try sizes("explain")
            #expect(
                sizes.count == 6
                    && sizes.first { $0.key.hasPrefix("receptive-field-") }?.value == [224, 224], "\(sizes)")
            #expect(sizes["filters-features.0.png"]?[0] == 186)

            for (arguments, reason) in [
                (["explain", "--model", "squeezenet", "--weights", "a", "b"], "did you mean"),
                (["explain", "--weights", "a", "b"], "--weights needs --model"),
                (["explain", "run"], "an image is missing"),
                (
                    ["explain", "--weights", "a", "--model", "vgg16", "--checkpoint", "last", "b"],
                    "--checkpoint"
                ),
            ] {
                let wrong = try CommandTests.finish(CommandTests.start(arguments, in: folder.path))
                #expect(wrong.status == 64 && wrong.errors.contains(reason), "\(wrong.errors)")
            }
        }
    }
}
