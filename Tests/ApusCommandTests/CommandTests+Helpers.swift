import Foundation

extension CommandTests {
    /// Tests run on threads that block signals, which a program they start would inherit; a user's does not.
    static func startWithoutBlockedSignals(_ process: Process) throws {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
    }

    /// Starts the program from a shell that first limits the size of files: the same call fails halfway
    /// that fails on a full disk.
    static func run(fileLimit kibibytes: Int, _ arguments: String..., in folder: String) throws -> Result {
        let script = "ulimit -f \(kibibytes * 2); exec \"$0\" \"$@\""
        let (process, output, errors) = try start(
            ["-c", script, program] + arguments, in: folder, executable: "/bin/sh")
        return finish(process, output, errors)
    }

    /// Waits until something holds; false where it still does not after a time that no machine needs.
    static func wait(until condition: () -> Bool) -> Bool {
        let end = Date(timeIntervalSinceNow: 120)
        while !condition() {
            if Date() > end { return false }
            usleep(200)
        }
        return true
    }

    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// The lines of a run's metrics without the seconds, which differ from run to run.
    static func metrics(_ run: String) throws -> [String] {
        try String(contentsOfFile: "\(run)/metrics.jsonl", encoding: .utf8).split(separator: "\n").map {
            String($0.prefix(upTo: $0.range(of: ", \"seconds\"")!.lowerBound))
        }
    }
}
