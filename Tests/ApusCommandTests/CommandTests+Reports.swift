import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// `apus runs` and `apus report`.
    @Suite struct Reports {
        let folder = TemporaryFolder()

        private func run(_ arguments: String...) throws -> Result {
            try CommandTests.finish(CommandTests.start(arguments, in: folder.path))
        }

        private func train(_ arguments: String...) throws {
            let result = try CommandTests.finish(
                CommandTests.start(
                    ["train", "mnist-mlp", "--data", "data", "--progress", "none"] + arguments,
                    in: folder.path))
            #expect(result.status == 0, "\(result.errors)")
        }

        @Test func runsAreATable() throws {
            #expect(try run("runs").errors == "apus: runs: there is no such folder\n")
            #expect(try run("runs", ".").output == ".: there are no runs\n")
            try TinyMNIST.write(to: "\(folder.path)/data")
            try train("--epochs", "2")
            try train("--epochs", "1", "--output", "runs/mnist-mlp-10")
            // Its time is over before the first evaluation.
            try train(
                "--epochs", "3", "--batch-size", "8", "--set", "time_budget=1e-9", "--output", "runs/brief")
            let both = try run(
                "compare", "mnist-mlp", "mnist-conv", "--data", "data", "--epochs", "1", "--output",
                "runs/both",
                "--progress", "none")
            #expect(both.status == 0, "\(both.errors)")
            let busy = try CommandTests.start(
                [
                    "train", "mnist-mlp", "--data", "data", "--epochs", "1000000", "--output", "runs/busy",
                    "--progress", "none",
                ], in: folder.path)
            #expect(
                CommandTests.wait {
                    FileManager.default.fileExists(atPath: "\(folder.path)/runs/busy/best.safetensors")
                })
            let table = try run("runs")
            kill(busy.0.processIdentifier, SIGTERM)
            #expect(CommandTests.finish(busy).status == 128 + SIGTERM)
            #expect(table.status == 0 && table.errors == "", "\(table.errors)")

            // Columns are two spaces apart, names hold none.
            let rows = table.output.split(separator: "\n").map { line in
                line.split(separator: #/  +/#).map(String.init)
            }
            #expect(rows[0] == ["run", "of", "state", "epochs", "best", "at step", "time"])
            #expect(
                rows.dropFirst().map { $0[0] } == [
                    "runs/both/mnist-conv", "runs/both/mnist-mlp", "runs/brief", "runs/busy",
                    "runs/mnist-mlp-1",
                    "runs/mnist-mlp-10",
                ])
            #expect(rows[1][1...3] == ["mnist-conv", "finished", "1/1"])
            #expect(rows[3][1...] == ["mnist-mlp", "stopped", "0/3", "-", "-", "0:00"])
            #expect(rows[4][2] == "running" && rows[4][3].hasSuffix("/1000000"))
            #expect(rows[5][1...3] == ["mnist-mlp", "finished", "2/2"])
            #expect(rows[5][4].wholeMatch(of: /test_accuracy \d\.\d{4}/) != nil, "\(rows[5])")
            #expect(["1", "2"].contains(rows[5][5]) && rows[5][6] == "0:00")

            // A damaged run is named, and does not hide the others.
            folder.write("runs/brief/config.json", Array("{}".utf8))
            let damaged = try run("runs")
            #expect(damaged.status == 1 && damaged.output.split(separator: "\n").count == rows.count - 1)
            #expect(
                damaged.errors == "apus: runs/brief/config.json: is not the configuration of a run\n",
                "\(damaged.errors)")
        }

        @Test func aReportIsOnePage() throws {
            try TinyMNIST.write(to: "\(folder.path)/data")
            try train("--epochs", "2", "--output", "run", "--set", "optimizer=lion")
            #expect(try run("report", "run").output == "saved run/report.html\n")
            let html = try String(contentsOfFile: "\(folder.path)/run/report.html", encoding: .utf8)
            // Everything is in the page: no other file is asked for.
            #expect(!html.contains("<script") && !html.contains("<link") && !html.contains("url("))
            #expect(html.matches(of: /src="/).count == html.matches(of: /src="data:image\/png;base64,/).count)
            #expect(html.matches(of: #/<svg /#).count == 2)
            for text in [
                "<h1>mnist-mlp</h1>", "finished after 2 of 2 epochs", "train_loss", "test_accuracy",
                "<h2>Confusion matrix</h2>", "<h2>Samples</h2>", "<td>optimizer</td><td>lion</td>",
            ] { #expect(html.contains(text), "\(text)") }
            // Of the 20 test images each is in one cell of the matrix.
            let matrix = try #require(html.firstMatch(of: /<table class="matrix">(.*?)<\/table>/)?.1)
            let cells = matrix.matches(of: /<td[^>]*>(\d+)<\/td>/).compactMap { Int($0.1) }
            #expect(cells.count == 100 && cells.reduce(0, +) == 20)
            let samples = html.matches(of: /<figure><img/).count
            #expect((12...20).contains(samples), "\(samples)")
            for tag in ["figure", "table", "div", "tr", "td", "th", "svg", "h2", "p"] {
                #expect(
                    html.matches(of: try Regex("<\(tag)[ >]")).count
                        == html.matches(of: try Regex("</\(tag)>")).count,
                    "\(tag)")
            }
        }

        @Test func otherRunsShowTheirPictures() throws {
            let trained = try run("train", "paint", "--epochs", "1", "--output", "run", "--progress", "none")
            #expect(trained.status == 0, "\(trained.errors)")
            #expect(try run("report", "run", "--output", "page.html").output == "saved page.html\n")
            let html = try String(contentsOfFile: "\(folder.path)/page.html", encoding: .utf8)
            #expect(
                html.contains("<figcaption>painted.png</figcaption>") && !html.contains("Confusion matrix"))
            #expect(try !CommandTests.names(in: "\(folder.path)/run").contains("report.html"))
        }

        @Test func whatCannotBeReportedIsOneLine() throws {
            let none = try run("report", "none")
            #expect(none.status == 1 && none.output == "")
            #expect(none.errors == "apus: none/config.json: there is no run in this folder\n")
            try TinyMNIST.write(to: "\(folder.path)/data")
            try train("--epochs", "1", "--output", "run")
            let unwritable = try run("report", "run", "--output", "none/page.html")
            #expect(unwritable.status == 1)
            #expect(unwritable.errors == "apus: none/page.html: cannot write: No such file or directory\n")
            try FileManager.default.removeItem(atPath: "\(folder.path)/data")
            let gone = try run("report", "run")
            #expect(gone.status == 1 && gone.errors.split(separator: "\n").count == 1, "\(gone.errors)")
            #expect(gone.errors.contains("its data cannot be read"))
        }
    }
}
