import ApusData
import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    @Suite struct Study {
        let folder = TemporaryFolder()

        private func study(_ arguments: String...) throws -> Result {
            try CommandTests.finish(CommandTests.start(["study"] + arguments, in: folder.path))
        }

        @Test func studiesAreListed() throws {
            let result = try study()
            #expect(result.status == 0)
            #expect(result.output.contains("interactions") && result.output.contains("scaling"))
            let unknown = try study("interaction")
            #expect(unknown.status == 64 && unknown.errors.contains("did you mean 'interactions'?"))
            #expect(try study("scaling", "--quick", "--seeds", "2").errors.contains("--quick is one epoch"))
            #expect(
                try study("scaling", "--resume", "--epochs", "2").errors.contains(
                    "goes on as the study was begun"))
            #expect(
                try study("scaling", "--resume").errors
                    == "apus: runs/study-scaling-*: there is no run to resume here\n")
        }

        @Test func aStudyKeepsATableAndGoesOn() throws {
            try TinyMNIST.write(to: "\(folder.path)/data")
            let result = try study("scaling", "--data", "data", "--quick")
            #expect(result.status == 0, "\(result.errors)")
            let path = "\(folder.path)/runs/study-scaling-1"
            let table = try String(contentsOfFile: "\(path)/table.md", encoding: .utf8)
            let rows = table.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2)
            #expect(rows.count == 9 && rows.allSatisfy { $0.contains("0.") })
            #expect(rows.allSatisfy { result.output.contains($0) })
            #expect(
                try String(contentsOfFile: "\(path)/plot.svg", encoding: .utf8).contains(">compound</text>"))

            // As if stopped before the last model.
            try FileManager.default.removeItem(atPath: "\(path)/compound-4x-seed-0")
            let resumed = try study("scaling", "--resume")
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.output.contains("8/9 compound-2x-seed-0: test accuracy"))
            #expect(resumed.output.components(separatedBy: "trained before").count - 1 == 8)
            // Seconds, in the last column, differ.
            func accuracies(_ table: String) -> [Substring] {
                table.split(separator: "\n").filter { $0.hasPrefix("| ") }
                    .map { $0.dropLast(2) }.map { $0[..<$0.lastIndex(of: "|")!] }
            }
            let again = try String(contentsOfFile: "\(path)/table.md", encoding: .utf8)
            #expect(accuracies(again) == accuracies(table))

            let occupied = try study(
                "scaling", "--data", "data", "--quick", "--output", "runs/study-scaling-1")
            #expect(occupied.status == 1 && occupied.errors.contains("holds a run already"))
            let other = try study("interactions", "--resume", "--output", "runs/study-scaling-1")
            #expect(
                other.status == 1 && other.errors.contains("is of study-scaling, not of study-interactions"))
            let runs = try CommandTests.finish(CommandTests.start(["runs"], in: folder.path))
            #expect(runs.output.contains("runs/study-scaling-1/compound-4x-seed-0"))
        }

        @Test func aMemoryIsMeasured() throws {
            #expect(try study().output.contains("memory"))
            let result = try study("memory")
            #expect(result.status == 0, "\(result.errors)")
            let path = "\(folder.path)/runs/study-memory-1"
            let table = try String(contentsOfFile: "\(path)/table.md", encoding: .utf8)
            let rows = table.split(separator: "\n").filter { $0.hasPrefix("| ") }
            #expect(rows.count == 5 && rows.allSatisfy { result.output.contains($0) })
            #expect(rows[2] == "| 16 |      8.37e-02 | 8.37e-02 | 8.37e-02 | 8.45e-02 | 8.45e-02 |")
            let plot = try String(contentsOfFile: "\(path)/plot.svg", encoding: .utf8)
            #expect(plot.contains(">N = 16</text>"))
            let named = try study("memory", "--output", "here")
            #expect(named.output.contains("saved here/table.md"))
            #expect(try study("memory", "--seeds", "2").errors.contains("memory has no data and no runs"))
            #expect(try study("memry").errors.contains("did you mean 'memory'?"))
        }

        @Test func anInterruptedStudySaysHowToGoOn() throws {
            let started = try CommandTests.start(
                ["study", "interactions", "--quick", "--output", "study"], in: folder.path)
            #expect(
                CommandTests.wait {
                    FileManager.default.fileExists(atPath: "\(folder.path)/study/order-1-seed-0/config.json")
                })
            usleep(300_000)
            kill(started.0.processIdentifier, SIGINT)
            let result = CommandTests.finish(started)
            #expect(result.status == 128 + SIGINT, "\(result.output) \(result.errors)")
            #expect(result.output.contains("apus study interactions --resume --output study goes on"))
        }
    }
}
