import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// Whatever becomes of one of several processes, all end, soon, with one message, and the run goes on from its last checkpoint.
    @Suite(.enabled(if: CommandTests.hasMPI)) struct Faults {
        let folder = TemporaryFolder()
        private var run: String { "\(folder.path)/run" }

        /// The program in two processes, when it has written its first checkpoint.
        private func started(_ arguments: String...) throws -> (Process, Pipe, Pipe) {
            let started = try CommandTests.start(
                ["train", "mnist-conv", "--epochs", "60", "--output", run, "--processes", "2"] + arguments,
                in: folder.path)
            let isThere = CommandTests.wait {
                FileManager.default.fileExists(atPath: "\(run)/last.safetensors")
            }
            #expect(isThere, "there is no checkpoint")
            return started
        }

        /// A program of several processes, by its number in Open MPI's environment.
        private func process(_ rank: Int) throws -> pid_t {
            try #require(
                try pids().first { pid in
                    let bytes = (try? Data(contentsOf: URL(filePath: "/proc/\(pid)/environ"))) ?? Data()
                    return bytes.split(separator: 0).contains(Data("OMPI_COMM_WORLD_RANK=\(rank)".utf8))
                })
        }

        /// Whatever has the run's folder among its words.
        private func pids() throws -> [pid_t] {
            try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter {
                let bytes = (try? Data(contentsOf: URL(filePath: "/proc/\($0)/cmdline"))) ?? Data()
                return bytes.split(separator: 0).contains(Data(run.utf8))
            }
        }

        /// Ends the run, checks that it is over within 5 s, and that it goes on.
        private func finish(
            _ started: (Process, Pipe, Pipe), _ end: () throws -> Void
        ) throws -> Result {
            let begun = ContinuousClock.now
            try end()
            let result = CommandTests.finish(started)
            #expect(CommandTests.wait { (try? pids().isEmpty) ?? false })
            #expect(begun.duration(to: .now) < .seconds(8))
            let evaluated = try CommandTests.run("evaluate", run, in: folder.path)
            #expect(evaluated.status == 0, "\(evaluated.errors)")
            let resumed = try CommandTests.start(
                ["train", "mnist-conv", "--output", run, "--processes", "3", "--resume"], in: folder.path)
            let records = try CommandTests.metrics(run).count
            #expect(
                CommandTests.wait {
                    (try? CommandTests.metrics(run).count) ?? 0 > records || !resumed.0.isRunning
                })
            kill(resumed.0.processIdentifier, SIGINT)
            let saved = CommandTests.finish(resumed)
            #expect(saved.status == 130 && saved.errors == "", "\(saved.status): \(saved.errors)")
            return result
        }

        @Test(arguments: [(SIGKILL, "Killed"), (SIGILL, "Illegal instruction")])
        func aProcessThatIsEndedIsNamed(_ signal: Int32, _ name: String) throws {
            let result = try finish(try started()) { kill(try process(1), signal) }
            #expect(result.status == 128 + signal)
            #expect(
                result.errors == "apus: process 1 was ended by signal \(signal) (\(name))\n",
                "\(result.errors)")
        }

        @Test(arguments: [SIGTERM, SIGINT]) func aSignalToOneSavesAll(_ signal: Int32) throws {
            let result = try finish(try started()) { kill(try process(1), signal) }
            #expect(result.status == 128 + signal && result.errors == "", "\(result.errors)")
            #expect(result.output.contains("saved \(run)/last.safetensors"))
        }

        @Test func aLauncherThatIsKilledIsNamed() throws {
            let result = try finish(try started()) {
                let words = try String(
                    contentsOfFile: "/proc/\(try process(0))/stat", encoding: .utf8
                ).split(separator: " ")
                kill(try #require(pid_t(words[3])), SIGKILL)
            }
            #expect(result.status == 137)
            #expect(
                result.errors == "apus: mpirun.openmpi was ended by signal 9 (Killed)\n", "\(result.errors)")
        }

        @Test func theCommandThatIsKilledLeavesNothing() throws {
            let started = try started()
            let result = try finish(started) { kill(started.0.processIdentifier, SIGKILL) }
            #expect(result.status == 137 && result.errors == "", "\(result.errors)")
        }

        @Test func aProcessThatStopsIsNamed() throws {
            let result = try finish(try started("--timeout", "3")) { kill(try process(1), SIGSTOP) }
            #expect(result.status == 124)
            #expect(
                result.errors.contains(
                    #/^apus: process 1: no progress for 3 s, since .*; all processes end \(--timeout\)\n$/#),
                "\(result.errors)")
        }

        /// Runs the program in three processes by Open MPI's own launcher, as a script's `command` has them do it.
        private func underLauncher(_ command: String, _ arguments: String...) throws -> Result {
            CommandTests.finish(
                try CommandTests.start(
                    [
                        "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1", "mpirun.openmpi",
                        "--oversubscribe", "--bind-to", "none", "-n", "3", "/bin/sh", "-c", command,
                        CommandTests.program, "train",
                    ] + arguments, in: folder.path, executable: "/usr/bin/env"))
        }

        private func said(_ result: Result) -> [Substring] {
            result.errors.split(separator: "\n").filter { $0.contains("apus:") || $0.contains("Error:") }
        }

        @Test func wantOfMemoryInOneProcessIsTold() throws {
            let result = try underLauncher(
                #"[ $OMPI_COMM_WORLD_RANK != 1 ] || ulimit -v 700000; exec "$0" "$@""#, "mnist-conv",
                "--batch-size", "6000", "--output", "run")
            #expect(result.status == 1)
            let said = said(result)
            #expect(said.count == 1 && said[0].contains("out of memory"), "\(result.errors)")
        }

        @Test(
            arguments: [
                ("--output", "file/run", "file/run"), ("--processes", "2", "that no mpirun has started"),
                ("--epochs", "0", "epochs"), ("--data", "nowhere", "nowhere"),
            ])
        func whatAllFindWrongIsToldOnce(_ option: String, _ value: String, _ message: String) throws {
            try Data().write(to: URL(filePath: "\(folder.path)/file"))
            let result = try underLauncher(#"exec "$0" "$@""#, "mnist-mlp", option, value)
            #expect(result.status != 0)
            let said = said(result)
            #expect(said.count == 1 && said[0].contains(message), "\(result.errors)")
        }

        @Test func whatOneFindsWrongNamesIt() throws {
            try Data("epochs: 1".utf8).write(to: URL(filePath: "\(folder.path)/mine.yaml"))
            let result = try underLauncher(
                #"[ $OMPI_COMM_WORLD_RANK != 2 ] || cd /; exec "$0" "$@""#, "mnist-mlp", "--settings",
                "mine.yaml", "--output", "run")
            let said = said(result)
            #expect(said.count == 1 && said[0].contains("process 2"), "\(result.errors)")
        }

        /// As an ssh to a machine whose link is dead does it.
        @Test func whatTheLauncherLeavesBehindKeepsNobodyWaiting() throws {
            let launcher = "\(folder.path)/mpirun.openmpi"
            // The test's own pipes are none of it.
            let script = """
                #!/bin/bash
                (
                    for file in /proc/self/fd/*; do
                        number=${file##*/}
                        [ $number -le 2 ] || eval "exec $number>&-"
                    done
                    exec /bin/sleep 30 >/dev/null
                ) &
                echo mpirun: lost >&2
                exit 3
                """
            try script.write(toFile: launcher, atomically: true, encoding: .utf8)
            chmod(launcher, 0o755)
            let begun = ContinuousClock.now
            let result = CommandTests.finish(
                try CommandTests.start(
                    ["PATH=\(folder.path)", CommandTests.program, "train", "mnist-mlp", "--processes", "2"],
                    in: folder.path, executable: "/usr/bin/env"))
            #expect(result.status == 3 && result.errors == "mpirun: lost\n", "\(result.errors)")
            #expect(begun.duration(to: .now) < .seconds(20))
        }

        @Test func whereThereIsNoMPIItsPackageIsNamed() throws {
            let result = CommandTests.finish(
                try CommandTests.start(
                    ["PATH=/nowhere", CommandTests.program, "train", "mnist-mlp", "--processes", "2"],
                    in: folder.path, executable: "/usr/bin/env"))
            #expect(result.status == 1)
            #expect(result.errors == "apus: several processes need MPI: install openmpi-bin\n")
            #expect(try CommandTests.names(in: folder.path) == [])
        }
    }
}
