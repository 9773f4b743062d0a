import Apus
import ApusModels
import ApusTraining
import ArgumentParser
import Foundation

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let a trained language model go on with a text.",
        discussion: """
            The text appears as it is written. The same seed writes the same text; --temperature 0 writes what is most likely.

            Examples:
              apus train char-lm --model mamba --output runs/stories
              apus generate runs/stories --prompt "One sunny morning"
              apus generate runs/stories --prompt "There once was" --temperature 0.7 --top-p 0.9 --stop "\\n"
            """)

    @OptionGroup var trained: TrainedModel
    @Option(help: "The beginning of the text.") var prompt: String
    @Option(help: "The most tokens that are written.") var tokens = 300
    @Option(help: "Below 1 for likelier text, 0 for the likeliest.") var temperature = 0.8
    @Option(help: "Draws from so many of the likeliest tokens. (default: all)") var topK: Int?
    @Option(help: "Draws from the likeliest tokens that have this probability together. (default: all)")
    var topP: Double?
    @Option(help: "Above 1, tokens that were there are less likely.") var repetitionPenalty = 1.0
    @Option(
        help: ArgumentHelp(
            "A token that ends the text, such as \"\\n\"; as often as wanted.", valueName: "token"))
    var stop: [String] = []
    @Option(help: "Decides what is drawn. (default: another one each time)") var seed: UInt64?

    func validate() throws {
        if tokens < 0 { throw ValidationError("--tokens is \(tokens); it must be 0 or more") }
        do { try sampling.validate() } catch { throw ValidationError("\(error)") }
    }

    private var sampling: Sampling {
        Sampling(
            temperature: temperature, topK: topK, topP: topP, repetitionPenalty: repetitionPenalty)
    }

    func run() throws {
        let writer = try TextGenerator(trained.load())
        let stops = try stop.map { text in
            let written = text.replacingOccurrences(of: "\\n", with: "\n")
            let ids = writer.tokenizer.tokens(in: written)
            guard ids.count == 1 else {
                throw ValidationError(
                    "--stop is \"\(text)\", which is \(ids.count) tokens of the model; it must be one")
            }
            return ids[0]
        }
        var text = try writer(
            prompt, count: tokens, sampling: sampling, stops: Set(stops),
            using: RandomGenerator(seed: seed ?? .random(in: 0...UInt64.max)))
        StandardOutput.write(prompt)
        while let piece = try text.next() {
            StandardOutput.write(piece)
            try StandardOutput.check()
        }
        try writeLine("")
    }
}
