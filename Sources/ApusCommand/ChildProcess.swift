import Foundation

/// A program that this one has started, in a process group of its own: its standard input is empty, its standard error is read here.
///
/// Foundation's `Process` takes a program for running for as long as anything that it had started is.
final class ChildProcess {
    let id: pid_t
    private let errors: FileHandle
    /// As `waitpid` gives it; nil while the program runs.
    private var outcome: Int32?

    /// - Parameter words: the program's file and its arguments.
    /// - Throws: `POSIXError`.
    init(_ words: [String], environment: [String: String]) throws {
        func check(_ code: Int32) throws {
            if code != 0 { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL) }
        }
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) != 0 { try check(errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        errors = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        defer { close(ends[1]) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        try check(posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0))
        try check(posix_spawn_file_actions_adddup2(&actions, ends[1], 2))

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals reach it, which this program blocks.
        var none = sigset_t()
        sigemptyset(&none)
        try check(posix_spawnattr_setsigmask(&attributes, &none))
        try check(
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP)))

        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        // Where this program was told to ignore the ends of others, the system would keep no status.
        signal(SIGCHLD, SIG_DFL)
        var id = pid_t()
        try check(posix_spawn(&id, words[0], &actions, &attributes, &arguments, &variables))
        self.id = id
    }

    /// What comes next on standard error; nil at the end. That is also where the program has ended, and what it had started still has
    /// the pipe: an ssh to a machine that does not answer any more.
    func nextErrors() -> Data? {
        var entry = pollfd(fd: errors.fileDescriptor, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, 200) <= 0 {
            if hasEnded(options: WNOHANG) { return nil }
        }
        let data = errors.availableData
        return data.isEmpty ? nil : data
    }

    /// Waits for the end: the exit status, or the signal that has ended the program.
    func wait() -> (status: Int32, isSignal: Bool) {
        while !hasEnded(options: 0) {}
        let signal = outcome! & 0x7F
        return signal == 0 ? (outcome! >> 8 & 0xFF, false) : (signal, true)
    }

    private func hasEnded(options: Int32) -> Bool {
        var status: Int32 = 0
        if outcome == nil && waitpid(id, &status, options) == id { outcome = status }
        return outcome != nil
    }
}
