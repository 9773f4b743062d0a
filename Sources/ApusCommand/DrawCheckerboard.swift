import Apus
import ApusFormats
import ApusNN
import ArgumentParser

struct DrawCheckerboard: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkerboard",
        abstract: "Show how evenly a transposed convolution covers its result.",
        discussion: """
            Counts how many input positions contribute to each position of a two-dimensional transposed convolution. \
            Where the stride does not divide the kernel, the counts differ by turns of one stride, which shows in \
            images as a checkerboard (Odena et al. 2016).

            Examples:
              apus checkerboard --kernel 3 --stride 2
              apus checkerboard --kernel 4 --stride 2 --padding 1 --output map.png
            """)

    @Option(help: "Positions of the kernel along each axis.") var kernel: Int
    @Option(help: "The stride along each axis.") var stride: Int
    @Option(help: "Positions taken away at each edge.") var padding = 0
    @Option(help: "Positions added at the end.") var outputPadding = 0
    @Option(help: "From one position of the kernel to its next.") var dilation = 1
    @Option(help: "The extent of the input along each axis.") var size = 8
    @Option(
        help: ArgumentHelp("Save the counts as a gray image, more is lighter.", valueName: "file.png"),
        completion: .file(extensions: ["png"]))
    var output: String?

    func validate() throws {
        let numbers = [
            ("kernel", kernel, 1), ("stride", stride, 1), ("padding", padding, 0),
            ("output-padding", outputPadding, 0), ("dilation", dilation, 1), ("size", size, 1),
        ]
        for (name, value, minimum) in numbers where !(minimum...1000).contains(value) {
            throw ValidationError("--\(name) is \(value); it must be from \(minimum) to 1000")
        }
        if outputPadding >= max(stride, dilation) {
            throw ValidationError(
                "--output-padding is \(outputPadding); it must be below the stride or the dilation")
        }
        if extent < 1 {
            throw ValidationError("--padding is \(padding); it takes away all of the result")
        }
        if extent > 4096 {
            throw ValidationError("the result would be \(extent) positions wide; 4096 is the most")
        }
    }

    /// The result's extent along each axis.
    private var extent: Int {
        (size - 1) * stride + dilation * (kernel - 1) + 1 + outputPadding - 2 * padding
    }

    func run() throws {
        let board = Checkerboard(
            kernel: Extents(kernel), stride: Extents(stride), padding: Extents(padding),
            outputPadding: Extents(outputPadding), dilation: Extents(dilation), input: Extents(size))
        let (fewest, most) = (board.range.lowerBound, board.range.upperBound)
        if board.isUneven {
            try writeLine(
                "kernel \(kernel), stride \(stride): uneven, \(fewest) to \(most) contributions by turns of \(stride):"
            )
            if stride <= 8 { try writePattern(board) }
            try writeLine(
                "a kernel that \(stride) divides is even; so is enlarging first and convolving at stride 1")
        } else {
            try writeLine("kernel \(kernel), stride \(stride): even, \(most) contributions to each position")
        }
        guard let output else { return }
        let image = Image(gray: board.contributions, scale: max(1, 512 / extent))
        try PNG.write(image, to: output)
        try writeLine("saved \(output): \(extent)×\(extent) positions, \(image.width)×\(image.height) pixels")
    }

    private func writePattern(_ board: Checkerboard) throws {
        let width = "\(board.range.upperBound)".count
        for row in board.pattern[0] {
            let cells = board.pattern[1].map { count in
                let text = "\(row * count)"
                return String(repeating: " ", count: width - text.count) + text
            }
            try writeLine("  " + cells.joined(separator: " "))
        }
    }
}
