import Apus
import Synchronization

/// Where the ranks of a node wait for each other: a line of shared memory for each, with the number of meetings it has come to.
///
/// No call into MPI is made; two ranks on cores of their own meet in 0.1 µs.
///
/// Each rank also writes down what it has come for. All see the same lines, so all throw where they differ.
final class Meeting: @unchecked Sendable {
    /// What a rank has come for.
    struct Purpose: Equatable {
        enum Call: UInt8 {
            case barrier, makeBuffer, sum, reduceScatter, allGather, broadcast
        }
        let call: Call
        /// The element type's raw value; 0 where bytes are meant.
        var dtype: UInt8 = 0
        var root = 0
        var count = 0

        var bits: Int { Int(call.rawValue) | Int(dtype) << 4 | (root & 0xFFFF) << 8 | count << 24 }
    }

    /// Two cache lines, as processors fetch pairs of them.
    private static let lineBytes = 128
    static func byteCount(for size: Int) -> Int { size * lineBytes }

    /// Numbers of a line.
    private enum Field: Int {
        /// How many meetings the rank has come to.
        case arrived
        /// 1 from when the rank comes to none any more.
        case ended
        /// What it came for, of even and of odd meetings: a rank can be at the next one while others look at this one's, but
        /// not at the one after.
        case purpose
        /// 1 while the rank waits for other nodes.
        case isAway = 4
    }

    private let lines: UnsafeMutableRawPointer
    private let memory: AnyObject
    private let rank: Int
    private let size: Int
    /// What messages call the node's ranks.
    private let names: [Int]
    private var count = 0

    /// - Parameters:
    ///   - lines: zeroed memory of `byteCount(for: size)` bytes that all ranks see.
    ///   - memory: what keeps it.
    ///   - names: the ranks' numbers in the whole group.
    init(_ lines: UnsafeMutableRawPointer, in memory: AnyObject, rank: Int, names: [Int]) {
        self.lines = lines
        self.memory = memory
        self.rank = rank
        size = names.count
        self.names = names
    }

    private func field(_ field: Field, of rank: Int, _ index: Int = 0) -> UnsafeMutablePointer<Atomic<Int>> {
        (lines + rank * Self.lineBytes + (field.rawValue + index) * 8).assumingMemoryBound(
            to: Atomic<Int>.self)
    }

    /// Waits for all ranks. What each has written to shared memory before is seen by all after.
    func meet(_ purpose: Purpose) throws(DistributedError) {
        if size == 1 { return }
        count += 1
        let parity = count & 1
        field(.purpose, of: rank, parity).pointee.store(purpose.bits, ordering: .relaxed)
        field(.arrived, of: rank).pointee.store(count, ordering: .releasing)
        for other in 0..<size where other != rank { try wait(for: other, purpose) }
        for other in 0..<size {
            let bits = field(.purpose, of: other, parity).pointee.load(ordering: .relaxed)
            if bits != purpose.bits { throw mismatch(parity) }
        }
    }

    /// This rank comes to no further meeting: whoever waits for it must not do so for ever.
    func end() { field(.ended, of: rank).pointee.store(1, ordering: .releasing) }

    /// While this rank waits for other nodes, it keeps nobody of its own waiting.
    func whileAway<R>(_ body: () throws(DistributedError) -> R) throws(DistributedError) -> R {
        field(.isAway, of: rank).pointee.store(1, ordering: .relaxed)
        defer { field(.isAway, of: rank).pointee.store(0, ordering: .relaxed) }
        return try body()
    }

    /// Who keeps others waiting: who has come to fewer meetings, or who is alone. Where all do, the first says it; else the first of
    /// those who wait, as who is late may not be able to.
    var standstill: Standstill {
        let counts = (0..<size).map { field(.arrived, of: $0).pointee.load(ordering: .relaxed) }
        let most = size == 1 ? 1 : counts.max()!
        let late = (0..<size).filter {
            counts[$0] < most && field(.isAway, of: $0).pointee.load(ordering: .relaxed) == 0
        }
        let speaker = (0..<size).first { !late.contains($0) } ?? 0
        return Standstill(late: late.map { names[$0] }, speaker: names[speaker])
    }

    private func wait(for other: Int, _ purpose: Purpose) throws(DistributedError) {
        var patience = Patience(looks: 1000, yields: 1000)
        while field(.arrived, of: other).pointee.load(ordering: .acquiring) < count {
            if field(.ended, of: other).pointee.load(ordering: .acquiring) != 0
                && field(.arrived, of: other).pointee.load(ordering: .acquiring) < count
            {
                throw DistributedError(
                    .rankEnded(names[other]),
                    "rank \(names[other]) has ended, rank \(names[rank]) waits for it: \(describe(purpose.bits))"
                )
            }
            patience.pause()
        }
    }

    private func mismatch(_ parity: Int) -> DistributedError {
        let calls = (0..<size).map {
            "rank \(names[$0]): \(describe(field(.purpose, of: $0, parity).pointee.load(ordering: .relaxed)))"
        }
        return DistributedError(.mismatch, "ranks called different things: \(calls.joined(separator: ", "))")
    }

    private func describe(_ bits: Int) -> String {
        guard let call = Purpose.Call(rawValue: UInt8(bits & 15)) else { return "unknown" }
        let (type, root, count) = (bits >> 4 & 15, bits >> 8 & 0xFFFF, bits >> 24)
        switch call {
        case .barrier: return "barrier"
        case .makeBuffer: return "makeBuffer of \(count) bytes"
        case .broadcast: return "broadcast of \(count) bytes from rank \(root)"
        case .sum, .reduceScatter, .allGather:
            return "\(call) of \(count) elements of \(DType(rawValue: UInt8(type))?.description ?? "?")"
        }
    }
}
