import Foundation

/// How a run shows where it is.
public enum ProgressStyle: String, CaseIterable, Sendable {
    /// A bar on a terminal, plain lines elsewhere.
    case auto
    case plain
    case none
}

/// Prints a line an epoch, and on a terminal a bar while one runs.
struct Progress {
    private let printsLines: Bool
    private let drawsBar: Bool
    private let epochs: Int
    private var lastDrawn = Date.distantPast
    private var begun = Date()
    private var samplesAtStart = 0
    /// The cursor stands behind a bar.
    private var isOnBar = false

    init(_ style: ProgressStyle, epochs: Int) {
        printsLines = style != .none
        drawsBar = style == .auto && isatty(STDOUT_FILENO) == 1
        self.epochs = epochs
    }

    func say(_ line: String) {
        if printsLines { write(line + "\n") }
    }

    mutating func begin(samples: Int) {
        begun = Date()
        samplesAtStart = samples
        lastDrawn = .distantPast
    }

    /// `samples` of `total` in this epoch are done.
    mutating func update(epoch: Int, samples: Int, of total: Int, loss: Double) {
        guard drawsBar else { return }
        let now = Date()
        if now.timeIntervalSince(lastDrawn) < 0.1 && samples < total { return }
        lastDrawn = now
        let seconds = max(now.timeIntervalSince(begun), 1e-6)
        let rate = Double(samples - samplesAtStart) / seconds
        let left = rate > 0 ? (Double(total - samples) + Double((epochs - epoch) * total)) / rate : 0
        let width = 24
        let filled = total > 0 ? width * samples / total : width
        let bar = String(repeating: "━", count: filled) + String(repeating: "─", count: width - filled)
        let text = String(
            format: "epoch %d/%d %@ %d/%d  loss %.4f  %@ samples/s  %@ left", epoch, epochs, bar, samples,
            total, loss,
            Progress.thousands(Int(rate)), Progress.clock(left))
        write("\r\u{1B}[2K" + text)
        isOnBar = true
    }

    mutating func end(_ metrics: EpochMetrics, isBest: Bool) {
        guard printsLines else { return }
        let line = String(
            format: "epoch %d/%d  train loss %.4f  test loss %.4f  test accuracy %.4f  %.1f s%@",
            metrics.epoch, epochs,
            metrics.trainLoss, metrics.testLoss, metrics.testAccuracy, metrics.seconds, isBest ? "  best" : ""
        )
        write((isOnBar ? "\r\u{1B}[2K" : "") + line + "\n")
        isOnBar = false
    }

    /// Leaves the bar's line, if there is one.
    mutating func breakLine() {
        if isOnBar { write("\n") }
        isOnBar = false
    }

    private func write(_ text: String) { StandardOutput.write(text) }

    static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return whole >= 3600
            ? String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
            : String(format: "%d:%02d", whole / 60, whole % 60)
    }

    static func thousands(_ value: Int) -> String {
        var digits = String(value)
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
            index -= 3
        }
        return digits
    }
}
