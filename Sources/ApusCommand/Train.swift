import Apus
import ApusDistributed
import ApusFormats
import ApusModels
import ApusTraining
import ArgumentParser
import Foundation

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model.",
        discussion: """
            Recipes:
            \(Listing.recipes)

            Without --data it trains on a set of digits that the program draws itself; the audio recipes, on notes that \
            it makes. The run's folder \
            gets config.json, the metrics (metrics.jsonl, metrics.csv, curves.svg) and the checkpoints last.safetensors and \
            best.safetensors. \
            Ctrl-C saves the run and ends it; --resume goes on.

            Examples:
              apus train mnist-mlp
              apus train mnist-conv --data mnist --epochs 10 --output run
              apus train mnist-conv --resume --output run --epochs 20
              apus train mnist-mlp --settings mine.yaml --set optimizer=lion
              apus train image-folder --model resnet50 --weights resnet50.pth --data animals
            """)

    @Argument(help: "What to train: a recipe.", completion: .list(Recipe.all.map(\.name)))
    var recipe: String

    @Option(
        help: ArgumentHelp(
            "The folder of the MNIST files, plain or gzipped; of image-folder, of pictures by class; of paint, a picture.",
            valueName: "dir"),
        completion: .directory)
    var data: String?
    @Option(
        help: "Which model, of recipes that train several. (default: the recipe's)",
        completion: .list(NamedModel.all.filter { $0.preprocessing != nil }.map(\.name)))
    var model: String?
    @Option(
        help: ArgumentHelp(
            "Of image-folder: a file of weights to begin with, as `apus classify` takes it.",
            valueName: "file"),
        completion: .file())
    var weights: String?
    @Option(help: "Passes over the training set. (default: the recipe's)") var epochs: Int?
    @Option(help: "Samples a step. (default: the recipe's)") var batchSize: Int?
    @Option(help: "The learning rate. (default: the recipe's)") var lr: Double?
    @Option(help: "Decides the first weights and the order of the samples. (default: 0)") var seed: UInt64?
    @Option(help: "Threads to compute with; changes no result. (default: one a core)") var threads: Int?
    @Option(
        help: ArgumentHelp(
            "The run's folder. (default: runs/RECIPE-1, or the next number)", valueName: "dir"),
        completion: .directory)
    var output: String?
    @Option(
        help: ArgumentHelp(
            "A YAML file with settings by the names of config.json. Options given here win.",
            valueName: "file"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var settings: String?
    @Option(
        help: ArgumentHelp(
            "One more setting, such as optimizer=lion or clip_norm=1; as often as wanted.",
            valueName: "name=value"))
    var set: [String] = []
    @Option(
        help: ArgumentHelp(
            "Train in so many processes, each with its share of every batch and of the cores; needs MPI.",
            valueName: "n"))
    var processes: Int?
    @Option(
        help: ArgumentHelp(
            "Machines for the processes, and how many each gets, such as a:2,b:2.", valueName: "hosts"))
    var hosts: String?
    @Option(
        help: ArgumentHelp(
            "How often processes that fail are started again, to go on from the last checkpoint. (default: 0)",
            valueName: "n"))
    var restarts: Int?
    @Option(
        help: ArgumentHelp(
            "All processes end where one gets no further for so long. (default: 600)", valueName: "seconds"))
    var timeout: Double?
    @Flag(help: "Also write the run's numbers for TensorBoard.") var tensorboard = false
    @Flag(help: "Go on with the run in --output, or the newest one.") var resume = false
    @Option(
        help: ArgumentHelp("auto: a bar on a terminal, else plain lines; plain; none.", valueName: "style"))
    var progress = ProgressStyle.auto

    func validate() throws {
        do {
            _ = try Recipe.named(recipe)
            try configuration(SoloGroup()).validate()
            if let timeout, !(timeout > 0) {
                throw TrainingError.badOption("--timeout is \(timeout); it must be a positive number")
            }
        } catch let error as TrainingError {
            throw ValidationError(error.description)
        } catch let error as FileError {
            throw ValidationError(error.description)
        }
    }

    func run() throws {
        let isRank = MPIGroup.isLaunched
        if processes != nil || hosts != nil {
            if isRank {
                throw TrainingError.badOption("--processes is for a program that no mpirun has started")
            }
            throw ExitCode(try launch())
        }
        Interruption.watch(isRank: isRank)
        if !isRank { return try train(in: SoloGroup()) }
        let watchdog = Watchdog(joining: MPIGroup.launchedRank, timeout: timeout ?? 600)
        let group = try MPIGroup.start()
        watchdog.end()
        do {
            try train(in: group)
            try group.finish()
        } catch let code as ExitCode {
            try group.finish()
            throw code
        } catch {
            complainAtTheEnd("\(error)")
            RunFolder.removeBegunInVain()
            group.abort(code: 1)
        }
    }

    /// Starts the processes, and again where they fail.
    private func launch() throws -> Int32 {
        let count = try hosts.map(Train.places) ?? processes!
        if count < 1 { throw TrainingError.badOption("--processes is \(count); it must be at least 1") }
        if let restarts, restarts < 0 {
            throw TrainingError.badOption("--restarts is \(restarts); it must be at least 0")
        }
        if let processes, processes != count {
            throw TrainingError.badOption("--processes is \(processes), and --hosts has places for \(count)")
        }
        let folder = try output ?? (resume ? nil : RunFolder.makeNext(for: recipe).path)
        var arguments = Array(CommandLine.arguments.dropFirst())
        for option in ["--processes", "--hosts", "--restarts"] { arguments.remove(option: option) }
        if output == nil, let folder { arguments += ["--output", folder] }
        let launcher = Launcher(processes: count, hosts: hosts, environment: progress.environment)
        var status = try launcher.run(arguments)
        if !arguments.contains("--resume") { arguments.append("--resume") }
        var started = 0
        while status != 0, started < restarts ?? 0, !launcher.isInterrupted {
            started += 1
            complain("the processes ended with \(status); starting them again, \(started) of \(restarts!)")
            status = try launcher.run(arguments)
        }
        return status
    }

    /// How many processes `a:2,b:2` has places for.
    private static func places(_ hosts: String) throws -> Int {
        try hosts.split(separator: ",", omittingEmptySubsequences: false).reduce(0) { sum, host in
            let parts = host.split(separator: ":", omittingEmptySubsequences: false)
            guard 1...2 ~= parts.count, !parts[0].isEmpty, let count = parts.count == 1 ? 1 : Int(parts[1]),
                count > 0
            else { throw TrainingError.badOption("--hosts \(hosts): it must be like a:2,b:2") }
            return sum + count
        }
    }

    private func train(in group: any ProcessGroup) throws {
        let run = try resume ? resumed(group) : begun(group)
        let (path, last) = (run.folder?.path ?? "", run.folder?.last ?? "")
        switch try run.run() {
        case .finished:
            say("done: \(path)", group)
        case .stoppedEarly(let step):
            say(
                "stopped early: nothing was better than step \(step) for \(run.options.patience ?? 0) evaluations: \(path)",
                group
            )
        case .alreadyFinished:
            say(
                "\(path): finished after \(run.position.epoch) epochs, nothing to resume; --epochs raises their number",
                group
            )
        case .timeIsUp, .stopped:
            say("saved \(last) after \(run.position.step) steps; --resume --output \(path) goes on", group)
        case .interrupted(let signal):
            say(
                "saved \(last) in epoch \(run.position.epoch + 1) after step \(stepOfEpoch(run)); --resume --output \(path) goes on",
                group
            )
            throw ExitCode(128 + signal)
        }
        // The run is whole whatever became of its reports; that they are missing is said last.
        try StandardOutput.check()
    }

    private func begun(_ group: any ProcessGroup) throws -> any TrainingRun {
        let folder = try output.map(RunFolder.init) ?? .makeNext(for: recipe)
        let configuration = try configuration(group)
        let run = try Recipe.begin(
            configuration, in: folder, callbacks: callbacks, progress: progress, group: group,
            timeout: timeout ?? 600)
        say(try announcement(of: run, configuration), group)
        return run
    }

    private func resumed(_ group: any ProcessGroup) throws -> any TrainingRun {
        guard let folder = output.map(RunFolder.init) ?? .newest(for: recipe) else {
            throw TrainingError.nothingToResume(folder: "runs/\(recipe)-*")
        }
        let run = try Recipe.resume(
            folder, callbacks: callbacks, progress: progress, group: group,
            timeout: timeout ?? 600
        ) {
            configuration in
            configuration.recipe = recipe
            try choose(&configuration)
            divideThreads(&configuration, group)
        }
        if run.position.epoch < run.options.epochs {
            say(
                "resuming \(folder.path) in epoch \(run.position.epoch + 1) after step \(stepOfEpoch(run))",
                group)
        }
        return run
    }

    private var callbacks: [any Callback] { tensorboard ? logs + [TensorBoardLog()] : logs }

    private func configuration(_ group: any ProcessGroup) throws -> RunConfiguration {
        var configuration = try Recipe.named(recipe).configuration
        try choose(&configuration)
        divideThreads(&configuration, group)
        return configuration
    }

    /// The processes of a machine share its cores.
    private func divideThreads(_ configuration: inout RunConfiguration, _ group: any ProcessGroup) {
        if threads == nil && group.size > 1 {
            configuration.options.threads = max(1, Apus.threads / group.localSize)
        }
    }

    /// The file first, then `--set`, then the options of their own.
    private func choose(_ configuration: inout RunConfiguration) throws {
        if let settings { try configuration.apply(SettingsFile.read(settings), from: settings) }
        for text in set {
            guard let end = text.firstIndex(of: "="), end > text.startIndex else {
                throw TrainingError.badOption("--set \(text): it must be name=value")
            }
            let name = String(text[..<end])
            let value = try SettingsFile.value(String(text[text.index(after: end)...]), of: "--set \(name)")
            try configuration.apply([name: value], from: "--set")
        }
        if let model { try configuration.apply(["model": .text(model)], from: "--model") }
        if let weights { try configuration.apply(["weights": .text(weights)], from: "--weights") }
        configuration.data = data ?? configuration.data
        configuration.learningRate = lr ?? configuration.learningRate
        configuration.options.epochs = epochs ?? configuration.options.epochs
        configuration.options.batchSize = batchSize ?? configuration.options.batchSize
        configuration.options.seed = seed ?? configuration.options.seed
        configuration.options.threads = threads ?? configuration.options.threads
    }

    /// The first process speaks.
    private func say(_ line: String, _ group: any ProcessGroup) {
        if group.rank == 0 && progress != .none { StandardOutput.write(line + "\n") }
    }
}

extension ProgressStyle: ExpressibleByArgument {}

/// What the runs of commands keep for people to look at.
var logs: [any Callback] { [CSVLog(), LearningCurves()] }
