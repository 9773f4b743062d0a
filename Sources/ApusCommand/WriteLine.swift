import ApusTraining

/// Writes a line to standard output at once, or throws. Not `print`: its buffer would come out after the progress, and
/// what cannot be written is lost without a word.
func writeLine(_ line: String) throws { try StandardOutput.writeLine(line) }

/// Writes an error's line to standard error.
func complain(_ text: String) { StandardOutput.writeError("apus: \(ApusProgram.oneLine(text))") }
