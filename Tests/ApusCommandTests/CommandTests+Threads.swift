import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    @Suite struct Threads {
        let folder = TemporaryFolder()

        /// The system may give fewer threads than were asked for; no work is lost with those that are missing.
        @Test func fewerThreadsThanAskedForLearnTheSame() throws {
            let (process, output, errors) = try CommandTests.start(
                [
                    "OMP_THREAD_LIMIT=2", CommandTests.program, "train", "mnist-mlp", "--epochs", "1",
                    "--threads",
                    "3", "--output", "limited",
                ], in: folder.path, executable: "/usr/bin/env")
            let limited = CommandTests.finish(process, output, errors)
            #expect(limited.status == 0, "\(limited.errors)")
            let alone = try CommandTests.run(
                "train", "mnist-mlp", "--epochs", "1", "--threads", "1", "--output", "alone", in: folder.path)
            #expect(alone.status == 0, "\(alone.errors)")
            func weights(_ run: String) throws -> Data {
                try Data(contentsOf: URL(filePath: "\(folder.path)/\(run)/last.safetensors"))
            }
            #expect(try weights("limited") == weights("alone"))
        }
    }
}
