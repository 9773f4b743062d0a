import Foundation
import Testing

/// No code tells an operation by its name: what it is its type says, what it does its properties.
@Suite struct OperationNameTests {
    @Test func noNameIsCompared() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")
        let compared = try Regex(
            #"(primitive|operation|application|kernel)\.name\s*(==|!=|\.has|\.contains)"#)
        let switched = try Regex(#"switch [a-z.]*(primitive|operation|kernel)\.name\b"#)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
        for path in paths where path.hasSuffix(".swift") {
            let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            where line.contains(compared) || line.contains(switched) {
                Issue.record("\(path):\(number + 1) compares an operation's name: \(line)")
            }
            // The verification matches PyTorch's names, and summaries print ours.
            if path.hasPrefix("ApusVerification") { continue }
            for name in names where text.contains("== \"\(name)\"") || text.contains("case \"\(name)\"") {
                Issue.record("\(path) compares with \"\(name)\"")
            }
        }
    }

    private var names: [String] {
        [
            "reshape", "squeeze", "unsqueeze", "permute", "broadcast", "convert", "linear", "matmul", "relu",
            "conv1d", "conv2d", "conv3d", "Conv2d", "batchNorm", "softmax", "dropout", "sum", "mean", "add",
            "multiply", "gather", "cat", "maxPool2d", "avgPool2d", "layerNorm", "contiguous",
        ]
    }
}
