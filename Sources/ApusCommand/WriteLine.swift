import Foundation

/// Writes a line to standard output at once. Not `print`: its buffer would come out after the progress.
func writeLine(_ line: String) throws {
    try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
}
