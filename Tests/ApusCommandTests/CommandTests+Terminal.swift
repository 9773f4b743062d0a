import Foundation
import Testing

extension CommandTests {
    @Suite struct Terminal {
        let folder = TemporaryFolder()

        @Test func aBarIsDrawnAndAnErrorHasALineOfItsOwn() throws {
            // A folder where the checkpoint should go: the epoch ends with an error.
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/run/best.safetensors", withIntermediateDirectories: true)
            let (status, text) = try onTerminal(
                "train", "mnist-mlp", "--epochs", "1", "--threads", "1", "--output", "run")
            #expect(status == 1)
            let lines = text.split(separator: "\r\n", omittingEmptySubsequences: true)
            let bar = try #require(lines.first { $0.contains("epoch 1/1") })
            for part in ["━", "20000/20000", "loss ", " samples/s", " left"] {
                #expect(bar.contains(part), "\(part)")
            }
            #expect(bar.hasPrefix("\r\u{1B}[2K"), "each bar is drawn over the one before")
            #expect(
                lines.last
                    == "apus: run/best.safetensors: expected a regular file to write, found a folder")
        }

        @Test func withoutProgressNothingIsPrinted() throws {
            let (status, text) = try onTerminal(
                "train", "mnist-mlp", "--epochs", "1", "--output", "run", "--progress", "none")
            #expect(status == 0 && text == "", "\(text)")
        }

        /// Runs the program with output and errors on a terminal; what the terminal was sent.
        private func onTerminal(_ arguments: String...) throws -> (status: Int32, text: String) {
            // What posix_openpt, unlockpt and ptsname do, which Glibc's module lacks.
            let (lock, number) = (UInt(0x4004_5431), UInt(0x8004_5430))  // TIOCSPTLCK, TIOCGPTN
            let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
            try #require(terminal >= 0)
            defer { close(terminal) }
            var value: Int32 = 0
            try #require(ioctl(terminal, lock, &value) == 0 && ioctl(terminal, number, &value) == 0)
            let other = open("/dev/pts/\(value)", O_RDWR | O_NOCTTY)
            try #require(other >= 0)
            let process = Process()
            process.executableURL = URL(filePath: CommandTests.program)
            process.arguments = arguments
            process.currentDirectoryURL = URL(filePath: folder.path)
            process.standardOutput = FileHandle(fileDescriptor: other)
            process.standardError = FileHandle(fileDescriptor: other)
            try CommandTests.startWithoutBlockedSignals(process)
            close(other)
            // Reading fails once the last writer has closed its end.
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(terminal, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { break }
                bytes += buffer[..<count]
            }
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
        }
    }
}
