import ApusData
import ApusFormats
import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    @Suite struct Predict {
        let folder = TemporaryFolder()
        private static let trained = TemporaryFolder()
        /// Trained once for all of these tests.
        private static let run: String = {
            let run = "\(trained.path)/run"
            let result = try? CommandTests.run(
                "train", "mnist-mlp", "--epochs", "3", "--threads", "1", "--output", run, in: trained.path)
            return result?.status == 0 ? run : ""
        }()

        /// The first of the test digits of each class.
        private static let digits: [Image] = (0..<10).map { digit in
            let digits = SyntheticDigits()
            let index = (0..<1000).first { digits.label($0, of: .test) == digit }!
            return Image(width: 28, height: 28, format: .gray, pixels: digits.pixels(index, of: .test))
        }

        @Test func drawnDigitsAreRecognized() throws {
            var right = 0
            for (digit, drawn) in Self.digits.enumerated() {
                let shares = try predicted(drawn)
                if shares.first?.digit == digit { right += 1 }
                #expect(shares.count == 3 && Set(shares.map(\.digit)).count == 3)
                #expect(shares.map(\.percent) == shares.map(\.percent).sorted(by: >))
                #expect(shares.map(\.percent).reduce(0, +) <= 100.2)

                // Ink on paper, in colour and twice as large, is the same digit.
                let paper = try predicted(Self.blackOnWhite(drawn))
                #expect(paper.map(\.digit) == shares.map(\.digit), "\(digit)")
                #expect(paper.map(\.percent) == shares.map(\.percent), "\(digit)")
            }
            #expect(right >= 8, "\(right) of ten")
        }

        /// However a digit is photographed, it is read as it is read from MNIST.
        @Test func howADigitIsDrawnDoesNotMatter() throws {
            var files: [String] = []
            for (digit, drawn) in Self.digits.enumerated() {
                for (name, picture) in Self.variants(drawn) {
                    files.append("\(digit)-\(name).png")
                    try PNG.write(picture, to: "\(folder.path)/\(files.last!)")
                }
            }
            let found = try json(files)
            #expect(found.map { $0["file"] as? String } == files)
            var changed: [String] = []
            let variants = files.count / 10
            for (index, line) in found.enumerated() {
                let first = found[index / variants * variants]
                if line["prediction"] as? Int != first["prediction"] as? Int { changed.append(files[index]) }
                let shares = line["probabilities"] as? [Double] ?? []
                #expect(shares.count == 10 && abs(shares.reduce(0, +) - 1) < 1e-5)
                #expect(shares.max() == shares[try #require(line["prediction"] as? Int)])
            }
            // A digit that is enlarged from eight pixels may be another.
            #expect(changed.count <= 2, "\(changed)")
        }

        @Test func severalImagesAreALineEach() throws {
            try PNG.write(Self.digits[3], to: "\(folder.path)/three.png")
            try PNG.write(Self.digits[7], to: "\(folder.path)/b.png")
            try PNG.write(
                Image(width: 9, height: 9, format: .gray, pixels: [UInt8](repeating: 255, count: 81)),
                to: "\(folder.path)/blank.png")
            let result = try CommandTests.run(
                "predict", Self.run, "three.png", "blank.png", "b.png", "none.png", in: folder.path)
            #expect(result.status == 1)
            #expect(
                result.errors == """
                    apus: blank.png: the picture is blank: nothing stands out from its ground
                    apus: none.png: no such file\n
                    """)
            let lines = result.output.split(separator: "\n").map { $0.split(separator: " ") }
            #expect(
                lines.map { $0[0] } == ["three.png", "b.png"]
                    && lines.allSatisfy { $0.count == 4 && $0[3] == "%" })
            // The name says nothing of what is in a file.
            try JPEG.write(Self.digits[3], to: "\(folder.path)/three.bin", quality: 100)
            let both = try CommandTests.run("predict", Self.run, "three.png", "three.bin", in: folder.path)
            let predicted = both.output.split(separator: "\n").map { $0.split(separator: " ")[1] }
            #expect(both.status == 0 && predicted.count == 2 && predicted[0] == predicted[1])
            let alone = try CommandTests.run("predict", Self.run, "blank.png", in: folder.path)
            #expect(alone.status == 1 && alone.output == "")
            #expect(
                alone.errors == "apus: blank.png: the picture is blank: nothing stands out from its ground\n")
        }

        @Test func jsonNamesWhatCouldNotBeRead() throws {
            try PNG.write(Self.digits[5], to: "\(folder.path)/a.png")
            let result = try CommandTests.run(
                "predict", Self.run, "none.png", "a.png", "--json", in: folder.path)
            #expect(result.status == 1 && result.errors == "apus: none.png: no such file\n")
            let lines = try #require(
                try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
            #expect(lines.count == 2 && lines[0]["error"] as? String == "none.png: no such file")
            #expect(lines[0].count == 2 && lines[1].count == 3)
        }

        @Test func standardInputAndPipesAreRead() throws {
            let path = "\(folder.path)/a.png"
            try PNG.write(Self.digits[4], to: path)
            let expected = try CommandTests.run("predict", Self.run, "a.png", in: folder.path).output
            #expect(expected.split(separator: "\n").count == 3)
            #expect(mkfifo("\(folder.path)/pipe", 0o600) == 0)
            for script in [
                "cat a.png | \"$0\" predict \"$1\" -", "\"$0\" predict \"$1\" - < a.png",
                "cat a.png > pipe & \"$0\" predict \"$1\" pipe",
                "cat a.png | \"$0\" predict \"$1\" /dev/stdin",
                "(head -c 100 a.png; sleep 0.2; tail -c +101 a.png) | \"$0\" predict \"$1\" -",
            ] {
                let result = try shell(script)
                #expect(result.status == 0 && result.output == expected, "\(script): \(result.errors)")
            }
            for (script, reason) in [
                (
                    "\"$0\" predict \"$1\" - < /dev/null",
                    "expected a PNG, JPEG, PPM or PGM file, found one that begins with []"
                ),
                ("head -c 50 a.png | \"$0\" predict \"$1\" -", "expected a complete, sound image"),
                (
                    "yes | \"$0\" predict \"$1\" -",
                    "expected a PNG, JPEG, PPM or PGM file, found one that begins with [79 0a"
                ),
                ("\"$0\" predict \"$1\" - <&-", "cannot read"),
            ] {
                let result = try shell(script)
                #expect(result.status == 1 && result.output == "", "\(script)")
                #expect(result.errors.hasPrefix("apus: standard input: "), "\(result.errors)")
                #expect(result.errors.contains(reason) && result.errors.split(separator: "\n").count == 1)
            }
        }

        @Test func weightsAloneAndChosenCheckpointsAreUsed() throws {
            try PNG.write(Self.digits[2], to: "\(folder.path)/a.png")
            func predicted(_ arguments: String...) throws -> Result {
                try CommandTests.finish(
                    CommandTests.start(["predict"] + arguments + ["a.png"], in: folder.path))
            }
            let expected = try predicted(Self.run).output
            #expect(try predicted(Self.run, "--checkpoint", "best").output == expected)
            #expect(try predicted("\(Self.run)/best.safetensors").output == expected)
            let last = try predicted(Self.run, "--checkpoint", "last").output
            #expect(try predicted("\(Self.run)/last.safetensors").output == last)
            #expect(try predicted(Self.run, "--checkpoint", "\(Self.run)/last.safetensors").output == last)

            let export = try CommandTests.run("export", Self.run, "weights.safetensors", in: folder.path)
            #expect(export.status == 0 && export.output.hasPrefix("saved weights.safetensors: "))
            let sizes = try ["weights.safetensors", "\(Self.run)/best.safetensors"].map { name in
                let path = name.hasPrefix("/") ? name : "\(folder.path)/\(name)"
                return try #require(
                    try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
            }
            // Adam keeps two numbers for each weight.
            #expect(sizes[0] * 5 / 2 < sizes[1] && sizes[0] > 355_110 * 4)
            #expect(try predicted("weights.safetensors").output == expected)
            #expect(try predicted("weights.safetensors", "--model", "mnist-mlp").output == expected)
            let evaluated = try CommandTests.run("evaluate", "weights.safetensors", in: folder.path)
            let whole = try CommandTests.run("evaluate", Self.run, in: folder.path)
            #expect(evaluated.status == 0, "\(evaluated.errors)")
            #expect(evaluated.output.split(separator: ":").last == whole.output.split(separator: ":").last)
        }

        @Test func filesThatAreNoWeightsOfTheModelAreNamed() throws {
            try PNG.write(Self.digits[2], to: "\(folder.path)/a.png")
            let fixture = "\(#filePath)".replacing(
                "ApusCommandTests/CommandTests+Predict.swift", with: "Fixtures/types.safetensors")
            for (arguments, status, reason) in [
                (
                    [fixture, "a.png"], 1,
                    "does not say which model's weights it has; name it with --model: mnist-mlp, "
                ),
                ([fixture, "a.png", "--model", "mnist-mlp"], 1, "the weights are another model's: missing "),
                (
                    ["\(Self.run)/last.safetensors", "a.png", "--model", "mnist-conv"], 1,
                    "the weights are another model's"
                ),
                (["a.png", "a.png"], 1, "expected a header"), (["none", "a.png"], 1, "there is no run"),
                (
                    [Self.run, "a.png", "--checkpoint", "none.safetensors"], 1,
                    "none.safetensors: no such file"
                ),
                ([Self.run, "a.png", "--model", "mnist-mlp"], 64, "--model is for a file of weights"),
                (["a.png", "a.png", "--checkpoint", "last"], 64, "--checkpoint chooses from a run's folder"),
            ] as [([String], Int32, String)] {
                let result = try CommandTests.finish(
                    CommandTests.start(["predict"] + arguments, in: folder.path))
                #expect(result.status == status && result.output == "", "\(arguments): \(result.errors)")
                let line = result.errors.split(separator: "\n").first ?? ""
                #expect(line.contains(reason), "\(line)")
                #expect(status == 64 || result.errors.split(separator: "\n").count == 1)
            }
        }

        private func shell(_ script: String) throws -> Result {
            try CommandTests.finish(
                CommandTests.start(
                    ["-c", script, CommandTests.program, Self.run], in: folder.path, executable: "/bin/bash"))
        }

        private func json(_ files: [String]) throws -> [[String: Any]] {
            let result = try CommandTests.finish(
                CommandTests.start(["predict", Self.run, "--json"] + files, in: folder.path))
            #expect(result.status == 0, "\(result.errors)")
            return try #require(
                try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
        }

        private func predicted(_ image: Image) throws -> [(digit: Int, percent: Double)] {
            try PNG.write(image, to: "\(folder.path)/digit.png")
            let result = try CommandTests.run("predict", Self.run, "digit.png", in: folder.path)
            #expect(result.status == 0, "\(result.errors)")
            return try result.output.split(separator: "\n").map { line in
                let words = line.split(separator: " ")
                try #require(words.count == 3 && words[2] == "%", "\(line)")
                return (try #require(Int(words[0])), try #require(Double(words[1])))
            }
        }

        /// The digit as it is, small in a corner, on a wide and on a high picture, light on gray, dark on a slope of grays.
        private static func variants(_ drawn: Image) -> [(String, Image)] {
            func placed(
                _ width: Int, _ height: Int, scale: Double, left: Int, top: Int, ink: Double,
                ground: (Int, Int) -> Double
            ) -> Image {
                let side = Int(28 * scale)
                let digit = Image(width: 84, height: 84, format: .gray, pixels: enlarged(drawn, 3)).resampled(
                    to: side, side)
                var pixels: [UInt8] = []
                for y in 0..<height {
                    for x in 0..<width {
                        let (column, row) = (x - left, y - top)
                        let isInside = (0..<side).contains(column) && (0..<side).contains(row)
                        // Grain is not drawn.
                        let value = isInside ? Double(digit[row * side + column]) : 0
                        let strength = value < 40 ? 0 : value / 255
                        pixels.append(UInt8(ground(x, y) + (ink - ground(x, y)) * strength))
                    }
                }
                return Image(width: width, height: height, format: .gray, pixels: pixels)
            }
            return [
                ("plain", drawn),
                ("corner", placed(28, 28, scale: 0.4, left: 16, top: 15, ink: 255) { _, _ in 0 }),
                ("wide", placed(200, 40, scale: 1.2, left: 140, top: 3, ink: 255) { _, _ in 0 }),
                ("high", placed(60, 240, scale: 1.9, left: 2, top: 180, ink: 0) { _, _ in 255 }),
                ("gray", placed(90, 90, scale: 2, left: 20, top: 10, ink: 240) { _, _ in 130 }),
                (
                    "slope",
                    placed(100, 80, scale: 2, left: 20, top: 10, ink: 10) { x, y in 90 + Double(x + y) / 2 }
                ),
            ]
        }

        private static func enlarged(_ image: Image, _ scale: Int) -> [UInt8] {
            (0..<28 * scale).flatMap { y in
                (0..<28 * scale).map { x in image.pixels[y / scale * 28 + x / scale] }
            }
        }

        /// RGB, 56 × 56.
        private static func blackOnWhite(_ drawn: Image) -> Image {
            Image(
                width: 56, height: 56, format: .rgb,
                pixels: enlarged(drawn, 2).flatMap { [UInt8](repeating: 255 - $0, count: 3) })
        }
    }
}
