import Foundation

/// Prints a line an epoch, and on a terminal a bar while one runs.
struct Progress {
    private let printsLines: Bool
    private let drawsBar: Bool
    private let epochs: Int
    private var lastDrawn = Date.distantPast
    private var begun = Date()
    private var samplesAtStart = 0
    /// What stands on the cursor's line.
    private var bar: ProgressBar?

    init(_ style: ProgressStyle, epochs: Int) {
        printsLines = style != .none
        drawsBar = style == .auto && Progress.canDraw
        self.epochs = epochs
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
        let samplesLeft = Double(total - samples) + (Double(epochs) - Double(epoch)) * Double(total)
        let bar = ProgressBar(
            epoch: epoch, epochs: epochs, samples: samples, total: total, loss: loss, rate: rate,
            secondsLeft: rate > 0 ? samplesLeft / rate : 0)
        draw(bar, end: "\r")
        self.bar = bar
    }

    /// Prints the line of an evaluation.
    mutating func end(_ record: MetricsRecord, isBest: Bool) {
        guard printsLines else { return }
        let values = record.values.map { name, value in
            let words = name.replacing("_", with: " ")
            let isShare = name.hasSuffix("accuracy")
            return "  \(words) " + (isShare ? String(format: "%.4f", value) : shortNumber(value))
        }.joined()
        let line =
            "epoch \(record.epoch)/\(epochs)\(values)" + String(format: "  %.1f s", record.seconds)
            + (isBest ? "  best\n" : "\n")
        write(bar == nil ? line : Progress.erase + line)
        bar = nil
    }

    /// Leaves the bar's line, if there is one.
    mutating func breakLine() {
        if let bar { draw(bar, end: "\n") }
        bar = nil
    }

    /// One column stays free: in the last one some terminals go on to the next line.
    private func draw(_ bar: ProgressBar, end: String) {
        write(Progress.erase + bar.line(columns: Progress.columns - 1) + end)
    }

    private func write(_ text: String) { StandardOutput.write(text) }

    /// The bar is left with the cursor on its first column. A terminal that becomes narrower wraps the bar to more lines,
    /// and the cursor stays on the first: all of them are erased.
    private static let erase = "\r\u{1B}[2K\u{1B}[J"

    /// Whether the output is a terminal that can go back to the start of a line.
    private static var canDraw: Bool {
        let environment = ProcessInfo.processInfo.environment
        // Launchers have terminals of their own, whatever they hand the output to.
        let isTerminal = environment[columnsName].map { $0 != "0" } ?? (isatty(STDOUT_FILENO) == 1)
        return isTerminal && environment["TERM"] != "dumb"
    }

    /// What a launcher of several processes tells them of the terminal that it hands their output to: its width, or 0 where it is
    /// none.
    static var terminal: [String: String] { [columnsName: isatty(STDOUT_FILENO) == 1 ? "\(columns)" : "0"] }

    private static let columnsName = "APUS_COLUMNS"

    /// The terminal's width now; windows are resized.
    private static var columns: Int {
        if let told = ProcessInfo.processInfo.environment[columnsName].flatMap(Int.init) { return told }
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
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
