import ApusFormats
import ApusNN
import Foundation
import Synchronization

/// The files of one run.
public struct RunFolder: Sendable {
    /// The path as it was given.
    public let path: String

    /// Nothing is read or made yet.
    public init(_ path: String) { self.path = path }

    /// The path of `config.json`: the `RunConfiguration`, or the options of a run that is no recipe's.
    public var configuration: String { "\(path)/config.json" }

    /// The path of `metrics.jsonl`: a line for each evaluation.
    public var metrics: String { "\(path)/metrics.jsonl" }

    /// The path of `last.safetensors`: what the run goes on from.
    public var last: String { "\(path)/last.safetensors" }

    /// The path of `best.safetensors`: the checkpoint of the best evaluation.
    public var best: String { "\(path)/best.safetensors" }

    /// Gives a model the weights of the best checkpoint, or of the last where none has been evaluated.
    ///
    /// - Throws: `TrainingError.badCheckpoint` where they are another model's or not finite, `FileError` where there are none.
    public func loadBest(into model: Module) throws {
        let hasBest = FileManager.default.fileExists(atPath: best)
        try Checkpoint.loadWeights(hasBest ? best : last, into: model)
    }

    /// The path of a checkpoint that stays when later ones are written.
    func numbered(_ step: Int) -> String { "\(path)/step-\(String(format: "%06d", step)).safetensors" }

    /// Keeps the last checkpoint under the number of its step, and removes the oldest numbered ones beyond `count`.
    func keep(_ count: Int, step: Int) throws {
        let copy = numbered(step)
        unlink(copy)
        if link(last, copy) != 0 { throw FileError(path: copy, action: "link the checkpoint") }
        for old in numberedSteps.dropLast(count) { unlink(numbered(old)) }
    }

    /// The steps of the checkpoints that are kept, ascending.
    var numberedSteps: [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.compactMap { name in
            guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { return nil }
            return Int(name.dropFirst(5).dropLast(12))
        }.sorted()
    }

    /// Whether a run was begun here.
    public var holdsRun: Bool { FileManager.default.fileExists(atPath: configuration) }

    func create() throws {
        var made: [String] = []
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            prefix += part + "/"
            if mkdir(prefix, 0o777) == 0 {
                made.append(prefix)
            } else if errno != EEXIST {
                throw FileError(path: path, action: "create the folder")
            }
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            throw FileError(path: path, .otherFormat, "is not a folder")
        }
        RunFolder.begun.locked { $0.append(Begun(path: path, made: made, plans: [])) }
    }

    /// Makes the folder a run goes to where none is named: `runs/NAME-1`, `runs/NAME-2`, …, after the highest number
    /// there is. Of two processes that ask at once, each gets its own.
    package static func makeNext(for recipe: String) throws -> RunFolder {
        try RunFolder("runs").create()
        var number = numbers(recipe).last ?? 0
        while true {
            number += 1
            let folder = RunFolder("runs/\(recipe)-\(number)")
            if mkdir(folder.path, 0o777) == 0 {
                begun.locked { $0.append(Begun(path: folder.path, made: [folder.path], plans: [])) }
                return folder
            }
            if errno == ENOENT {
                // Another process, whose run came to nothing, has removed `runs` with it.
                try RunFolder("runs").create()
                number -= 1
            } else if errno != EEXIST {
                throw FileError(path: folder.path, action: "create the folder")
            }
        }
    }

    /// Makes the folder of something that is no run: the one that is named, or the next for a name.
    package static func begin(_ name: String, in folder: String?) throws -> RunFolder {
        guard let folder else { return try makeNext(for: name) }
        try RunFolder(folder).create()
        return RunFolder(folder)
    }

    /// The one of those with the highest number that holds a run, which `--resume` goes on with; nil if there is none.
    package static func newest(for recipe: String) -> RunFolder? {
        newest(for: recipe) { RunFolder($0).holdsRun }.map(RunFolder.init)
    }

    static func newest(for name: String, where isIt: (String) -> Bool) -> String? {
        numbers(name).reversed().lazy.map { "runs/\(name)-\($0)" }.first(where: isIt)
    }

    /// The numbers of `runs/NAME-…`, ascending.
    private static func numbers(_ name: String) -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "runs")) ?? []
        return names.compactMap { entry in
            guard entry.hasPrefix(name + "-"), let number = Int(entry.dropFirst(name.count + 1)),
                "\(name)-\(number)" == entry, (1..<Int.max / 2).contains(number)
            else { return nil }
            return number
        }.sorted()
    }

    // MARK: Folders in which nothing came to be

    private struct Begun {
        let path: String
        /// The folders on the way to it that were not there before.
        let made: [String]
        /// Files of ours that are nothing by themselves.
        let plans: Set<String>
    }

    /// What this process has begun, the newest last.
    private static let begun = Mutex<[Begun]>([])

    /// Says that this process begins a run here, and has locked the folder.
    func begin() {
        let plans: Set = ["config.json", ComparisonFolder.file, RunLock.file]
        RunFolder.begun.locked { $0.append(Begun(path: path, made: [], plans: plans)) }
    }

    /// Removes the folders that this process made and that hold nothing but how a run was to be. For a program
    /// that ends with an error.
    package static func removeBegunInVain() {
        for folder in begun.locked({ $0 }).reversed() {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path),
                folder.plans.isSuperset(of: names)
            else { continue }
            for name in names { unlink("\(folder.path)/\(name)") }
            for path in folder.made.reversed() { rmdir(path) }
        }
    }
}
