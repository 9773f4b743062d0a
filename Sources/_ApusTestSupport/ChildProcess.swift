import Glibc

/// Runs `body` in a copy of this process, and tells how that ended.
///
/// For sweeps over calls that may stop the program: a copy costs milliseconds where an exit test costs a process of its
/// own. Only for processes of one thread that have run no kernel yet, such as that of an exit test: threads are not copied.
///
/// - Returns: the signal that ended it (SIGALRM where it took more than twenty seconds), nil where `body` returned; and what
///   was written to the standard error.
public func inCopyOfProcess(_ body: () -> Void) -> (signal: Int32?, message: String) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0, let symbol = dlsym(nil, "fork") else { fatalError("no pipe, or no fork") }
    let child = unsafeBitCast(symbol, to: (@convention(c) () -> Int32).self)()
    if child == 0 {
        dup2(ends[1], STDERR_FILENO)
        close(ends[0])
        close(ends[1])
        for number in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGFPE, SIGBUS] { signal(number, SIG_DFL) }
        // What asks for too much memory is to be told so, and not to take this machine's.
        var memory = rlimit(rlim_cur: 12 << 30, rlim_max: 12 << 30)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &memory)
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        alarm(20)
        body()
        _exit(0)
    }
    close(ends[1])
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4096)
    while case let count = read(ends[0], &block, block.count), count > 0 { bytes += block[..<count] }
    close(ends[0])
    var status: Int32 = 0
    waitpid(child, &status, 0)
    return (status == 0 ? nil : status & 0x7f, String(decoding: bytes, as: UTF8.self))
}

/// A call with one number that a caller chooses, for `extremeNumbersThatGoWrong`.
public struct CallWithNumber: Sendable {
    let name: String
    let call: @Sendable (Int) -> Void

    /// - Parameter name: of the operation, with which its refusals begin.
    public init(_ name: String, _ call: @escaping @Sendable (Int) -> Void) {
        self.name = name
        self.call = call
    }
}

/// The calls that neither return nor stop with their operation's name, for numbers at both ends of `Int`, 0, -1, and
/// others that no memory holds; each as a line.
public func extremeNumbersThatGoWrong(_ calls: [CallWithNumber]) -> [String] {
    let numbers = [Int.max, .max / 2 + 1, 1 << 45, 1 << 36, 0, -1, .min + 1, .min]
    var wrong: [String] = []
    for call in calls {
        for number in numbers {
            let (signal, message) = inCopyOfProcess { call.call(number) }
            guard let signal else { continue }
            // Memory that a larger machine has is the allocator's to refuse.
            let names = [call.name, "allocate"].prefix(number.magnitude > 1 << 44 ? 1 : 2)
            if !names.contains(where: { message.contains("Fatal error: \($0): ") }) {
                wrong.append(
                    "\(call.name) of \(number): signal \(signal), \(message.isEmpty ? "no message" : message)"
                )
            }
        }
    }
    return wrong
}
