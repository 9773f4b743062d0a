import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// The program of Documentation/Tutorial.md, which is built with the package.
    @Suite struct Tutorial {
        let folder = TemporaryFolder()

        private func start(in folder: String) throws -> (Process, Pipe, Pipe) {
            let program = URL(filePath: CommandTests.program).deletingLastPathComponent()
                .appending(path: "ImageClassifier").path
            return try CommandTests.start([], in: folder, executable: program)
        }

        /// The lines between the marks of the snippet.
        @Test func itHas25Lines() throws {
            let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
            let file = root.joined(separator: "/") + "/Snippets/ImageClassifier.swift"
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            let begin = try #require(lines.firstIndex(of: "// snippet.program"))
            let end = try #require(lines.firstIndex(of: "// snippet.end"))
            #expect(end - begin - 1 <= 25)
        }

        @Test func aFolderOfPicturesIsLearntStoppedAndGoneOnWith() throws {
            for name in ["whole", "parts"] {
                try Shapes.write(to: "\(folder.path)/\(name)/shapes", count: 40)
                try Shapes.image(isRound: false, 41).write("\(folder.path)/\(name)/new.png")
            }
            let whole = try CommandTests.finish(start(in: "\(folder.path)/whole"))
            #expect(whole.status == 0 && whole.errors == "", "\(whole.errors)")
            #expect(whole.output.contains("epoch 20/20  train loss 0."))
            #expect(whole.output.contains(", accuracy 1.0000\n"), "\(whole.output)")
            let last = try #require(whole.output.split(separator: "\n").last)
            #expect(last.hasPrefix("square "), "\(whole.output)")

            let runs = "\(folder.path)/parts/runs/shapes"
            let first = try start(in: "\(folder.path)/parts")
            #expect(CommandTests.wait { FileManager.default.fileExists(atPath: "\(runs)/metrics.jsonl") })
            kill(first.0.processIdentifier, SIGINT)
            let stopped = CommandTests.finish(first)
            #expect(stopped.status == 0, "\(stopped.errors)")
            #expect(try CommandTests.metrics(runs).count < 20)
            let second = try CommandTests.finish(start(in: "\(folder.path)/parts"))
            #expect(second.status == 0 && !second.output.contains("epoch 1/20"), "\(second.output)")
            #expect(
                second.output.split(separator: "\n").suffix(2)
                    == whole.output.split(separator: "\n").suffix(2))
            for file in [
                "runs/shapes/last.safetensors", "runs/shapes/best.safetensors", "shapes.safetensors",
            ] {
                #expect(
                    FileManager.default.contents(atPath: "\(folder.path)/parts/\(file)")
                        == FileManager.default.contents(atPath: "\(folder.path)/whole/\(file)"), "\(file)")
            }

            // A run that is no recipe's has a report, too.
            let report = try CommandTests.run("report", "runs/shapes", in: "\(folder.path)/whole")
            #expect(report.output == "saved runs/shapes/report.html\n", "\(report.errors)")
            let table = try CommandTests.run("runs", in: "\(folder.path)/whole")
            #expect(table.output.contains("runs/shapes  ShapeNet  finished  20/20"), "\(table.output)")
        }
    }
}
