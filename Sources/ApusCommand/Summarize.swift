import Apus
import ApusModels
import ApusNN
import ArgumentParser
import Foundation

struct Summarize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "Show a model layer by layer: shapes, parameters, cost, receptive field.",
        discussion: """
            Models:
            \(Listing.models)

            Multiply-adds are those of convolutions and matrix products. The receptive field of a layer is how \
            many input positions along each axis a position of its result sees; the jump is how far apart in the \
            input neighbouring positions are, the center the middle of what the first one sees.

            Examples:
              apus summary mnist-conv
              apus summary resnet50 --input 8x3x224x224 --json
            """)

    @Argument(help: "Which model.", completion: .list(NamedModel.all.map(\.name)))
    var model: String
    @Option(
        help: ArgumentHelp(
            "The input's extents, batch first. (default: one input of the model's)", valueName: "1x3x224x224")
    )
    var input: String?
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        let shape = try shape()
        do throws(NamedModelError) {
            let model = try NamedModel.named(model)
            if let shape { try model.check(input: shape) }
        } catch { throw ValidationError(error.description) }
    }

    func run() throws {
        try Threads.start()
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
