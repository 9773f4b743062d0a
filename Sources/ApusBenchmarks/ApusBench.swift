import Glibc

/// The Apus side of `make bench`; `bench/run` drives it.
@main
enum ApusBench {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.dropFirst().first) {
        case ("list", nil):
            for benchmark in allBenchmarks {
                switch benchmark.work {
                case .operations(let count): print("time\t\(benchmark.name)\toperations\t\(count)")
                case .bytes(let count): print("time\t\(benchmark.name)\tbytes\t\(count)")
                case nil: print("time\t\(benchmark.name)")
                }
            }
            for benchmark in allMemoryBenchmarks { print("memory\t\(benchmark.name)") }
            for benchmark in allRankBenchmarks { print("ranks\t\(benchmark.name)") }
        case ("serve", nil):
            var server = Server()
            server.run()
        case ("memory", let name?):
            guard let benchmark = allMemoryBenchmarks.first(where: { $0.name == name }) else {
                stop("no benchmark '\(name)'", code: 1)
            }
            do {
                try benchmark.prepare()()
            } catch {
                stop("\(error)", code: 1)
            }
        case ("ranks", let name?):
            guard arguments.count == 4, let benchmark = allRankBenchmarks.first(where: { $0.name == name }),
                let rounds = Int(arguments.dropFirst(2).first!), let milliseconds = Double(arguments.last!)
            else {
                stop("no benchmark '\(name)', or no rounds and milliseconds", code: 1)
            }
            do {
                try benchmark.run(rounds: rounds, milliseconds: milliseconds)
            } catch {
                stop("\(error)", code: 1)
            }
        default:
            stop("usage: apus-bench list | serve | memory NAME | ranks NAME ROUNDS MILLISECONDS", code: 64)
        }
    }

    private static func stop(_ message: String, code: Int32) -> Never {
        let line = message + "\n"
        _ = write(STDERR_FILENO, line, line.utf8.count)
        exit(code)
    }
}

func flushOutput() { fflush(nil) }
