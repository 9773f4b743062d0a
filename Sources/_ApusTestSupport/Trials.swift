import Apus
import Glibc

/// Calls that may stop the program, each in a copy of this process: a thousand of them take a second or two.
///
/// Only for the child of an exit test, and before a kernel has started threads, of which a copy would have none.
package enum Trials {
    package enum Outcome: Equatable {
        case returned
        /// By `fail`: the operation's name, and the whole message.
        case stopped(operation: String, message: String)
        /// By anything else: what was written to standard error, or the signal.
        case crashed(String)
        case endless
    }

    /// What became of `body(0)`, `body(1)` and so on. A copy goes on until a call stops it, so that calls that return
    /// cost nothing.
    package static func run(_ count: Int, seconds: UInt32 = 20, _ body: (Int) -> Void) -> [Outcome] {
        Apus.threads = 1
        Memory.limit = 1 << 30
        // A crash is what is looked for: no core files.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(4), &none)
        let shared = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)!
        let returned = shared.assumingMemoryBound(to: Int.self)
        var outcomes: [Outcome] = []
        while outcomes.count < count {
            returned.pointee = 0
            var ends: [Int32] = [0, 0]
            if pipe(&ends) != 0 { fatalError("no pipe") }
            let first = outcomes.count
            let child = fork()
            if child == 0 {
                dup2(ends[1], STDERR_FILENO)
                close(ends[0])
                close(ends[1])
                for signal in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGALRM, SIGPIPE] {
                    Glibc.signal(signal, SIG_DFL)
                }
                for trial in first..<count {
                    alarm(seconds)
                    body(trial)
                    returned.pointee += 1
                }
                _exit(0)
            }
            close(ends[1])
            let text = firstError(ends[0])
            close(ends[0])
            var status: Int32 = 0
            while waitpid(child, &status, 0) == -1 {}
            outcomes += repeatElement(.returned, count: returned.pointee)
            if status != 0 { outcomes.append(outcome(status, text)) }
        }
        munmap(shared, 4096)
        return outcomes
    }

    /// Glibc's, which Swift hides because a copy of a process with several threads has but one of them.
    private static func fork() -> pid_t {
        typealias Fork = @convention(c) () -> pid_t
        return unsafeBitCast(dlsym(nil, "fork"), to: Fork.self)()
    }

    /// A line for each call that neither returned nor stopped with a message that names an operation.
    package static func problems(_ names: [String], _ outcomes: [Outcome]) -> [String] {
        zip(names, outcomes).compactMap { name, outcome in
            switch outcome {
            case .returned, .stopped: nil
            case .crashed(let text): "\(name): \(text)"
            case .endless: "\(name): never ends"
            }
        }
    }

    /// All that a copy writes, or the line of a fatal error: the trace of calls behind it takes longer than all the rest,
    /// and ends with the pipe.
    private static func firstError(_ file: Int32) -> String {
        var text = ""
        var block = [UInt8](repeating: 0, count: 4096)
        while case let count = read(file, &block, block.count), count > 0 {
            text += String(decoding: block[..<count], as: UTF8.self)
            if let error = text.range(of: "Fatal error: "), text[error.upperBound...].contains("\n") { break }
        }
        return text
    }

    private static func outcome(_ status: Int32, _ text: String) -> Outcome {
        let signal = status & 0x7F
        if signal == SIGALRM { return .endless }
        let line = text.split(separator: "\n").first { $0.contains("Fatal error: ") }
        guard [SIGILL, SIGTRAP, SIGABRT, SIGPIPE].contains(signal), let line,
            // The standard library's own checks name no operation.
            !line.hasPrefix("Swift/"), let error = line.range(of: "Fatal error: "),
            case let message = line[error.upperBound...], let colon = message.firstIndex(of: ":")
        else { return .crashed("signal \(signal): \(text.prefix(600))") }
        // Within a layer the operation is followed by the layer's path.
        let operation = message[..<colon].split(separator: " in ", maxSplits: 1)[0]
        return .stopped(operation: String(operation), message: String(message))
    }
}
