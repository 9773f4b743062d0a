import ApusTraining
import Foundation
import Synchronization

/// Starts this program as several processes that work together, and waits for them: `mpirun` with what training wants of it.
final class Launcher {
    private let processes: Int
    private let hosts: String?
    private let environment: [String: String]
    private let signals = SignalWatch()

    /// Whether somebody asked for the end.
    var isInterrupted: Bool { signals.count > 0 }

    /// - Parameters:
    ///   - processes: how many; with hosts, as many as these take together.
    ///   - hosts: such as `a:2,b:2`: machines by name, each with how many processes it gets. nil is this machine.
    ///   - environment: what is added to that of all, besides what MPI needs.
    init(processes: Int, hosts: String?, environment: [String: String]) {
        (self.processes, self.hosts, self.environment) = (processes, hosts, environment)
    }

    /// Runs the program with these arguments in each process.
    ///
    /// Ctrl-C and SIGTERM ask all of them to save and end; a second one ends them at once.
    ///
    /// - Returns: the exit status: that of the first process that failed.
    /// - Throws: `TrainingError.badOption` where MPI is not installed.
    func run(_ arguments: [String]) throws -> Int32 {
        let launcher = try Launcher.find()
        var words = [launcher.path] + options(launcher.isOpenMPI) + [Launcher.program] + arguments
        // Where this program is killed, which it cannot see coming, nobody else would end what it has started.
        // The shell looks whether it has happened before that was said.
        if let tool = Launcher.path(of: "setpriv") {
            let script = "[ $PPID = \(getpid()) ] && exec \"$0\" \"$@\""
            words = [tool, "--pdeathsig", "TERM", "/bin/sh", "-c", script] + words
        }
        var variables = ProcessInfo.processInfo.environment
        variables.merge(defaults) { own, _ in own }
        variables.merge(environment) { $1 }
        let process = try ChildProcess(words, environment: variables)
        // Open MPI's launcher hands this one on at once, others only when it ends the processes; MPICH's hands all on.
        signals.first = launcher.isOpenMPI ? SIGUSR2 : nil
        signals.target = process.id
        defer { signals.target = nil }
        let said = passOnErrors(of: process)
        let (end, isSignal) = process.wait()
        let name = URL(filePath: launcher.path).lastPathComponent
        var (status, ending) = (end, said.ending)
        if isSignal, let known = said.status {
            status = known
        } else if isSignal {
            ending = isInterrupted ? nil : "\(name) was ended by \(Launcher.signal(status))"
            status += 128
        } else if !launcher.isOpenMPI && 2..<32 ~= status {
            // MPICH's says no more of a process than this, and more than that on standard output; no process of this program ends with
            // such a status by itself.
            ending = "a process was ended by \(Launcher.signal(status))"
            status += 128
        }
        if let ending {
            complain(ending)
        } else if status != 0 && !said.byProcesses && !said.areEnded && !isInterrupted {
            // Whatever kept them from starting, the launcher alone knows.
            said.own.forEach(StandardOutput.writeError)
        }
        return status
    }

    /// Ends the launcher, unless it has ended by then: Open MPI's waits for machines that do not answer any more, and for a lock that a
    /// process held when it was killed.
    private func end(afterSeconds seconds: Double) {
        let thread = Thread { [signals] in
            Thread.sleep(forTimeInterval: seconds)
            if let target = signals.target { kill(target, SIGKILL) }
        }
        thread.start()
    }

    /// What came on the launcher's standard error.
    private struct Said {
        /// Whether the processes said something.
        var byProcesses = false
        /// Whether one ended with a status of its own, for a reason that it has told.
        var areEnded = false
        /// The status of the first that failed.
        var status: Int32?
        /// What the launcher said.
        var own: [String] = []
        /// What has ended the processes, where none of them can say it.
        var ending: String?
    }

