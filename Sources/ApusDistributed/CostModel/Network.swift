import Apus
import ApusNN
import Foundation

/// How long messages take: a time before the first byte arrives, and bytes a second from then on.
package struct Network: Sendable {
    package let name: String
    /// α, seconds.
    package let latency: Double
    /// β, bytes a second.
    package let bandwidth: Double

    /// A network of so many gigabits a second of which programs get nine tenths, with 30 µs for a message by TCP.
    package static func ethernet(gigabits: Double) -> Network {
        Network(
            name: "\(Int(gigabits)) Gbit/s", latency: 30e-6, bandwidth: 0.9 * gigabits * 1e9 / 8)
    }

    /// Sums of two threads' gradients in this machine's memory, as they are timed: two processes of a machine share memory as well.
    package static func measuredMemory() throws(RankErrors) -> Network {
        func seconds(_ count: Int, _ times: Int) throws(RankErrors) -> Double {
            try ThreadGroup.run(size: 2) { group in
                let parameter = Parameter(.zeros([count]))
                parameter.grad = .zeros([count])
                let sum = try NodeGradientSum(group, [parameter], bucketBytes: BucketPlan.Size.mostWithinNode)
                let clock = ContinuousClock()
                var best = Double.infinity
                for _ in 0..<5 {
                    try group.barrier()
                    let time = try clock.measure {
                        for _ in 0..<times { _ = try sum.backward(nil, numbers: []) }
                    }
                    best = min(best, time / .seconds(times))
                }
                return best
            }.max()!
        }
        let (small, large) = (try seconds(256, 1000), try seconds(6_250_000, 4))
        return Network(name: "memory", latency: small, bandwidth: 25e6 / max(large - small, 1e-9))
    }
}
