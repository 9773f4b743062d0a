import Apus
import ApusNN
import Foundation
import Synchronization

/// When each gradient of a training step is there, and what follows from that where processes sum them.
package struct StepTimeline: Sendable {
    /// What one parameter gets.
    package struct Gradient: Sendable {
        package let count: Int
        package let dtype: DType
        /// Seconds after the step's beginning when it was there.
        package let ready: Double

        package var bytes: Double { Double(count * dtype.size) }
    }

    /// A bucket on its way, in seconds after the step's beginning.
    package struct SentBucket: Sendable {
        package let bytes: Double
        /// When its last gradient was there.
        package let ready: Double
        /// When the buckets before it were done too.
        package let sent: Double
        /// When all processes have its sums.
        package let done: Double
    }

    /// In the order in which they were there.
    package let gradients: [Gradient]
    /// Seconds of the forward and the backward pass; what the optimizer takes is left out.
    package let seconds: Double

    package var bytes: Double { gradients.reduce(0) { $0 + $1.bytes } }

    /// The same step on a device that takes so long for it.
    package func scaled(toSeconds target: Double) -> StepTimeline {
        StepTimeline(
            gradients: gradients.map {
                Gradient(count: $0.count, dtype: $0.dtype, ready: $0.ready * target / seconds)
            }, seconds: target)
    }

    /// The buckets that ``DataParallel`` sends between nodes, which wait in a queue for each other.
    ///
    /// - Parameter overlaps: whether sums begin while the backward pass goes on.
    package func buckets(
        processes: Int, _ exchange: Exchange, _ network: Network, memory: Network, overlaps: Bool = true
    ) -> [SentBucket] {
        let plan = BucketPlan(
            of: gradients.map { ($0.count, $0.dtype) }, in: Array(gradients.indices), .betweenNodes())
        var free = 0.0
        return plan.buckets.map { bucket in
            let last = bucket.pieces.map { gradients[$0.parameter].ready }.max()!
            let ready = overlaps ? last : seconds
            let sent = max(free, ready)
            let bytes = Double(bucket.byteCount)
            free = sent + exchange.seconds(bytes: bytes, processes: processes, network, memory: memory)
            return SentBucket(bytes: bytes, ready: ready, sent: sent, done: free)
        }
    }

    /// What a step takes where so many processes take it together: it waits for the last bucket.
    package func seconds(
        processes: Int, _ exchange: Exchange, _ network: Network, memory: Network, overlaps: Bool = true
    ) -> Double {
        let buckets = buckets(processes: processes, exchange, network, memory: memory, overlaps: overlaps)
        return max(seconds, buckets.last?.done ?? 0)
    }
}

extension StepTimeline {
    /// The median of five steps, by their time, after two others.
    ///
    /// - Parameter loss: the forward pass.
    package init(of model: Module, loss: () -> Tensor) {
        let steps = (0..<7).map { _ in StepTimeline(timing: model, loss) }
        self = steps.dropFirst(2).sorted { $0.seconds < $1.seconds }[2]
        model.zeroGradients()
    }

    private init(timing model: Module, _ loss: () -> Tensor) {
        let clock = ContinuousClock()
        let seen = SeenGradients()
        let handles = model.parameters().map { parameter in
            parameter.value.registerCollectionHook { gradient in
                let time = clock.now
                seen.all.withLock { $0.append((gradient.count, gradient.dtype, time)) }
            }
        }
        defer { handles.forEach { $0.remove() } }
        model.zeroGradients()
        let start = clock.now
        loss().backward()
        let end = clock.now
        let gradients = seen.all.withLock { $0 }.map {
            Gradient(count: $0.count, dtype: $0.dtype, ready: start.duration(to: $0.time) / .seconds(1))
        }
        self.init(gradients: gradients, seconds: start.duration(to: end) / .seconds(1))
    }
}

/// What hooks tell.
private final class SeenGradients: Sendable {
    let all = Mutex<[(count: Int, dtype: DType, time: ContinuousClock.Instant)]>([])
}
