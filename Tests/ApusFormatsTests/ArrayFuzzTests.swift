import Apus
import ApusFormats
import Glibc
import Testing
import _ApusTestSupport

@Suite struct ArrayFuzzTests {
    private static let fileCount = 3_000
    private static let limit = 1 << 16

    /// No changed file may crash, hang, or take more memory than it has bytes and the limit allows: each is refused with
    /// a message on one line, or read to tensors whose elements can be looked at.
    ///
    /// It runs in a process of its own, whose peak memory is then its own.
    @Test(.timeLimit(.minutes(10)))
    func changedFilesAreRefusedOrRead() async {
        await #expect(processExitsWith: .success) {
            let folder = TemporaryFolder()
            var mutator = try Self.mutator()
            let before = Self.peakMemory()
            for kind in ArrayMutator.Kind.allCases {
                var accepted = 0
                for index in 0..<Self.fileCount {
                    let path = folder.write("file", mutator.mutate(kind))
                    do throws(FileError) {
                        for tensor in try Self.read(path, kind) {
                            let sum = tensor.withUnsafeBytes { $0.reduce(0) { $0 &+ Int($1) } }
                            try! #require(sum >= 0, "\(kind) \(index)")
                        }
                        accepted += 1
                    } catch {
                        try #require(
                            error.path == path && !error.reason.contains("\n") && error.reason.count < 2_000,
                            "\(kind) \(index): \(error)")
                    }
                }
                // Both ends must have been reached, or the changes are too weak or too coarse.
                try #require(
                    accepted > 30 && accepted < Self.fileCount * 9 / 10, "\(kind): \(accepted) accepted")
            }
            try #require(Self.peakMemory() - before < 128 << 20)
        }
    }

    private static func read(_ path: String, _ kind: ArrayMutator.Kind) throws(FileError) -> [Tensor] {
        switch kind {
        case .npy: [try NPY.load(path, converting: true)]
        case .npz: Array(try NPZ.load(path, converting: true, limit: limit).values)
        case .pickle, .legacy: Array(try PyTorchFile(path, converting: true, limit: limit).tensors.values)
        case .directory: Array(try TensorFile(path, converting: true).tensors.values)
        }
    }

    private static func mutator() throws -> ArrayMutator {
        func fixture(_ name: String) throws -> [UInt8] { try contents(of: try Fixture.path(name)) }
        return ArrayMutator(
            random: SeededGenerator(state: 20_261_128),
            arrays: try ["float32", "int16-big", "scalar", "fortran", "bool"].map {
                try fixture("numpy/\($0).npy")
            },
            pickles: [
                (torchPickle(), [[UInt8](repeating: 0, count: 24)]),
                (
                    torchPickle(type: "CharStorage", count: 24, shape: [4], strides: [5]),
                    [[UInt8](repeating: 1, count: 24)]
                ),
            ],
            legacy: try ["pytorch/tied-legacy.pt", "pytorch/views-legacy.pt"].map(fixture),
            archives: try ["numpy/deflated.npz", "numpy/stored.npz", "pytorch/tied.pt"].map(fixture))
    }

    /// In bytes.
    private static func peakMemory() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }
}
