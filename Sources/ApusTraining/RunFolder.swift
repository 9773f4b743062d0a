import ApusFormats
import Foundation

/// The files of one run.
public struct RunFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    public var configuration: String { "\(path)/config.json" }
    public var metrics: String { "\(path)/metrics.jsonl" }
    public var last: String { "\(path)/last.safetensors" }
    public var best: String { "\(path)/best.safetensors" }

    /// Whether a run was begun here.
    public var holdsRun: Bool { FileManager.default.fileExists(atPath: configuration) }

    func create() throws {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            prefix += part + "/"
            if mkdir(prefix, 0o777) != 0 && errno != EEXIST {
                throw FileError(path: path, action: "create the folder")
            }
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            throw FileError(path: path, reason: "is not a folder")
        }
    }

    /// The folder a run goes to where none is named: `runs/NAME-1`, `runs/NAME-2`, …, the first free one.
    public static func next(for recipe: String) -> RunFolder { numbered(recipe).next }

    /// The newest such folder, which `--resume` goes on with; nil if there is none.
    public static func newest(for recipe: String) -> RunFolder? { numbered(recipe).newest }

    private static func numbered(_ recipe: String) -> (newest: RunFolder?, next: RunFolder) {
        var number = 1
        while FileManager.default.fileExists(atPath: "runs/\(recipe)-\(number)") { number += 1 }
        return (
            number > 1 ? RunFolder("runs/\(recipe)-\(number - 1)") : nil,
            RunFolder("runs/\(recipe)-\(number)")
        )
    }
}
