import ArgumentParser
import Foundation

@main
struct ApusProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apus", abstract: "Train, evaluate and use neural networks.",
        subcommands: [
            Train.self, Compare.self, Evaluate.self, Predict.self, Summarise.self, DrawCheckerboard.self,
            Doctor.self,
        ])

    static func main() {
        limitSpinning()
        // A reader that goes away (`apus … | head`) is no reason to die.
        signal(SIGPIPE, SIG_IGN)
        // Nor is a file over the limit on sizes: writing it fails, which is reported like a full disk.
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let error as any CustomStringConvertible & Error where !isParserError(error) {
            FileHandle.standardError.write(Data("apus: \(error.description)\n".utf8))
            Foundation.exit(1)
        } catch {
            exit(withError: error)
        }
    }

    /// Lets threads that wait for each other sleep soon, instead of spinning for milliseconds.
    ///
    /// The OpenMP runtime spins by default, which costs up to ten times the work on a machine whose cores
    /// others use too. It reads its settings when it is loaded, so the program starts itself anew with
    /// them; whoever has set them is not overruled.
    private static func limitSpinning() {
        if getenv("GOMP_SPINCOUNT") != nil || getenv("OMP_WAIT_POLICY") != nil { return }
        setenv("GOMP_SPINCOUNT", "2000", 1)
        execv("/proc/self/exe", CommandLine.unsafeArgv)  // returns only if it failed: then spin
    }

    /// The parser's own errors (usage, help, exit codes) are its to print.
    private static func isParserError(_ error: any Error) -> Bool {
        error is CleanExit || error is ExitCode || error is ValidationError
            || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
    }
}
