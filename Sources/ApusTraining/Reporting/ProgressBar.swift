import Foundation

/// Where an epoch is, on one line.
struct ProgressBar {
    let epoch: Int
    let epochs: Int
    /// Done of `total` in this epoch.
    let samples: Int
    let total: Int
    let loss: Double
    /// Samples a second.
    let rate: Double
    let secondsLeft: Double

    private static let widest = 24
    /// Fields make room for a bar of this width, and without fields it may shrink to the smallest.
    private static let narrow = 8
    private static let narrowest = 3

    /// The epoch, a bar and the percentage, and as many of the other fields as there is room for.
    func line(columns: Int) -> String {
        let head = "epoch \(epoch)/\(epochs)"
        let share = total > 0 ? Double(samples) / Double(total) : 1
        let percent = String(format: "%4.0f%%", (share * 100).rounded(.down))
        var fields: [(text: String, worth: Int)] = [
            ("\(samples)/\(total)", 1), ("loss \(shortNumber(loss))", 4),
            ("\(Progress.thousands(Int(min(rate, 1e15)))) samples/s", 2),
            ("\(clock(secondsLeft)) left", 3),
        ]
        func room() -> Int {
            columns - head.count - 1 - percent.count - fields.reduce(0) { $0 + 2 + $1.text.count }
        }
        while room() < ProgressBar.narrow,
            let least = fields.indices.min(by: { fields[$0].worth < fields[$1].worth })
        { fields.remove(at: least) }
        let width = min(room(), ProgressBar.widest)
        let filled = min(max(Int(Double(width) * share), 0), max(width, 0))
        let bar =
            width < ProgressBar.narrowest
            ? "" : " " + String(repeating: "━", count: filled) + String(repeating: "─", count: width - filled)
        let line = head + bar + percent + fields.map { "  " + $0.text }.joined()
        return String(line.prefix(max(columns, 0)))
    }
}

/// A time in few characters: minutes and seconds, with hours where there are any, or days.
package func clock(_ seconds: Double) -> String {
    let days = seconds / 86_400
    if !(days < 100) { return days < 1e6 ? "\(Int(days)) days" : "\(shortNumber(days)) days" }
    let whole = Int(seconds.rounded())
    return whole >= 3600
        ? String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
        : String(format: "%d:%02d", whole / 60, whole % 60)
}
