import Apus
import ApusNN
import Foundation

/// How long messages between two machines take: a time before the first byte arrives, and bytes a second from then on.
struct Network: Sendable {
    let name: String
    /// α, seconds.
    let latency: Double
    /// β, bytes a second.
    let bandwidth: Double

    /// A network of so many gigabits a second of which programs get nine tenths, with 30 µs for a message by TCP.
    static func ethernet(gigabits: Double) -> Network {
        Network(
            name: "\(Int(gigabits)) Gbit/s", latency: 30e-6, bandwidth: 0.9 * gigabits * 1e9 / 8)
    }
}

/// How processes come to have sums, and what that takes with so many of them.
enum Exchange: String, CaseIterable, Sendable {
    /// Each gives what it has to the next one, two times round (Patarasuk and Yuan 2009).
    case ring
    /// Halves are exchanged with ever nearer partners, and put together again in the opposite order (Thakur, Rabenseifner and Gropp
    /// 2005).
    case halving
    /// Eight processes of a machine sum in its memory, and their first ones exchange those sums round a ring.
    case hierarchical

    /// Processes of a machine.
    static let perMachine = 8

    /// Seconds for sums of so many bytes.
    ///
    /// - Parameter memory: what sums within a machine take.
    func seconds(bytes: Double, processes: Int, _ network: Network, memory: Network) -> Double {
        let p = Double(processes)
        if processes == 1 { return 0 }
        let transfer = 2 * (p - 1) / p * bytes / network.bandwidth
        switch self {
        case .ring: return 2 * (p - 1) * network.latency + transfer
        case .halving: return 2 * log2(p) * network.latency + transfer
        case .hierarchical:
            let inside = memory.latency + bytes / memory.bandwidth
            let machines = max(1, processes / Exchange.perMachine)
            return inside
                + Exchange.ring.seconds(bytes: bytes, processes: machines, network, memory: memory)
        }
    }
}

/// When each gradient of a training step is there.
struct StepTimeline: Sendable {
    /// Bytes of gradients, and the seconds after the step's beginning when they were there, in their order.
    let gradients: [(bytes: Double, ready: Double)]
    /// Seconds of the forward and the backward pass; what the optimizer takes is left out.
    let seconds: Double

    var bytes: Double { gradients.reduce(0) { $0 + $1.bytes } }

    /// One step of a model after two others, with its hooks telling the times.
    init(_ model: some Layer, input: Tensor) {
        let clock = ContinuousClock()
        let seen = SeenGradients()
        let handles = model.parameters().map { parameter in
            let bytes = Double(parameter.value.count * parameter.value.dtype.size)
            return parameter.value.registerHook { _ in
                seen.add(bytes, clock.now)
                return nil
            }
        }
        defer { handles.forEach { $0.remove() } }
        var (start, end) = (clock.now, clock.now)
        for _ in 0..<3 {
            model.zeroGradients()
            seen.clear()
            start = clock.now
            model(input).square().mean().backward()
            end = clock.now
        }
        model.zeroGradients()
        gradients = seen.all.map { ($0.bytes, (start.duration(to: $0.time)) / .seconds(1)) }
        seconds = start.duration(to: end) / .seconds(1)
    }

    /// How much of a step's time is computing where so many processes take it together: buckets of gradients wait in a queue for
    /// each other, and the step for the last of them.
    ///
    /// - Parameters:
    ///   - bucket: bytes of a bucket; the first has 1 MiB.
    ///   - overlaps: whether sums begin while the backward pass goes on.
    func efficiency(
        processes: Int, _ exchange: Exchange, _ network: Network, memory: Network,
        bucket: Double = 25 * 1_048_576,
        overlaps: Bool = true
    ) -> Double {
        var (full, held, free) = (1_048_576.0, 0.0, 0.0)
        func send(_ bytes: Double, _ ready: Double) {
            free =
                max(free, overlaps ? ready : seconds)
                + exchange.seconds(bytes: bytes, processes: processes, network, memory: memory)
        }
        for gradient in gradients {
            held += gradient.bytes
            if held < full { continue }
            send(held, gradient.ready)
            (held, full) = (0, bucket)
        }
        if held > 0 { send(held, seconds) }
        return seconds / max(seconds, free)
    }
}

/// What hooks tell: they are called one after the other, by the thread of the backward pass.
private final class SeenGradients: @unchecked Sendable {
    private(set) var all: [(bytes: Double, time: ContinuousClock.Instant)] = []
    func add(_ bytes: Double, _ time: ContinuousClock.Instant) { all.append((bytes, time)) }
    func clear() { all = [] }
}
