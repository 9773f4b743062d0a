import Apus
import ApusFormats
import Glibc
import Testing
import _ApusTestSupport

@Suite struct SafetensorsFuzzTests {
    private static let fileCount = 4_200

    /// No mutated file may crash, hang, or take memory that the file does not hold: each is refused with a
    /// message on one line, or gives tensors that account for every byte of its data.
    ///
    /// It runs in a process of its own, whose peak memory is then its own.
    @Test(.timeLimit(.minutes(10)))
    func mutatedFilesAreRefusedOrSound() async {
        await #expect(processExitsWith: .success) {
            let folder = TemporaryFolder()
            var mutator = SafetensorsMutator(
                random: SeededGenerator(state: 20_260_101), originals: try Self.originals(folder))
            let peakBefore = Self.peakMemory()
            var accepted = 0
            for index in 0..<Self.fileCount {
                let bytes = mutator.mutate(kind: index % SafetensorsMutator.kinds)
                // A new name each time: shortening a file that is still mapped would be our own mistake.
                let path = "\(folder.path)/\(index)"
                try write(bytes, to: path)
                do {
                    try Self.checkSound(try SafetensorsFile(path), bytes)
                    // Converted tensors are larger than the file, by eight times at most.
                    for (_, tensor) in try Safetensors.load(path, converting: true) {
                        try #require(tensor.shape.reduce(1, *) <= bytes.count)
                    }
                    accepted += 1
                } catch let error as FileError {
                    let text = error.description
                    try #require(
                        text.hasPrefix(path + ": ") && !text.contains("\n") && text.count < 2_000, "\(index)")
                }
                unlink(path)
            }
            // Both ends must have been reached, or the mutations are too weak or too coarse.
            try #require(accepted > 200 && accepted < Self.fileCount / 2, "\(accepted) accepted")
            try #require(Self.peakMemory() - peakBefore < 256 << 20)
        }
    }

    private static func originals(_ folder: TemporaryFolder) throws -> [[UInt8]] {
        let fixture = try contents(of: try Fixture.path("pytorch.safetensors"))
        let path = folder.path + "/original"
        let tensors = try Safetensors.load(try Fixture.path("pytorch.safetensors"))
        try Safetensors.save(
            tensors.filter { $0.key < "c" }, to: path, metadata: ["epoch": "3", "note": "a\\\"é"])
        let own = try contents(of: path)
        let unaligned = safetensors(
            #"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"F32","shape":[2,2],"data_offsets":[3,19]},"#
                + #""c":{"dtype":"I64","shape":[],"data_offsets":[19,27],"extra":[1,{"x":null}]}}"#, data: 27)
        return [fixture, own, unaligned, safetensors("{}", data: 0)]
    }

    private static func checkSound(_ file: SafetensorsFile, _ bytes: [UInt8]) throws {
        let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        var total = 0
        for (name, tensor) in file.tensors {
            let (count, sum) = tensor.withUnsafeBytes { ($0.count, $0.reduce(0) { $0 &+ Int($1) }) }
            try #require(count == tensor.shape.reduce(1, *) * tensor.dtype.size && sum >= 0, "\(name)")
            total += count
        }
        for tensor in file.skipped { total += tensor.bytes.count }
        try #require(total == bytes.count - 8 - length)
    }

    /// In bytes.
    private static func peakMemory() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }
}
