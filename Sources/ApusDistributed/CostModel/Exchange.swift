import Foundation

/// How processes come to have sums, and what that takes with so many of them.
package enum Exchange: String, CaseIterable, Sendable {
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
    package func seconds(bytes: Double, processes: Int, _ network: Network, memory: Network) -> Double {
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
