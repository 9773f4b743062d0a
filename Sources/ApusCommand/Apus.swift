import Apus
import ApusDistributed
import ApusFormats
import ApusTraining
import ArgumentParser
import CStart
import Foundation

@main
struct ApusProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apus", abstract: "Train, evaluate and use neural networks.",
        discussion: """
            Recipes, which `train` and `compare` take:
            \(Listing.recipes)

            Models, which `summary` takes:
            \(Listing.models)

            Examples:
              apus train mnist-mlp --output run
              apus evaluate run
              apus predict run digit.png
            """,
        version: "apus \(version)",
        subcommands: [
            Train.self, Runs.self, Report.self, Compare.self, StudyCommand.self, Evaluate.self, Predict.self,
            Explain.self, Export.self,
            Summarize.self, ListModels.self, Classify.self, Embed.self, Generate.self,
            DrawCheckerboard.self, Convert.self, Inspect.self, DataCommand.self, ListNames.self, Doctor.self,
        ])

    static func main() {
        precondition(apus_is_started())
        openMissingStreams()
        // A reader that goes away (`apus … | head`) is no reason to die.
        signal(SIGPIPE, SIG_IGN)
        // Nor is a file over the limit on sizes: writing it fails, which is reported like a full disk.
        signal(SIGXFSZ, SIG_IGN)
        Memory.whenExhausted = { reason in
            RunFolder.removeBegunInVain()
            complainAtTheEnd("out of memory: \(reason)")
            _exit(1)
        }
        do {
            if AddressSpace.isLimited { spareMemory() }
            try checkCommand(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot()
            try command.run()
        } catch {
            Foundation.exit(end(with: error))
        }
    }

    /// Says what is to be said of the error, or of the help that was asked for; the exit status.
    private static func end(with error: any Error) -> Int32 {
        RunFolder.removeBegunInVain()
        if !isParserError(error) {
            // Who reads only the first lines, of which there are more, wants to hear no more.
            if (error as? FileError) != StandardOutput.closedPipe {
                complainAtTheEnd("\(error)")
            }
            return 1
        }
        let (status, text) = (exitCode(for: error).rawValue, fullMessage(for: error))
        if text.isEmpty { return status }
        if status != 0 {
            sayAtTheEnd(text, StandardOutput.writeError)
            return status
        }
        do { try writeLine(text) } catch { return end(with: error) }
        return 0
    }

    /// Where address space is short, threads share one arena of the C library's memory: each of its own would take
    /// 64 MiB, little of it used.
    private static func spareMemory() {
        apus_share_arena()
        if !AddressSpace.hasRoom(AddressSpace.reserve) {
            Memory.exhausted("start", "the system has no \(AddressSpace.reserve) bytes left")
        }
    }

    /// Files that are opened later must not get the numbers of streams that were closed: what is printed would go
    /// into a checkpoint. What is opened in their place can be neither read nor written.
    private static func openMissingStreams() {
        for stream in 0...2 where fcntl(Int32(stream), F_GETFD) == -1 {
            _ = open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY)
        }
    }

    /// Names out of files may hold anything.
    static func oneLine(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            result +=
                scalar.properties.generalCategory == .control || scalar.value == 0x2028
                    || scalar.value == 0x2029
                ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return result
    }

    /// - Throws: `ValidationError` for a word in the place of a command that is none; the parser would only call it an
    ///   unexpected argument, and `help` would ignore it.
    private static func checkCommand(_ arguments: [String]) throws {
        let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
        let commands = configuration.subcommands.map { $0._commandName }
        guard let word = words.first, !word.hasPrefix("-"), !(commands + ["help"]).contains(word) else {
            return
        }
        if Recipe.all.contains(where: { $0.name == word }) {
            throw ValidationError("'\(word)' is a recipe, not a command; did you mean 'apus train \(word)'?")
        }
        let suggestion = nearest(to: word, in: commands).map { "did you mean '\($0)'?" }
        throw ValidationError(
            "there is no command '\(word)'; "
                + (suggestion ?? "there are: \(commands.joined(separator: ", "))"))
    }

    /// The parser's own errors (usage, help, exit codes) are its to print.
    private static func isParserError(_ error: any Error) -> Bool {
        error is CleanExit || error is ExitCode || error is ValidationError
            || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
    }
}
