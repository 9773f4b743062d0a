import ApusData
import ApusFormats
import ApusTraining
import ArgumentParser
import Foundation

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Classify images with a trained model.",
        discussion: """
            What is drawn is found, lighter or darker than its ground, scaled to 20×20 and centred in 28×28, as the \
            digits are that models are trained on. Of one image the three most likely digits are printed, of several the \
            most likely one on a line each; with --json, an array with the probabilities of all ten. Models of image-folder \
            take pictures as they were trained, and say the names of the classes.

            Examples:
              apus predict runs/mnist-mlp-1 digit.png
              apus predict run one.png two.png --json
              apus predict run - < photo.jpg
              apus predict weights.safetensors digit.png --model mnist-mlp
            """)

    @OptionGroup var trained: TrainedModel
    @Argument(
        help: ArgumentHelp("PNG, JPEG, PPM or PGM files or pipes; - is standard input.", valueName: "image"),
        completion: .file(extensions: ["png", "jpg", "jpeg", "ppm", "pgm"]))
    var images: [String]
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let trained = try trained.load()
        try trained.checkTakesImages()
        let width = images.map(\.count).max() ?? 0
        var predictions: [Prediction] = []
        for image in images {
            var prediction = predict(image, with: trained)
            prediction.label = prediction.prediction.flatMap { trained.classNames?[$0] }
            predictions.append(prediction)
            if let error = prediction.error { complain(error) }
            guard !json, let best = prediction.prediction, let shares = prediction.probabilities else {
                continue
            }
            func line(_ number: Int) -> String {
                let label = trained.classNames.map { ApusProgram.oneLine($0[number]) } ?? "\(number)"
                return "\(label)  " + String(format: "%5.1f %%", shares[number] * 100)
            }
            if images.count == 1 {
                for number in prediction.order.prefix(3) { try writeLine(line(number)) }
            } else {
                let name = image + String(repeating: " ", count: width - image.count)
                try writeLine("\(name)  \(line(best))")
            }
        }
        if json { try writeLine(array(predictions)) }
        if predictions.contains(where: { $0.error != nil }) { throw ExitCode(1) }
    }

    /// A line each, between brackets.
    private func array(_ predictions: [Prediction]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = try predictions.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
        return "[\n" + lines.joined(separator: ",\n") + "\n]"
    }

    /// One picture that cannot be read does not keep the others from being read.
    private func predict(_ image: String, with trained: TrainedRun) -> Prediction {
        do {
            let name = image == "-" ? "standard input" : image
            let shares = try trained.probabilities(try read(image, named: name), named: name)
            let best = shares.indices.max { shares[$0] < shares[$1] }
            return Prediction(file: image, prediction: best, probabilities: shares)
        } catch {
            return Prediction(file: image, error: "\(error)")
        }
    }

    private func read(_ image: String, named name: String) throws -> Image {
        if image == "-" {
            return try Image.read(descriptor: STDIN_FILENO, name: name, transparency: .overContrast)
        }
        var status = stat()
        if stat(image, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO {
            let descriptor = open(image, O_RDONLY | O_CLOEXEC)
            if descriptor >= 0 {
                defer { close(descriptor) }
                return try Image.read(descriptor: descriptor, name: name, transparency: .overContrast)
            }
        }
        return try Image.read(image, transparency: .overContrast)
    }
}

/// What is said of one picture.
private struct Prediction: Encodable {
    let file: String
    var prediction: Int?
    /// The name of the class, where it has one.
    var label: String?
    /// Of the digits 0 to 9, or of the classes.
    var probabilities: [Double]?
    var error: String?

    /// The most likely class first.
    var order: [Int] {
        let shares = probabilities ?? []
        return shares.indices.sorted { shares[$0] > shares[$1] }
    }
}
