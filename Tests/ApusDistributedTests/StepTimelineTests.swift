import Apus
import ApusNN
import Testing

@testable import ApusDistributed

@Suite struct StepTimelineTests {
    static let mebibyte = 1_048_576.0
    /// No wait for a message, and a mebibyte in a second and a half.
    static let line = Network(name: "line", latency: 0, bandwidth: mebibyte / 1.5)

    /// Three gradients of a mebibyte each, in the last three of four seconds.
    static let timeline = StepTimeline(
        gradients: [1, 2, 3].map { .init(count: 262_144, dtype: .float32, ready: $0) }, seconds: 4)

    @Test func sumsTakeWhatTheFormulasSay() {
        let line = Network(name: "line", latency: 0.5, bandwidth: 2)
        let memory = Network(name: "memory", latency: 1, bandwidth: 4)
        func seconds(_ exchange: Exchange, _ processes: Int) -> Double {
            exchange.seconds(bytes: 32, processes: processes, line, memory: memory)
        }
        #expect(Exchange.allCases.allSatisfy { seconds($0, 1) == 0 })
        // 30 messages, and 8, of half a second, and 60 bytes.
        #expect(seconds(.ring, 16) == 45)
        #expect(seconds(.halving, 16) == 34)
        // Eight processes are one machine, sixteen are two.
        #expect(seconds(.hierarchical, 8) == 9)
        #expect(seconds(.hierarchical, 16) == 26)
    }

    @Test func bucketsWaitForEachOther() {
        func buckets(_ overlaps: Bool) -> [StepTimeline.SentBucket] {
            Self.timeline.buckets(processes: 2, .ring, Self.line, memory: Self.line, overlaps: overlaps)
        }
        #expect(buckets(true).map(\.bytes) == [Self.mebibyte, Self.mebibyte, Self.mebibyte])
        #expect(buckets(true).map(\.ready) == [1, 2, 3])
        #expect(buckets(true).map(\.sent) == [1, 2.5, 4])
        #expect(buckets(true).map(\.done) == [2.5, 4, 5.5])
        #expect(buckets(false).map(\.sent) == [4, 5.5, 7])
    }

    @Test func aStepEndsWithItsLastBucketOrItsPass() {
        func seconds(_ network: Network, overlaps: Bool = true) -> Double {
            Self.timeline.seconds(processes: 2, .ring, network, memory: network, overlaps: overlaps)
        }
        #expect(seconds(Self.line) == 5.5)
        #expect(seconds(Self.line, overlaps: false) == 8.5)
        #expect(seconds(Network(name: "fast", latency: 0, bandwidth: 1e12)) == 4)
    }

    /// Four times as fast: the line is as it was, and two of three buckets wait for it.
    @Test func aFasterDeviceWaitsForTheSameLine() {
        let fast = Self.timeline.scaled(toSeconds: 1)
        #expect(fast.gradients.map(\.ready) == [0.25, 0.5, 0.75])
        let together = fast.seconds(processes: 2, .ring, Self.line, memory: Self.line)
        #expect(fast.seconds == 1 && together == 4.75)
    }

    @Test func timesAreThoseOfTheLayersFromTheLastOn() {
        let model = Sequential(Linear(8, 300), Linear(300, 4))
        let timeline = StepTimeline(of: model) { model(.ones([16, 8])).mean() }
        #expect(Set(timeline.gradients.prefix(2).map(\.count)) == [1200, 4])
        #expect(timeline.bytes == 15_616)
        let times = timeline.gradients.map(\.ready)
        #expect(times == times.sorted() && times[0] > 0 && times[3] <= timeline.seconds)
        #expect(model.parameters().allSatisfy { $0.grad == nil })
    }
}
