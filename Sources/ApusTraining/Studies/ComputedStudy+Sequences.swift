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
        for (number, trial) in SequenceTrial.all.enumerated() {
            let outcome = trial.run()
            let name = trial.name
            for (task, accuracy) in zip([trial.task] + trial.longer, outcome.accuracies) {
                rows.append([
                    task.name, name, String(format: "%.1f %%", 100 * accuracy),
                    String(format: "%.0f", outcome.seconds), "\(trial.steps)",
                    Progress.thousands(outcome.parameters),
                ])
                plotted.append(DotPlot.Row(name: "\(task.name): \(name)", values: [100 * accuracy]))
                try report(
                    "\(number + 1)/\(SequenceTrial.all.count) " + rows[rows.count - 1].joined(separator: ", ")
                )
            }
        }
        return Results(
            heading: "Which mixers learn to copy, to choose and to look up?\n"
                + "Two blocks of 64 channels, Adam, 32 or 64 new sequences a step: tokens told right in 512 others",
            table: MarkdownTable(
                header: ["task", "mixer", "right", "seconds", "steps", "parameters"], rows: rows
            ).description,
            svg: DotPlot(title: "tokens told right, %", rows: plotted).svg)
    }
}

extension SequenceTrial {
    /// What the study trains, in its order.
    static let all: [SequenceTrial] =
        trials(.copying(8, after: 64), steps: 150, [.s4d, .lru])
        + trials(.copying(10, after: 200), steps: 300, [.s4d, .lru])
        + trials(.copying(10, after: 200), steps: 600, [.lstm])
        + trials(.selectiveCopying(8, among: 64), steps: 2000, batch: 64, [.mamba, .s4d])
        + trials(
            .selectiveCopying(6, among: 32), steps: 1500, batch: 64,
            [.rwkv, .retention, .mamba, .mamba2, .lru, .s4d])
        + trials(.selectiveCopying(6, among: 32), steps: 3000, batch: 64, [.linear])
        + trials(.selectiveCopying(6, among: 32), steps: 3000, batch: 64, learningRate: 1e-3, [.gau])
        + trials(.recall(pairs: 8), steps: 450, batch: 64, [.attention])
        + trials(.recall(pairs: 8), steps: 2000, batch: 64, [.mamba, .mamba2, .s4d, .linear, .retention])
        + trials(.recall(pairs: 8), steps: 3000, batch: 64, learningRate: 1e-3, [.rwkv, .gau, .flash])
        + trials(.recall(pairs: 8), steps: 300, batch: 64, shiftsTokens: true, [.linear, .retention])
        + trials(
            .induction(length: 64), longer: [.induction(length: 1024)], steps: 400, batch: 64,
            [.mamba, .rwkv])

    private static func trials(
        _ task: SequenceTask, longer: [SequenceTask] = [], steps: Int, batch: Int = 32,
        learningRate: Double = 3e-3,
        shiftsTokens: Bool = false, _ mixers: [SequenceMixer]
    ) -> [SequenceTrial] {
        mixers.map {
            SequenceTrial(
                task: task, mixer: $0, steps: steps, longer: longer, shiftsTokens: shiftsTokens, batch: batch,
                learningRate: learningRate)
        }
    }
}
