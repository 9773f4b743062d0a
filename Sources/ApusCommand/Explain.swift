import Apus
import ApusFormats
import ApusModels
import ApusNN
import ApusTraining
import ArgumentParser
import Foundation

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw what a network sees in pictures, and what it looks for.",
        discussion: """
            PNG files are written for each picture: where the network sees the class that it tells (Grad-CAM, Selvaraju \
            et al. 2017), and the feature maps of a layer; and for the network: the filters of a convolution, their Fourier \
            magnitudes, and the effective receptive field (Luo et al. 2016), averaged over the pictures. Grad-CAM and the \
            receptive field are of the last feature map, filters those of the first convolution, unless --layer names another.

            The model is a run's or that of a file of weights, as `apus predict` takes them; with --weights one of the \
            catalogue, as `apus classify` takes it.

            Examples:
              apus explain runs/mnist-conv-1 digit.png
              apus explain run one.png two.png --layer layers.0 --output seen
              apus explain --model resnet50 --weights resnet50.pth cat.jpg --layer layer3
            """)

    @Argument(
        help: ArgumentHelp(
            "The folder of a run, or a safetensors file of weights; not with --weights. Then PNG, JPEG, PPM or PGM files.",
            valueName: "run, image"), completion: .file())
    var paths: [String]
    @Option(
        help: ArgumentHelp(
            "Which weights of the run: best, last, or a file. (default: best)", valueName: "which"),
        completion: .file(extensions: ["safetensors"]))
    var checkpoint: String?
    @Option(
        help: ArgumentHelp(
            "With --weights: a model of the catalogue; else whose weights are in the file, where it does not say: a recipe.",
            valueName: "name"))
    var model: String?
    @Option(
        help: ArgumentHelp("The file of the weights of the catalogue's model.", valueName: "file"),
        completion: .file())
    var weights: String?
    @Option(help: ArgumentHelp("The full name of a layer, as in `layers.0`.", valueName: "name"))
    var layer: String?
    @Option(
        help: ArgumentHelp(
            "Where the files are written. (default: RUN/explain, or explain)", valueName: "dir"),
        completion: .directory)
    var output: String?

    /// The model's own arguments, as other commands have them; nil for a model of the catalogue.
    private var trained: TrainedModel? {
        if weights != nil { return nil }
        var trained = TrainedModel()
        (trained.path, trained.checkpoint, trained.model) = (paths[0], checkpoint, model)
        return trained
    }

    func validate() throws {
        if let trained {
            if paths.count < 2 {
                throw ValidationError(
                    "an image is missing: apus explain RUN IMAGE, or --model NAME --weights FILE IMAGE")
            }
            return try trained.validate()
        }
        if checkpoint != nil {
            throw ValidationError("--checkpoint chooses from a run's folder; --weights is a file")
        }
        guard let model else {
            throw ValidationError("--weights needs --model, the name of the model whose they are")
        }
        do throws(NamedModelError) { _ = try NamedModel.named(model) } catch {
            throw ValidationError(error.description)
        }
    }

    func run() throws {
        try Threads.start()
        let explanation: Explanation
        if let trained {
            let run = try trained.load()
            explanation = try run.explanation(of: pictures(paths.dropFirst(), .overContrast))
        } else {
            explanation = try Explanation(model: model!, weights: weights!, pictures(paths[...], .over(255)))
        }
        for file in try explanation.write(to: output ?? folder, layer: layer) {
            try writeLine("saved \(ApusProgram.oneLine(file.path)): \(ApusProgram.oneLine(file.about))")
        }
    }

    private var folder: String {
        weights == nil && RunFolder(paths[0]).holdsRun ? "\(paths[0])/explain" : "explain"
    }

    /// Each with its file's name, without folders and extension, and a number where another has the same.
    private func pictures(_ files: ArraySlice<String>, _ transparency: Image.Transparency) throws
        -> [(name: String, image: Image)]
    {
        var found: [(name: String, image: Image)] = []
        for file in files {
            let own = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
            let same = found.count { $0.name == own || $0.name.hasPrefix("\(own)-") }
            found.append(
                (same == 0 ? own : "\(own)-\(same + 1)", try Image.read(file, transparency: transparency)))
        }
        return found
    }
}
