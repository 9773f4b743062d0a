import Apus
import ApusFormats
import ApusModels
import ApusNN
import ApusTraining
import ArgumentParser
import Foundation

struct Classify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what pictures show, with a model of the catalogue and its weights.",
        discussion: """
            Pictures are scaled and cut as the model's weights were trained. Weights are files of torchvision, timm or the \
            model's authors, or saved by Apus: .pth, .pt, .safetensors or .npz. The most likely classes of each picture \
            are printed with their probabilities, by number where there are no labels; `apus models` lists the models.

            Examples:
              apus classify cat.jpg --model resnet50 --weights resnet50.pth
              apus classify *.png --model vit_b_16 --weights vit.safetensors --json
            """)

    @Argument(
        help: ArgumentHelp("PNG, JPEG, PPM or PGM files.", valueName: "image"),
        completion: .file(extensions: ["png", "jpg", "jpeg", "ppm", "pgm"]))
    var images: [String]
    @Option(
        help: "Which model.", completion: .list(NamedModel.all.filter { $0.preprocessing != nil }.map(\.name))
    )
    var model: String
    @Option(help: ArgumentHelp("The file of its weights.", valueName: "file"), completion: .file())
    var weights: String
    @Option(help: ArgumentHelp("A text file with the name of a class on each line.", valueName: "file"))
    var labels: String?
    @Option(help: ArgumentHelp("How many classes of each picture are printed.", valueName: "count"))
    var top = 5
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if top < 1 { throw ValidationError("--top is \(top); it must be at least 1") }
        do throws(NamedModelError) {
            if try NamedModel.named(model).preprocessing == nil { throw .noImageClassifier(model) }
        } catch {
            throw ValidationError(error.description)
        }
    }

    func run() throws {
        try Threads.start()
        // A batch's pictures are in memory together.
        let batch = min(images.count, 8)
        let names = try labels.map { try ImageClassifier.labels(in: $0) }
        let classifier: ImageClassifier
        do {
            classifier = try ImageClassifier(model, weights: weights, labels: names, batch: batch)
        } catch let mismatch as StateMismatch {
            complain("\(weights), \(model): \(mismatch)")
            throw ExitCode(1)
        } catch let error as ImageClassifierError {
            complain("\(labels.map { "\($0): " } ?? "")\(error)")
            throw ExitCode(1)
        }
        var results: [Result] = []
        for start in stride(from: 0, to: images.count, by: batch) {
            var (read, pictures): ([Int], [Image]) = ([], [])
            for path in images[start..<min(start + batch, images.count)] {
                results.append(Result(file: path))
                do {
                    pictures.append(try Image.read(path, transparency: .over(255)))
                    read.append(results.count - 1)
                } catch {
                    results[results.count - 1].error = "\(error)"
                    complain("\(error)")
                }
            }
            for (index, guesses) in zip(read, try classifier(pictures, count: top)) {
                results[index].classes = guesses.map {
                    Result.Guess(index: $0.index, label: $0.label, probability: $0.probability)
                }
                if !json { try write(results[index]) }
            }
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try writeLine(String(decoding: try encoder.encode(results), as: UTF8.self))
        }
        if results.contains(where: { $0.error != nil }) { throw ExitCode(1) }
    }

    private func write(_ result: Result) throws {
        if images.count > 1 { try writeLine(ApusProgram.oneLine(result.file)) }
        for guess in result.classes ?? [] {
            try writeLine(
                String(format: "%5.1f %%  ", guess.probability * 100)
                    + ApusProgram.oneLine(guess.label ?? "class \(guess.index)"))
        }
    }
}

/// What is said of one picture.
private struct Result: Encodable {
    struct Guess: Encodable {
        let index: Int
        let label: String?
        let probability: Double
    }

    let file: String
    var classes: [Guess]?
    var error: String?
}
