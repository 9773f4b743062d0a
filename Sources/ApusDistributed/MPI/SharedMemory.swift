import Glibc

/// Memory that the processes of a node share: each maps the same, which the first one has made.
///
/// It has no name in a file system, so that it is gone with the last process whatever happens, and is not bounded by the size of
/// `/dev/shm`, where windows of MPI libraries are: 64 MB in a container, and less memory than was asked for is found out by a signal.
/// Each process gives it back when it needs it no more, which windows ask all processes to do together.
final class SharedMemory: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    private let byteCount: Int

    /// Zeroed memory for all processes of a communicator, all of which call this.
    init(
        byteCount: Int, _ mpi: MPILibrary, _ communicator: MPILibrary.Handle, rank: Int, size: Int
    ) throws(DistributedError) {
        self.byteCount = max(byteCount, 1)
        // Process, descriptor, error.
        var origin: [Int32] = [getpid(), -1, 0]
        if rank == 0 {
            origin[1] = Self.anonymousFile(self.byteCount)
            if origin[1] < 0 { origin[2] = errno }
        }
        defer { if rank == 0 && origin[1] >= 0 { close(origin[1]) } }
        try mpi.check(mpi.broadcast(&origin, 12, mpi.byte, 0, communicator), "MPI_Bcast")
        var failure = origin[2]
        var mapped: UnsafeMutableRawPointer? = nil
        if failure == 0 {
            let file = rank == 0 ? origin[1] : open("/proc/\(origin[0])/fd/\(origin[1])", O_RDWR | O_CLOEXEC)
            if file >= 0 { mapped = mmap(nil, self.byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) }
            if file < 0 || mapped == MAP_FAILED { failure = errno }
            if rank != 0 && file >= 0 { close(file) }
        }
        // Nobody goes on before all have it, or know that one has not.
        var failures = [Int32](repeating: 0, count: size)
        try mpi.check(
            mpi.allGather(&failure, 4, mpi.byte, &failures, 4, mpi.byte, communicator), "MPI_Allgather")
        if let code = failures.first(where: { $0 != 0 }) {
            if let mapped, mapped != MAP_FAILED { munmap(mapped, self.byteCount) }
            throw DistributedError(
                .noSharedMemory,
                "processes of a machine cannot share \(byteCount) bytes: \(String(cString: strerror(code)))")
        }
        pointer = mapped!
    }

    deinit { munmap(pointer, byteCount) }

    /// A file in memory without a name; -1 and `errno` where there is none to be had.
    private static func anonymousFile(_ byteCount: Int) -> Int32 {
        typealias Create = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32
        // Glibc has it, but not in what Swift sees of it.
        guard let address = dlsym(nil, "memfd_create") else {
            errno = ENOSYS
            return -1
        }
        let closesOnExec: UInt32 = 1
        let file = unsafeBitCast(address, to: Create.self)("apus", closesOnExec)
        if file >= 0 && ftruncate(file, byteCount) != 0 {
            let code = errno
            close(file)
            errno = code
            return -1
        }
        return file
    }
}
