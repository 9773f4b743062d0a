import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    @Suite struct Terminal {
        let folder = TemporaryFolder()

        @Test func aBarIsDrawnAndAnErrorHasALineOfItsOwn() throws {
            // A folder where the checkpoint should go: the epoch ends with an error.
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/run/best.safetensors", withIntermediateDirectories: true)
            let (status, text) = try onTerminal(
                "train", "mnist-mlp", "--epochs", "1", "--threads", "1", "--output", "run")
            #expect(status == 1)
            let bar = try #require(text.split(separator: "\r").last { $0.contains("epoch 1/1 ") })
            for part in ["━", "20000/20000", "100%", "loss ", " samples/s", " left"] {
                #expect(bar.contains(part), "\(part)")
            }
            var screen = Screen(width: 200)
            screen.show(text)
            #expect(
                screen.rows.last
                    == "apus: run/best.safetensors: expected a regular file to write, found a folder")
            #expect(screen.rows.count == 3 && isBar(screen.rows[1]), "\(screen.rows)")
        }

        @Test func withoutProgressNothingIsPrinted() throws {
            let (status, text) = try onTerminal(
                "train", "mnist-mlp", "--epochs", "1", "--output", "run", "--progress", "none")
            #expect(status == 0 && text == "", "\(text)")
        }

        @Test(arguments: [40, 80, 120])
        func oneBarIsOnTheScreen(_ columns: Int) throws {
            let terminal = try PseudoTerminal(arguments, in: folder.path, columns: columns)
            var screen = Screen(width: columns)
            var bars = Set<String>()
            while let part = terminal.received() {
                screen.show(part)
                let shown = screen.rows.filter(isBar)
                #expect(shown.count <= 1, "\(screen.rows)")
                bars.formUnion(shown)
            }
            #expect(terminal.status == 0)
            #expect(bars.count > 1 && bars.allSatisfy { $0.count < columns })
            // A part of the text may end within a bar.
            #expect(bars.contains { $0.contains("epoch 1/2 ") && $0.contains("%") }, "\(bars)")
            expectResults(screen)
        }

        @Test(arguments: Screen.Resizing.allCases)
        func theBarFollowsTheWidth(_ resizing: Screen.Resizing) throws {
            // Long enough for all widths on a fast machine: ten bars are drawn a second.
            let terminal = try PseudoTerminal(
                arguments + ["--epochs", "10"], in: folder.path, columns: 120)
            var screen = Screen(width: 120, resizing)
            var widths = [80, 40, 23, 100, 20, 60]
            var widest = 0
            while let part = terminal.received() {
                screen.show(part)
                #expect(screen.rows.filter(isBar).count <= 1, "\(screen.width): \(screen.rows)")
                guard isWhole(screen), let next = widths.first else { continue }
                widths.removeFirst()
                terminal.pause()
                while let late = terminal.received(waiting: false), !late.isEmpty { screen.show(late) }
                widest = max(widest, screen.rows.last?.count ?? 0)
                terminal.resize(next)
                screen.resize(next)
                terminal.goOn()
                // The next bar is the first of this width.
                var drawn = ""
                while !drawn.contains("\r\u{1B}"), let part = terminal.received() {
                    screen.show(part)
                    drawn += part
                }
            }
            #expect(terminal.status == 0)
            #expect(widths.isEmpty && widest > 80)
            expectResults(screen)
        }

        @Test func aDumbTerminalGetsLinesOnly() throws {
            let (status, text) = try PseudoTerminal(arguments, in: folder.path, type: "dumb").rest()
            #expect(status == 0 && !text.contains("\u{1B}"))
            let lines = text.split(separator: "\r\n")
            #expect(lines.count == 4 && !lines.contains { $0.contains("\r") }, "\(lines)")
        }

        private let arguments = [
            "train", "mnist-mlp", "--epochs", "2", "--threads", "1", "--batch-size", "64", "--output", "run",
        ]

        private func isBar(_ row: String) -> Bool { row.contains { $0 == "━" || $0 == "─" } }

        /// A bar with its percentage stands on the last line.
        private func isWhole(_ screen: Screen) -> Bool {
            screen.rows.last.map { isBar($0) && $0.contains("%") } ?? false
        }

        /// After the run, lines alone are left: what is trained, each epoch, where it is.
        private func expectResults(_ screen: Screen) {
            let text = screen.rows.joined()
            #expect(!screen.rows.contains(where: isBar), "\(screen.rows)")
            #expect(text.hasPrefix("mnist-mlp") && text.hasSuffix("done: run"), "\(screen.rows)")
        }

        /// Runs the program with output and errors on a terminal; what the terminal was sent.
        private func onTerminal(_ arguments: String...) throws -> (status: Int32, text: String) {
            try PseudoTerminal(arguments, in: folder.path).rest()
        }
    }
}
