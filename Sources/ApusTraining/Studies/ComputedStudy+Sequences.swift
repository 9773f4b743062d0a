import Apus
import ApusModels
import Foundation

extension ComputedStudy {
    /// Which mixers can do what: tasks of copying, choosing and looking up, each learnt from new sequences in some seconds to
    /// two minutes by models of two blocks of 64 channels.
    static let sequences = ComputedStudy(
        name: "sequences",
        about: "which mixers of positions learn to copy, to choose and to look up"
    ) { report in
        var (rows, plotted) = ([[String]](), [DotPlot.Row]())
        for trial in SequenceTrial.all {
            let outcome = trial.run()
            let name = trial.name ?? trial.mixer.rawValue
            rows.append([
                trial.task.name, name, String(format: "%.1f %%", 100 * outcome.accuracy),
                String(format: "%.0f", outcome.seconds), "\(trial.steps)",
                Progress.thousands(outcome.parameters),
            ])
            plotted.append(
                DotPlot.Row(name: "\(trial.task.name): \(name)", values: [100 * outcome.accuracy]))
            try report(
                "\(rows.count)/\(SequenceTrial.all.count) " + rows[rows.count - 1].joined(separator: ", "))
        }
        return Results(
            heading: "Which mixers learn to copy, to choose and to look up?\n"
                + "Two blocks of 64 channels, Adam, 32 new sequences a step: tokens told right in 512 others",
            table: MarkdownTable(
                header: ["task", "mixer", "right", "seconds", "steps", "parameters"], rows: rows
            ).description,
            svg: DotPlot(title: "tokens told right, %", rows: plotted).svg)
    }
}

extension SequenceTrial {
    /// What the study trains, in its order.
    static let all: [SequenceTrial] = [
        .init(task: .copying(8, after: 64), mixer: .s4d, steps: 150),
        .init(task: .copying(8, after: 64), mixer: .lru, steps: 150),
        .init(task: .copying(10, after: 200), mixer: .s4d, steps: 300),
        .init(task: .copying(10, after: 200), mixer: .lru, steps: 300),
        .init(task: .copying(10, after: 200), mixer: .lstm, steps: 600),
        .init(task: .selectiveCopying(8, among: 64), mixer: .mamba, steps: 1400),
        .init(task: .selectiveCopying(8, among: 64), mixer: .s4d, steps: 1400),
        .init(task: .selectiveCopying(6, among: 32), mixer: .mamba, steps: 1500),
        .init(task: .selectiveCopying(6, among: 32), mixer: .rwkv, steps: 1500),
        .init(task: .selectiveCopying(6, among: 32), mixer: .lru, steps: 1500),
        .init(task: .selectiveCopying(6, among: 32), mixer: .s4d, steps: 1500),
        .init(task: .recall(pairs: 8), mixer: .attention, steps: 1500),
        .init(task: .recall(pairs: 8), mixer: .mamba, steps: 1500),
        .init(task: .recall(pairs: 8), mixer: .rwkv, steps: 1500),
        .init(task: .recall(pairs: 8), mixer: .s4d, steps: 1500),
        .init(task: .induction(length: 64), mixer: .mamba, steps: 400),
        .init(task: .induction(length: 64), mixer: .rwkv, steps: 400),
    ]
}
