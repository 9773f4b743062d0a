import ArgumentParser
import Foundation

@main
struct ApusProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apus", abstract: "Train, evaluate and use neural networks.",
        subcommands: [Train.self, Evaluate.self, Predict.self, Doctor.self])

    static func main() {
        // A reader that goes away (`apus … | head`) is no reason to die.
        signal(SIGPIPE, SIG_IGN)
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

    /// The parser's own errors (usage, help, exit codes) are its to print.
    private static func isParserError(_ error: any Error) -> Bool {
        error is CleanExit || error is ExitCode || error is ValidationError
            || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
    }
}
