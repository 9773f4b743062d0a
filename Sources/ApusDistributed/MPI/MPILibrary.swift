import Glibc

/// An MPI library that was opened while the program runs: nothing is linked, so that programs start where there is none.
package final class MPILibrary: @unchecked Sendable {
    /// A handle or a word of the library's: see `MPIFamily`.
    typealias Handle = UInt
    typealias Memory = UnsafeMutableRawPointer

    package let family: MPIFamily
    /// The name it was found under.
    package let file: String
    private let library: UnsafeMutableRawPointer

    let world: Handle
    let float32: Handle
    let float64: Handle
    let byte: Handle
    let addition: Handle
    let noInfo: Handle
    let errorsReturn: Handle

    typealias InitThread = @convention(c) (Memory?, Memory?, Int32, UnsafeMutablePointer<Int32>) -> Int32
    typealias NoArguments = @convention(c) () -> Int32
    typealias FlagOut = @convention(c) (UnsafeMutablePointer<Int32>) -> Int32
    typealias HandleNumber = @convention(c) (Handle, UnsafeMutablePointer<Int32>) -> Int32
    typealias Abort = @convention(c) (Handle, Int32) -> Int32
    typealias Text =
        @convention(c) (UnsafeMutablePointer<CChar>, UnsafeMutablePointer<Int32>) -> Int32
    typealias ErrorText =
        @convention(c) (Int32, UnsafeMutablePointer<CChar>, UnsafeMutablePointer<Int32>) -> Int32
    typealias TwoHandles = @convention(c) (Handle, Handle) -> Int32
    typealias SplitType =
        @convention(c) (Handle, Int32, Int32, Handle, UnsafeMutablePointer<Handle>) -> Int32
    typealias Split = @convention(c) (Handle, Int32, Int32, UnsafeMutablePointer<Handle>) -> Int32
    typealias AllReduce = @convention(c) (Memory?, Memory?, Int32, Handle, Handle, Handle) -> Int32
    typealias AllGather =
        @convention(c) (Memory?, Int32, Handle, Memory?, Int32, Handle, Handle) -> Int32
    typealias Broadcast = @convention(c) (Memory?, Int32, Handle, Int32, Handle) -> Int32
    typealias Message =
        @convention(c) (Memory?, Int32, Handle, Int32, Int32, Handle, UnsafeMutablePointer<Handle>) -> Int32
    typealias Test =
        @convention(c) (UnsafeMutablePointer<Handle>, UnsafeMutablePointer<Int32>, Memory?) -> Int32
    typealias Barrier = @convention(c) (Handle) -> Int32

    let initThread: InitThread
    let initialized: FlagOut
    let finalize: NoArguments
    let abort: Abort
    let rank: HandleNumber
    let size: HandleNumber
    let setErrorHandler: TwoHandles
    let splitType: SplitType
    let split: Split
    let allReduce: AllReduce
    let allGather: AllGather
    let broadcast: Broadcast
    let send: Message
    let receive: Message
    let test: Test
    let barrier: Barrier
    private let libraryVersion: Text
    private let errorString: ErrorText

    /// Opens a family's library; starts nothing.
    package init(_ family: MPIFamily) throws(DistributedError) {
        self.family = family
        var opened: (String, UnsafeMutableRawPointer)?
        var reason = ""
        for file in family.files {
            // Its plugins link what they need themselves: its names stay out of the program's.
            if let library = dlopen(file, RTLD_NOW | RTLD_LOCAL) {
                opened = (file, library)
                break
            }
            if reason.isEmpty { reason = dlerror().map { String(cString: $0) } ?? "unknown reason" }
        }
        guard let (file, library) = opened else {
            throw DistributedError(
                .noLibrary,
                "\(family.rawValue) cannot be loaded (\(reason)); on Debian or Ubuntu: apt-get install \(family.package)"
            )
        }
        func address(_ name: String) throws(DistributedError) -> UnsafeMutableRawPointer {
            if let found = dlsym(library, name) { return found }
            throw DistributedError(
                .noLibrary, "\(file) has no \(name): it is not \(family.rawValue) as known")
        }
        func function<F>(_ name: String, as: F.Type) throws(DistributedError) -> F {
            unsafeBitCast(try address(name), to: F.self)
        }
        func constant(_ constant: MPIFamily.Constant) throws(DistributedError) -> Handle {
            switch family {
            case .openMPI: Handle(bitPattern: try address(family.symbol(constant)))
            case .mpich: family.number(constant)
            }
        }
        self.file = file
        self.library = library
        world = try constant(.world)
        float32 = try constant(.float32)
        float64 = try constant(.float64)
        byte = try constant(.byte)
        addition = try constant(.sum)
        noInfo = try constant(.infoNull)
        errorsReturn = try constant(.errorsReturn)
        initThread = try function("MPI_Init_thread", as: InitThread.self)
        initialized = try function("MPI_Initialized", as: FlagOut.self)
        finalize = try function("MPI_Finalize", as: NoArguments.self)
        abort = try function("MPI_Abort", as: Abort.self)
        rank = try function("MPI_Comm_rank", as: HandleNumber.self)
        size = try function("MPI_Comm_size", as: HandleNumber.self)
        setErrorHandler = try function("MPI_Comm_set_errhandler", as: TwoHandles.self)
        splitType = try function("MPI_Comm_split_type", as: SplitType.self)
        split = try function("MPI_Comm_split", as: Split.self)
        allReduce = try function("MPI_Allreduce", as: AllReduce.self)
        allGather = try function("MPI_Allgather", as: AllGather.self)
        broadcast = try function("MPI_Bcast", as: Broadcast.self)
        send = try function("MPI_Isend", as: Message.self)
        receive = try function("MPI_Irecv", as: Message.self)
        test = try function("MPI_Test", as: Test.self)
        barrier = try function("MPI_Barrier", as: Barrier.self)
        libraryVersion = try function("MPI_Get_library_version", as: Text.self)
        errorString = try function("MPI_Error_string", as: ErrorText.self)
    }

    /// What the library calls itself, such as `Open MPI v4.1.4`; may be asked for before MPI is started.
    package var version: String {
        let text = text(capacity: 8192) { libraryVersion($0, $1) }
        // Open MPI goes on with its package and date, MPICH with a line for each setting.
        let first = text.prefix { $0 != "," && $0 != "\n" }
        let words = first.split { $0 == " " || $0 == "\t" }
        return words.first == "MPICH" ? "MPICH \(words.last!)" : words.joined(separator: " ")
    }

    /// Throws what the library says of an error that `call` returned.
    func check(_ code: Int32, _ call: String) throws(DistributedError) {
        if code == 0 { return }
        let text = text(capacity: 512) { errorString(code, $0, $1) }
        throw DistributedError(.mpi(code), "\(call): \(text.replacing("\n", with: " "))")
    }

    private func text(
        capacity: Int, _ body: (UnsafeMutablePointer<CChar>, UnsafeMutablePointer<Int32>) -> Int32
    ) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
            buffer.initialize(repeating: 0)
            var length: Int32 = 0
            _ = body(buffer.baseAddress!, &length)
            buffer[capacity - 1] = 0
            return String(cString: buffer.baseAddress!)
        }
    }
}
