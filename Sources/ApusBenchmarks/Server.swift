import Apus

/// Answers the driver's requests, one line each, until its input ends.
///
///     prepare NAME                       makes the inputs; answers milliseconds per iteration, warm
///     measure WARM-UPS ITERATIONS NAME   answers milliseconds per iteration
///     reorders NAME                      answers how many images one iteration copies to another layout
///     release                            drops the inputs
///     libraries                          answers the libraries' names and versions
///     roofline                           answers what the machine can do: operations a second of a large matrix product,
///                                        and bytes a second of a copy, both in 10⁹
///
/// The fields are separated by tabs. Whatever goes wrong is answered `error` and why.
struct Server {
    private var prepared: [String: () -> Void] = [:]

    mutating func run() {
        while let line = readLine() {
            let fields = line.split(separator: "\t").map(String.init)
            do {
                print(try answer(fields))
            } catch {
                print("error\t\(error)")
            }
            flushOutput()
        }
    }

    private mutating func answer(_ fields: [String]) throws -> String {
        switch fields.first {
        case "prepare" where fields.count == 2:
            guard let benchmark = allBenchmarks.first(where: { $0.name == fields[1] }) else {
                throw RequestError(description: "no benchmark '\(fields[1])'")
            }
            let iteration = try benchmark.prepare()
            prepared[benchmark.name] = iteration
            return String(calibrate(iteration))
        case "measure" where fields.count == 4:
            guard let iteration = prepared[fields[3]],
                let warmUps = Int(fields[1]), let count = Int(fields[2]), count > 0
            else {
                throw RequestError(description: "nothing to measure")
            }
            for _ in 0..<warmUps { iteration() }
            return String(milliseconds(iteration, count))
        case "reorders" where fields.count == 2:
            guard let iteration = prepared[fields[1]] else {
                throw RequestError(description: "nothing to count")
            }
            let before = ImageLayout.reorders
            iteration()
            return String(ImageLayout.reorders - before)
        case "roofline":
            let matrix = numbers([2048, 2048])
            let product = best { consume(matrix.matmul(matrix)) }
            let (source, count) = (numbers([1 << 26]), 1 << 29)
            let copy = best { consume(source + 1) }
            return "\(2 * 2048.0 * 2048 * 2048 / product / 1e6)\t\(Double(count) / copy / 1e6)"
        case "libraries":
            return CPUBuild.libraries.map { "\($0.0) \($0.1)" }.joined(separator: "\t")
        case "release":
            prepared = [:]
            return "ok"
        default:
            throw RequestError(description: "unknown request")
        }
    }

    /// Runs more and more iterations until they take 20 ms together: enough to warm the caches, and to
    /// know how many make a measurement.
    private func calibrate(_ iteration: () -> Void) -> Double {
        iteration()
        var count = 1
        while true {
            let each = milliseconds(iteration, count)
            if each * Double(count) >= 20 { return each }
            count *= 2
        }
    }

    /// The least of ten iterations' milliseconds.
    private func best(_ iteration: () -> Void) -> Double {
        iteration()
        return (0..<10).map { _ in milliseconds(iteration, 1) }.min()!
    }

    private func milliseconds(_ iteration: () -> Void, _ count: Int) -> Double {
        let clock = ContinuousClock()
        let time = clock.measure { for _ in 0..<count { iteration() } }
        return time / .milliseconds(1) / Double(count)
    }
}

struct RequestError: Error, CustomStringConvertible {
    let description: String
}
