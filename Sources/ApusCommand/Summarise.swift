import Apus
import ApusKernels
import ApusModels
import ApusNN
import ArgumentParser
import Foundation

struct Summarise: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "Show a model layer by layer: shapes, parameters, cost, receptive field.",
        discussion: """
            Models:
            \(NamedModel.all.map { "  \($0.name)  \($0.about); takes \($0.takes)" }.joined(separator: "\n"))

            Multiply-adds are those of convolutions and matrix products. The receptive field of a layer is how \
            many input positions along each axis a position of its result sees; the jump is how far apart in the \
            input neighbouring positions are, the centre the middle of what the first one sees.
            """)

    @Argument(help: "Which model; see below.", completion: .list(NamedModel.all.map(\.name)))
    var model: String
    @Option(
        help: ArgumentHelp(
            "The input's extents, batch first. (default: one input of the model's)", valueName: "1x3x224x224")
    )
    var input: String?
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        do {
            _ = try NamedModel.named(model)
        } catch { throw ValidationError(error.description) }
        _ = try shape()
    }

    func run() throws {
        try Parallel.start()
        let summary: Summary
        do {
            summary = try NamedModel.named(model).summary(input: shape())
        } catch let error as NamedModelError { throw ValidationError(error.description) }
        if !json { return try writeLine("\(summary)") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try writeLine(String(decoding: try encoder.encode(summary), as: UTF8.self))
    }

    private func shape() throws -> Shape? {
        guard let input else { return nil }
        let extents = input.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        if extents.contains(where: { $0 < 1 }) {
            throw ValidationError(
                "--input is '\(input)'; it must be positive extents joined by x, such as 1x3x224x224")
        }
        return extents
    }
}
