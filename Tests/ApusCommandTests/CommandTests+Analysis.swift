import ApusFormats
import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    @Suite struct Analysis {
        let folder = TemporaryFolder()

        @Test func summaryIsATable() throws {
            let result = try CommandTests.run("summary", "mnist-conv", in: folder.path)
            #expect(result.status == 0 && result.errors == "")
            let lines = result.output.split(separator: "\n")
            #expect(lines.first == "ConvNet, input 1×1×28×28")
            #expect(lines.last == "total: 103,018 parameters, 383,872 multiply-adds")
            #expect(lines.contains { $0.hasPrefix("layers.3 ") && $0.contains("1×16×14×14") })
        }

        @Test func summaryIsJSON() throws {
            let result = try CommandTests.run(
                "summary", "mnist-mlp", "--input", "5x1x28x28", "--json", in: folder.path)
            #expect(result.status == 0 && result.errors == "")
            let summary = try #require(
                try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            #expect(summary["parameters"] as? Int == 355_110)
            #expect(summary["multiply_adds"] as? Int == 5 * (784 * 400 + 400 * 100 + 1000))
            let layers = try #require(summary["layers"] as? [[String: Any]])
            #expect(layers.map { $0["name"] as? String } == ["layers.0", "layers.2", "layers.4"])
            #expect(layers.last?["output"] as? [Int] == [5, 10])
            let fields = try #require(layers.last?["receptive_field"] as? [[String: Any]])
            #expect(fields.count == 2 && fields[0]["size"] as? Int == 28 && fields[0]["jump"] is NSNull)
        }

        @Test func largerModelsTakeImagesOfAnySize() throws {
            let result = try CommandTests.run("summary", "resnet18", "--input", "2x3x64x33", in: folder.path)
            #expect(result.status == 0 && result.errors == "")
            let last = result.output.split(separator: "\n").last ?? ""
            #expect(last.hasPrefix("total: 11,689,512 parameters"))
        }

        @Test func checkerboardIsAPicture() throws {
            let result = try CommandTests.run(
                "checkerboard", "--kernel", "3", "--stride", "2", "--output", "map.png", in: folder.path)
            #expect(result.status == 0 && result.errors == "")
            #expect(result.output.contains("uneven, 1 to 4 contributions by turns of 2:\n  4 2\n  2 1\n"))
            let image = try PNG.read("\(folder.path)/map.png")
            #expect(image.width == 17 * 30 && image.height == 17 * 30)
            // Corner 1 of 4, the crossing two positions further 4 of 4, beside it 2.
            let pixel = { (y: Int, x: Int) in image.pixels[y * 30 * image.width + x * 30] }
            #expect(pixel(0, 0) == 0 && pixel(2, 2) == 255 && pixel(2, 3) == 85 && pixel(3, 3) == 0)
            let even = try CommandTests.run("checkerboard", "--kernel", "4", "--stride", "2", in: folder.path)
            #expect(even.output == "kernel 4, stride 2: even, 4 contributions to each position\n")
        }

        @Test func picturesThatCannotBeSavedAreAnError() throws {
            let result = try CommandTests.run(
                "checkerboard", "--kernel", "3", "--stride", "2", "--output", "none/map.png", in: folder.path)
            #expect(result.status == 1)
            #expect(result.errors.hasPrefix("apus: none/map.png: "))
            #expect(result.errors.split(separator: "\n").count == 1)
        }

        @Test(arguments: [
            (
                ["summary", "mnist-cnn"],
                "there is no model 'mnist-cnn'; did you mean 'mnist-conv' or 'mnist-mlp'?"
            ),
            (
                ["summary", "mnist-conv", "--input", "1x3x224x224"],
                "mnist-conv takes N×1×28×28, not an input of 1×3×224×224"
            ),
            (
                ["summary", "mnist-conv", "--input", "28x28"],
                "mnist-conv takes N×1×28×28, not an input of 28×28"
            ),
            (
                ["summary", "mnist-conv", "--input", "1x1x28x"],
                "--input is '1x1x28x'; it must be positive extents"
            ),
            (["summary", "mnist-conv", "--input", "1,1,28,28"], "--input is '1,1,28,28'; it must be"),
            (["summary", "mnist-conv", "--input", "0x1x28x28"], "--input is '0x1x28x28'; it must be"),
            (["summary", "mnist-conv", "--input=-1x1x28x28"], "--input is '-1x1x28x28'; it must be"),
            (
                ["summary", "mnist-conv", "--input", "99999999999999999999x1x28x28"],
                "it must be positive extents"
            ),
            (
                ["summary", "mnist-conv", "--input", "9999999x1x28x28"],
                "an input of 9999999×1×28×28 has more than the 2097152 numbers that a summary runs on"
            ),
            (
                ["summary", "resnet18", "--input", "1x1x224x224"],
                "resnet18 takes N×3×H×W, not an input of 1×1×224×224"
            ),
            (
                ["summary", "inception_v3", "--input", "1x3x74x299"],
                "inception_v3 takes N×3×H×W from 75×75 on, not an input of 1×3×74×299"
            ),
            (["summary", "mnist-conv", "--jsn"], "Unknown option '--jsn'. Did you mean '--json'?"),
            (["summary"], "Missing expected argument '<model>'"),
            (["checkerboard", "--kernel", "3"], "Missing expected argument '--stride <stride>'"),
            (["checkerboard", "--kernel", "0", "--stride", "2"], "--kernel is 0; it must be from 1 to 1000"),
            (
                ["checkerboard", "--kernel", "3", "--stride", "2", "--output-padding", "2"],
                "--output-padding is 2; it must be below the stride or the dilation"
            ),
            (
                ["checkerboard", "--kernel", "3", "--stride", "2", "--padding", "9"],
                "--padding is 9; it takes away all of the result"
            ),
            (
                ["checkerboard", "--kernel", "3", "--stride", "1000", "--size", "1000"],
                "the result would be 999003 positions wide; 4096 is the most"
            ),
        ])
        func wrongUsageIsExplained(_ arguments: [String], _ explanation: String) throws {
            let (process, output, errors) = try CommandTests.start(arguments, in: folder.path)
            let result = CommandTests.finish(process, output, errors)
            #expect(result.status == 64, "\(result.errors)")
            let line = result.errors.split(separator: "\n").first ?? ""
            #expect(line.contains(explanation), "\(line)")
            #expect(result.output == "")
            #expect(try CommandTests.names(in: folder.path) == [])
        }
    }
}
