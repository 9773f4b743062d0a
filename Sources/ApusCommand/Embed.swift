import Apus
import ApusFormats
import ApusNN
import ApusText
import ApusTraining
import ArgumentParser
import Foundation

struct Embed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn texts into vectors that tell how near their meanings are.",
        discussion: """
            The weights are a folder as Hugging Face keeps a sentence-embedding model of BERT's kind: config.json, \
            tokenizer.json and model.safetensors, as in all-MiniLM-L6-v2. Of several texts, the cosine of each with the first is \
            printed; of one, the vector's first numbers. --json prints all of them.

            Examples:
              apus embed "a cat" "a kitten" "stock prices" --weights all-MiniLM-L6-v2
              apus embed --file sentences.txt --weights all-MiniLM-L6-v2 --json
            """)

    @Argument(help: "The texts.") var texts: [String] = []
    @Option(
        help: ArgumentHelp("The folder of the model.", valueName: "folder"), completion: .directory)
    var weights: String
    @Option(
        help: ArgumentHelp("A text file with a text on each line, instead.", valueName: "file"),
        completion: .file())
    var file: String?
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if texts.isEmpty == (file == nil) {
            throw ValidationError("give texts, or a file of them with --file")
        }
    }

    func run() throws {
        try Threads.start()
        let embedder: SentenceEmbedder
        do {
            embedder = try SentenceEmbedder(weights)
        } catch let mismatch as StateMismatch {
            complain("\(weights)/model.safetensors: \(mismatch)")
            throw ExitCode(1)
        }
        let all =
            try file.map {
                try TextFile.read($0, limit: 1 << 30).split(whereSeparator: \.isNewline).map(String.init)
            }
            ?? texts
        let vectors = embedder(all)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.withoutEscapingSlashes]
            for (index, text) in all.enumerated() {
                let result = Result(text: text, vector: vectors[index].array(of: Float.self))
                try writeLine(String(decoding: try encoder.encode(result), as: UTF8.self))
            }
            return
        }
        if all.count == 1 {
            let numbers = vectors[0].array(of: Float.self)
            let shown = numbers.prefix(8).map { String(format: "%.6f", $0) }.joined(separator: " ")
            return try writeLine("\(shown)\(numbers.count > 8 ? " … (\(numbers.count) numbers)" : "")")
        }
        for (index, text) in all.enumerated() {
            let cosine = vectors[0].dot(vectors[index]).item(as: Float.self)
            try writeLine(String(format: "%7.4f  ", cosine) + ApusProgram.oneLine(text))
        }
    }
}

/// What is said of one text.
private struct Result: Encodable {
    let text: String
    let vector: [Float]
}
