import Apus
import ApusFormats
import Glibc
import Testing
import _ApusTestSupport

@Suite struct SafetensorsFailureTests {
    let folder = TemporaryFolder()

    private func zeros(_ dtype: DType, _ count: Int) -> Tensor {
        let storage = Storage(byteCount: count * dtype.size)
        memset(storage.pointer, 0, count * dtype.size)
        return Tensor(storage: storage, layout: Layout(contiguous: [count]), dtype: dtype)
    }

    @Test func whatCannotBeOpenedIsNamed() throws {
        let path = folder.path + "/none"
        #expect(
            message { _ = try Safetensors.load(path) } == "\(path): no such file")
        #expect(
            message { _ = try Safetensors.load(folder.path) }
                == "\(folder.path): expected a regular file, found a folder")
        #expect(
            message { _ = try Safetensors.load("/dev/zero") }
                == "/dev/zero: expected a regular file, found a device")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(
            message { _ = try Safetensors.load(path) } == "\(path): expected a regular file, found a pipe")
    }

    @Test func errorsNameTheFile() throws {
        let path = folder.path + "/bad"
        try write([], to: path)
        #expect(
            message { _ = try Safetensors.load(path) }
                == "\(path): expected a safetensors file of at least 8 bytes, found 0 bytes")
        #expect(
            throws: FileError(
                path: path, .damaged, "expected a safetensors file of at least 8 bytes, found 0 bytes")
        ) {
            try Safetensors.metadata(path)
        }
        for bad in badHeaders {
            try write(safetensors(bad.json, data: bad.data), to: path)
            #expect(message { _ = try Safetensors.load(path) } == "\(path): \(bad.message)")
        }
    }

    @Test func bytesThatAreNoBoolAreRefused() throws {
        let path = folder.path + "/bad"
        let header = #"{"a":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}"#
        try write(safetensors(Array(header.utf8), data: [1, 0, 2]), to: path)
        #expect(
            message { _ = try Safetensors.load(path) }
                == #"\#(path): tensor "a": expected bytes 0 and 1 in a BOOL tensor, found 2"#)
    }

    @Test func whatTheFormatCannotSayIsRefused() throws {
        let path = folder.path + "/file"
        #expect(
            message { try Safetensors.save(["a": zeros(.complex128, 1)], to: path) }
                == #"\#(path): tensor "a": expected one of BOOL, U8, I32, I64, F16, BF16, F32, F64, C64, "#
                + "found complex128, for which safetensors has no name")
        #expect(
            message { try Safetensors.save(["__metadata__": zeros(.uint8, 1)], to: path) }
                == #"\#(path): expected tensor names other than "__metadata__", which the format keeps for itself"#
        )
        #expect(try folder.names().isEmpty)
    }

    @Test func aFailedSaveKeepsTheOldFile() async throws {
        await #expect(processExitsWith: .success) {
            let folder = TemporaryFolder()
            let path = folder.path + "/file"
            let tests = SafetensorsFailureTests()
            try Safetensors.save(["old": tests.zeros(.float32, 4)], to: path)
            let before = try contents(of: path)
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            let found = message { try Safetensors.save(["new": tests.zeros(.float32, 1 << 20)], to: path) }
            try #require(found == "\(path): cannot write: File too large")
            try #require(try contents(of: path) == before)
            try #require(try folder.names() == ["file"])
        }
    }
}
