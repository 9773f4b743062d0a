import Apus
import ApusFormats
import ApusModels
import ApusNN
import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// `apus classify` and `apus models`.
    @Suite struct Classify {
        let folder = TemporaryFolder()

        /// Weights of a small model for four classes, made once.
        private static let weights: String = {
            let folder = NSTemporaryDirectory() + "apus-classify-\(ProcessInfo.processInfo.processIdentifier)"
            try! FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let path = folder + "/shufflenet.safetensors"
            try! NamedModel.named("shufflenet_v2_x0_5").make(classes: 4).save(path)
            return path
        }()

        private static let fixtures: [String: Tensor] = {
            let path = "\(#filePath)".replacing(
                "ApusCommandTests/CommandTests+Classify.swift", with: "Fixtures/images.safetensors")
            return try! Safetensors.load(path)
        }()

        private func write(_ fixture: String, as name: String) throws {
            let bytes = try #require(Self.fixtures[fixture], "\(fixture)").array(of: UInt8.self)
            try Data(bytes).write(to: URL(filePath: "\(folder.path)/\(name)"))
        }

        private func classify(_ arguments: String...) throws -> Result {
            let all = ["classify"] + arguments + ["--model", "shufflenet_v2_x0_5", "--weights", Self.weights]
            return try CommandTests.finish(CommandTests.start(all, in: folder.path))
        }

        private struct Row: Decodable {
            struct Guess: Decodable {
                let index: Int
                let label: String?
                let probability: Double
            }
            let file: String
            let classes: [Guess]?
            let error: String?
        }

        private func rows(_ result: Result) throws -> [Row] {
            try JSONDecoder().decode([Row].self, from: Data(result.output.utf8))
        }

        @Test func classesAreListedWithTheirProbabilities() throws {
            try write("jpeg.420", as: "a.jpg")
            try "cat\ndog\r\nbird\nfish\n\n".write(
                toFile: "\(folder.path)/labels.txt", atomically: true, encoding: .utf8)
            let result = try classify("a.jpg", "--labels", "labels.txt", "--top", "3")
            #expect(result.status == 0 && result.errors == "", "\(result.errors)")
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == 3)
            #expect(
                lines.allSatisfy { $0.wholeMatch(of: /\s*\d+\.\d %  (cat|dog|bird|fish)/) != nil }, "\(lines)"
            )
            #expect(try classify("a.jpg").output.contains(" %  class "))
        }

        @Test func severalPicturesAreNamed() throws {
            for index in 0..<9 { try write("png.rgb", as: "\(index).png") }
            let result = try classify(
                "0.png", "1.png", "2.png", "3.png", "4.png", "5.png", "6.png", "7.png", "8.png", "--top", "1")
            #expect(result.status == 0 && result.errors == "")
            let lines = result.output.split(separator: "\n")
            #expect(
                lines.enumerated().allSatisfy { $0 % 2 == 1 || $1 == "\($0 / 2).png" } && lines.count == 18)
            let found = try rows(classify("0.png", "8.png", "--json"))
            #expect(found.map(\.file) == ["0.png", "8.png"])
            for row in found {
                let classes = try #require(row.classes)
                #expect(classes.count == 4 && Set(classes.map(\.index)).count == 4)
                #expect(abs(classes.reduce(0) { $0 + $1.probability } - 1) < 1e-5)
                #expect(classes.map(\.probability) == classes.map(\.probability).sorted(by: >))
            }
        }

        /// One channel, a palette, 16 bits, CMYK, turned by its Exif orientation: the pixels are those that Pillow's
        /// conversion to RGB has. What is transparent shows white.
        @Test func everyKindOfPictureIsClassified() throws {
            let opaque = [
                "pgm", "jpeg.gray", "png.one-bit", "png.palette", "png.rgb16", "jpeg.cmyk", "jpeg.ycck",
                "jpeg.orientation3", "jpeg.orientation6", "jpeg.orientation8",
            ]
            let names = opaque + ["png.rgba", "png.gray-alpha", "png.transparent-palette"]
            for name in names {
                try write(name, as: name)
                var image = try Image.read("\(folder.path)/\(name)", as: .rgb, transparency: .over(255))
                if opaque.contains(name) {
                    let pixels = try #require(Self.fixtures["\(name).rgb"])
                    image = Image(
                        width: pixels.shape[1], height: pixels.shape[0], format: .rgb,
                        pixels: pixels.array(of: UInt8.self))
                }
                try PNG.write(image, to: "\(folder.path)/\(name).plain")
            }
            let files = names.flatMap { [$0, "\($0).plain"] }
            let arguments =
                ["classify", "--json"] + files + ["--model", "shufflenet_v2_x0_5", "--weights", Self.weights]
            let result = try CommandTests.finish(CommandTests.start(arguments, in: folder.path))
            #expect(result.status == 0 && result.errors == "", "\(result.errors)")
            let found = try rows(result).map { $0.classes ?? [] }
            try #require(found.count == files.count)
            for (index, name) in names.enumerated() {
                let (classes, plain) = (found[2 * index], found[2 * index + 1])
                #expect(classes.count == 4 && classes.map(\.index) == plain.map(\.index), "\(name)")
                // Another place in a batch may round in another way.
                let isSame = zip(classes, plain).allSatisfy { abs($0.probability - $1.probability) < 1e-6 }
                #expect(isSame, "\(name)")
            }
        }

        @Test func whatIsNoPictureIsNamedAndTheOthersAreClassified() throws {
            try write("png.rgb", as: "good.png")
            try Data("hello, I am a text\n".utf8).write(to: URL(filePath: "\(folder.path)/text.png"))
            try Data("RIFF\0\0\0\0WEBPVP8 ".utf8).write(to: URL(filePath: "\(folder.path)/photo.webp"))
            try Data().write(to: URL(filePath: "\(folder.path)/empty.jpg"))
            let bytes = try #require(Self.fixtures["png.rgb"]).array(of: UInt8.self)
            try Data(bytes.prefix(900)).write(to: URL(filePath: "\(folder.path)/half.png"))
            let names = ["text.png", "good.png", "photo.webp", "empty.jpg", "half.png", "none.png"]
            let result = try classify(
                names[0], names[1], names[2], names[3], names[4], names[5], "--json")
            #expect(result.status == 1)
            let errors = result.errors.split(separator: "\n")
            #expect(errors.count == 5, "\(result.errors)")
            #expect(errors[0].hasPrefix("apus: text.png: expected a PNG, JPEG, PPM or PGM file, found "))
            #expect(errors[1] == "apus: photo.webp: a WebP file; Apus reads PNG, JPEG, PPM and PGM")
            #expect(errors[4] == "apus: none.png: no such file")
            let found = try rows(result)
            #expect(found.map(\.file) == names)
            #expect(found.map { $0.classes != nil } == [false, true, false, false, false, false])
            #expect(found.map { $0.error == nil } == [false, true, false, false, false, false])
        }

        @Test func whatDoesNotFitIsExplained() throws {
            try write("png.rgb", as: "a.png")
            try "cat\ndog\n".write(toFile: "\(folder.path)/two.txt", atomically: true, encoding: .utf8)
            for (arguments, status, text) in [
                (
                    ["a.png", "--labels", "two.txt"], 1,
                    "two.txt: expected a label for each of the weights' 4 classes, found 2"
                ),
                (["a.png", "--labels", "none.txt"], 1, "none.txt: no such file"),
                (["a.png", "--top", "0"], 64, "--top is 0; it must be at least 1"),
                (
                    ["a.png", "--weights", "a.png"], 1,
                    "a.png: expected a file of safetensors, NumPy, PyTorch or IDX, found "
                ),
                (
                    ["a.png", "--model", "resnet18"], 1,
                    "resnet18: the weights are another model's: missing 120, such as "
                ),
                (
                    ["a.png", "--model", "mnist-mlp"], 64,
                    "mnist-mlp does not classify pictures; `apus models` lists"
                ),
                (
                    ["a.png", "--model", "resnet17"], 64,
                    "there is no model 'resnet17'; did you mean 'resnet18'"
                ),
                ([], 64, "Missing expected argument '<image> ...'"),
            ] as [([String], Int32, String)] {
                var all = ["classify"] + arguments
                if !all.contains("--model") { all += ["--model", "shufflenet_v2_x0_5"] }
                if !all.contains("--weights") { all += ["--weights", Self.weights] }
                let result = try CommandTests.finish(CommandTests.start(all, in: folder.path))
                #expect(result.status == status, "\(result.errors)")
                #expect(result.output == "")
                let line = result.errors.split(separator: "\n").first ?? ""
                #expect(line.contains(text) && line.count < 600, "\(line)")
            }
        }

        @Test func modelsAreATable() throws {
            let result = try CommandTests.run("models", in: folder.path)
            #expect(result.status == 0 && result.errors == "")
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == NamedModel.all.count + 1)
            #expect(lines.allSatisfy { $0.count <= 100 }, "\(lines.max { $0.count < $1.count } ?? "")")
            let line = lines.first { $0.hasPrefix("resnet50 ") } ?? ""
            for part in ["25.6 M", "4.09 G", "427", "He et al. 2015"] {
                #expect(line.contains(part), "\(line)")
            }
        }

        @Test func modelsAreJSON() throws {
            let result = try CommandTests.run("models", "--json", in: folder.path)
            #expect(result.status == 0 && result.errors == "")
            let rows = try #require(
                try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
            #expect(rows.map { $0["name"] as? String } == NamedModel.all.map(\.name))
            let row = try #require(rows.first { $0["name"] as? String == "hornet_tiny_7x7" })
            #expect(row["parameters"] as? Int == 22_409_512 && row["input"] as? [Int] == [1, 3, 224, 224])
            #expect((row["source"] as? String)?.contains("Rao et al. 2022") == true)
        }
    }
}
