import ApusDistributed
import ApusTraining
import Foundation

/// Writes a line to standard output at once, or throws. Not `print`: its buffer would come out after the progress, and
/// what cannot be written is lost without a word.
func writeLine(_ line: String) throws { try StandardOutput.writeLine(line) }

/// Writes an error's line to standard error.
func complain(_ text: String) { StandardOutput.writeError("apus: \(ApusProgram.oneLine(text))") }

/// Writes the error's line that this process ends with.
func complainAtTheEnd(_ text: String) { sayAtTheEnd(text, complain) }

/// Says what this process ends with. What all processes of a run find wrong the first one says: the launcher ends the others before
/// they do.
func sayAtTheEnd(_ text: String, _ say: (String) -> Void) {
    let rank = MPIGroup.launchedRank
    if rank > 0 { Thread.sleep(forTimeInterval: 3) }
    say(rank > 0 ? "process \(rank): \(text)" : text)
}