    /// Writes what the processes say to standard error, and keeps what the launcher says.
    private func passOnErrors(of launcher: ChildProcess) -> Said {
        var (rest, isOwn, said) = (Data(), false, Said())
        func fail(_ status: Int32?) {
            if said.status == nil { end(afterSeconds: 5) }
            said.status = status ?? said.status ?? 1
        }
        func take(_ line: String) {
            // Open MPI's messages stand between two lines of dashes.
            if line.count > 60 && line.allSatisfy({ $0 == "-" }) {
                isOwn.toggle()
            } else if isOwn || line.hasPrefix("mpirun") || line.contains("ORTE_ERROR_LOG") {
                said.own.append(line)
                if let (ending, status) = Launcher.ending(line) {
                    said.ending = ending
                    fail(status)
                }
                if line.contains("non-zero status") || line.contains("non-zero exit code") {
                    said.areEnded = true
                    fail(nil)
                }
                if let match = line.firstMatch(of: #/Exit code: +(\d+)/#) { fail(Int32(match.1)) }
            } else {
                said.byProcesses = true
                StandardOutput.writeError(line)
                if line.hasSuffix(Watchdog.ending) { fail(124) }
            }
        }
        while let data = launcher.nextErrors() {
            rest += data
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                take(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                rest = Data(rest[rest.index(after: end)...])
            }
        }
        if !rest.isEmpty { take(String(decoding: rest, as: UTF8.self)) }
        return said
    }

    /// What a line of Open MPI's launcher says of the end, in our words; nil where it says nothing of it.
    private static func ending(_ line: String) -> (text: String, status: Int32)? {
        if let match = line.firstMatch(of: #/process rank (\d+) .* on signal (\d+) (\(.*\))/#) {
            return (
                "process \(match.1) was ended by signal \(match.2) \(match.3)", 128 + (Int32(match.2) ?? 0)
            )
        }
        if let match = line.firstMatch(of: #/Remote daemon: .* on node (\S+)/#) {
            return ("\(match.1) does not answer any more; --resume goes on from the last checkpoint", 1)
        }
        if line.contains("unable to reliably start one or more daemons") {
            return (
                "not every host can be used: `ssh HOST orted --version` must work for each, without a password",
                1
            )
        }
        return nil
    }

    /// What the environment may say otherwise.
    private var defaults: [String: String] {
        var result = [
            // Processes that wait give up their cores.
            "OMPI_MCA_mpi_yield_when_idle": "1", "OMP_WAIT_POLICY": "passive",
            // Handlers would run on the stacks of computing threads.
            "OMPI_MCA_opal_signal": "", "UCX_HANDLE_ERRORS": "none",
            // Swift's own takes ten seconds and more to find the names for its trace, while the others wait.
            "SWIFT_BACKTRACE": "enable=no",
            // What else processes read from memory shared with the launcher has a lock, for which it would wait for ever where one was
            // killed that held it.
            "PMIX_MCA_gds": "hash",
        ]
        if geteuid() == 0 {
            result["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
            result["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
        }
        return result
    }

    private func options(_ isOpenMPI: Bool) -> [String] {
        let count = ["-n", "\(processes)"]
        let places = hosts.map { [isOpenMPI ? "--host" : "-hosts", $0] } ?? []
        if !isOpenMPI { return count + places }
        // Each process computes with threads of its own, which must not all be bound to one core.
        let exported = (["OMP_WAIT_POLICY", "SWIFT_BACKTRACE"] + environment.keys).flatMap { ["-x", $0] }
        return ["--bind-to", "none", "--oversubscribe"] + exported + count + places
    }

    private static func find() throws -> (path: String, isOpenMPI: Bool) {
        for (name, isOpenMPI) in [("mpirun.openmpi", true), ("mpiexec.mpich", false)] {
            if let path = path(of: name) { return (path, isOpenMPI) }
        }
        throw TrainingError.badOption("several processes need MPI: install openmpi-bin")
    }

    /// Where the shell would find a program; nil where it would not.
    private static func path(of name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        return folders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// A signal as Open MPI's launcher writes it: `signal 9 (Killed)`.
    private static func signal(_ number: Int32) -> String {
        "signal \(number) (\(String(cString: strsignal(number))))"
    }

    /// This program's file.
    private static var program: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
    }
}

/// Hands SIGINT, SIGTERM and SIGHUP on to what a launcher has started.
private final class SignalWatch: Sendable {
    private struct State {
        var target: pid_t?
        var first: Int32?
        var count = 0
    }
    private let state = Mutex(State())

    /// How many signals there have been.
    var count: Int { state.withLock { $0.count } }

    /// Who gets them.
    var target: pid_t? {
        get { state.withLock { $0.target } }
        set { state.withLock { $0.target = newValue } }
    }

    /// What is handed on for the first signal, which asks for an end; nil is that signal.
    var first: Int32? {
        get { state.withLock { $0.first } }
        set { state.withLock { $0.first = newValue } }
    }

    init() {
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, number) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let thread = Thread { [self, set] in
            while true {
                var (waited, number) = (set, Int32(0))
                if sigwait(&waited, &number) == 0 { take(number) }
            }
        }
        thread.start()
    }

    /// The processes lead groups of their own, so that a terminal's Ctrl-C reaches this one alone.
    private func take(_ number: Int32) {
        state.withLock { state in
            state.count += 1
            if let target = state.target { kill(target, state.count == 1 ? state.first ?? number : number) }
        }
    }
}
