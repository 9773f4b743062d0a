import Foundation
import Testing

@testable import ApusDistributed

/// Groups of processes, under each launcher that is installed. Without one these tests are skipped.
@Suite(.serialized) struct MPIGroupTests {
    /// A launcher of MPI, and what it needs to be told on any machine.
    struct Launcher: CustomTestStringConvertible {
        let family: MPIFamily
        let path: String
        var testDescription: String { family.rawValue }

        func arguments(_ size: Int) -> [String] {
            family == .openMPI
                ? ["--bind-to", "none", "--oversubscribe", "-n", "\(size)"] : ["-n", "\(size)"]
        }
    }

    static let launchers: [Launcher] = [(MPIFamily.openMPI, "mpirun.openmpi"), (.mpich, "mpiexec.mpich")]
        .compactMap { family, name in
            let path = "/usr/bin/\(name)"
            let isThere = FileManager.default.isExecutableFile(atPath: path)
            return isThere && (try? MPILibrary(family)) != nil ? Launcher(family: family, path: path) : nil
        }

    static let isInstalled = Comment("no launcher of MPI is installed: apt-get install openmpi-bin")

    struct Outcome {
        let status: Int32
        let output: String
    }

    /// The program beside the test bundle.
    private static let program: String = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(filePath: bundle).resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "_ApusRankCheck").path
    }()

    private static func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Outcome {
        let process = Process()
        // A test must not wait for ever where ranks do.
        process.executableURL = URL(filePath: "/usr/bin/timeout")
        process.arguments = ["-k", "5", "240", executable] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            [
                "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                "OMPI_MCA_mpi_yield_when_idle": "1", "OMP_NUM_THREADS": "1",
            ]
        ) { $1 }.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self))
    }

    private static func run(_ launcher: Launcher, _ size: Int, _ arguments: String...) throws -> Outcome {
        try run(launcher.path, launcher.arguments(size) + [program] + arguments)
    }

    private func expectOK(_ outcome: Outcome, _ size: Int) {
        // Launchers mix what ranks print, but not within words.
        let isWhole = (0..<size).allSatisfy { outcome.output.contains("ok \($0).") }
        #expect(outcome.status == 0 && isWhole, "\(outcome.output)")
    }

    @Test(.enabled(if: !launchers.isEmpty, isInstalled), arguments: launchers, [2, 4])
    func ranksOfOneNode(_ launcher: Launcher, _ size: Int) throws {
        expectOK(try Self.run(launcher, size, "checks"), size)
        let info = try Self.run(launcher, size, "info")
        for rank in 0..<size {
            #expect(info.output.contains("rank \(rank) of \(size), \(rank) of \(size)"), "\(info.output)")
        }
    }

    /// As if ranks were on several nodes: rings of two and three, and nodes of one rank and of two.
    @Test(.enabled(if: !launchers.isEmpty, isInstalled), arguments: launchers, [(3, 1), (4, 2), (5, 2)])
    func ranksOfSeveralNodes(_ launcher: Launcher, _ sizes: (all: Int, node: Int)) throws {
        for exchange in ["ring", "halving"] {
            expectOK(
                try Self.run(
                    launcher, sizes.all, "checks", "--ranks-per-node", "\(sizes.node)", "--exchange", exchange
                ),
                sizes.all)
        }
    }

    /// In shared memory, between nodes while backward passes go on, and by the library's own all-reduce.
    @Test(.enabled(if: !launchers.isEmpty, isInstalled), arguments: launchers)
    func ranksTrainTogether(_ launcher: Launcher) throws {
        expectOK(try Self.run(launcher, 2, "train", "100"), 2)
        expectOK(try Self.run(launcher, 3, "train", "30"), 3)
        expectOK(try Self.run(launcher, 3, "train", "30", "--ranks-per-node", "1"), 3)
        expectOK(try Self.run(launcher, 4, "train", "10", "--ranks-per-node", "2"), 4)
        expectOK(try Self.run(launcher, 2, "train", "10", "--road", "library"), 2)
    }

    @Test(.enabled(if: !launchers.isEmpty, isInstalled), arguments: launchers)
    func theLibrarysOwnSum(_ launcher: Launcher) throws {
        expectOK(try Self.run(launcher, 2, "checks", "--road", "library"), 2)
    }

    @Test(.enabled(if: !launchers.isEmpty, isInstalled), arguments: launchers)
    func abortEndsAllWithItsStatus(_ launcher: Launcher) throws {
        let outcome = try Self.run(launcher, 2, "abort", "7")
        #expect(outcome.status == 7, "\(outcome.output)")
        #expect(!outcome.output.contains("ok 0."))
    }

    /// The others wait for it, and end with it.
    @Test(.enabled(if: !launchers.isEmpty, isInstalled), arguments: launchers)
    func aWrongShapeInOneRankEndsAll(_ launcher: Launcher) throws {
        let outcome = try Self.run(launcher, 2, "trap")
        #expect(outcome.status != 0 && !outcome.output.contains("ok 0."), "\(outcome.output)")
        #expect(outcome.output.contains("matmul: ") && outcome.output.contains("[2, 3]"), "\(outcome.output)")
    }

    @Test(.enabled(if: !launchers.isEmpty, isInstalled), arguments: launchers)
    func whatRanksDoDifferentlyIsNamed(_ launcher: Launcher) throws {
        let outcome = try Self.run(launcher, 2, "mismatch")
        #expect(outcome.status == 1, "\(outcome.output)")
        #expect(
            outcome.output.contains(
                "rank 0: sum of 12 elements of float32, rank 1: sum of 13 elements of float32"))
        let left = try Self.run(launcher, 2, "leave")
        #expect(
            left.output.contains("failed: rank 1 has ended, rank 0 waits for it: barrier"), "\(left.output)")
    }

    @Test(.enabled(if: !launchers.isEmpty, isInstalled), arguments: launchers)
    func theLibraryHasAVersion(_ launcher: Launcher) throws {
        let version = try MPILibrary(launcher.family).version
        #expect(version.hasPrefix(launcher.family.rawValue) && version.contains("."), "\(version)")
    }

    /// Processes that MPI would take for the only one.
    @Test(.enabled(if: !launchers.isEmpty, isInstalled), arguments: launchers)
    func otherLaunchersAreRefused(_ launcher: Launcher) throws {
        let alone = try Self.run(Self.program, ["info"])
        #expect(
            alone.status == 1 && alone.output.contains("no launcher started this process"), "\(alone.output)")
        // The environment says Open MPI, and nobody is there; or the other way round.
        let wrong = try Self.run(
            launcher.path,
            launcher.arguments(2) + ["env"]
                + (launcher.family == .openMPI
                    ? ["-u", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE=2", "MPI_LOCALNRANKS=2"]
                    : ["OMPI_COMM_WORLD_SIZE=2"])
                + [Self.program, "info"])
        #expect(wrong.status != 0)
        #expect(
            wrong.output.contains("sees 1 processes, the launcher says 2")
                || wrong.output.contains("apt-get install"), "\(wrong.output)")
    }
}
