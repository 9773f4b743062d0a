import Apus
import Foundation
import Synchronization

/// A rank of a group whose ranks are threads of this process: for tests of what ranks do together, where there is no MPI.
///
/// They share the program's kernel threads, so nothing is faster than with one rank.
///
/// ```swift
/// let sums = try ThreadGroup.run(size: 4) { group in
///     try group.sum(Tensor([Float(group.rank)], shape: [1])).item(as: Float.self)
/// }                                     // [6, 6, 6, 6]
/// ```
public final class ThreadGroup: ProcessGroup, TellsStandstill {
    /// This thread's number, from 0.
    public let rank: Int
    /// How many threads there are.
    public let size: Int
    /// `rank`: all are in one process.
    public var localRank: Int { rank }
    /// `size`.
    public var localSize: Int { size }
    /// What tensors pass through that are in no buffer.
    public let staging: SharedBuffer
    private let board: Board
    private let team: NodeTeam

    /// What the ranks have in common.
    private final class Board: Sendable {
        let size: Int
        let lines: ProcessMemory
        /// The memory that each rank has made for the buffer in the making.
        let made: Mutex<[ProcessMemory?]>
        let staging: [ProcessMemory]

        init(size: Int) {
            self.size = size
            lines = ProcessMemory(byteCount: Meeting.byteCount(for: size))
            made = Mutex(Array(repeating: nil, count: size))
            staging = (0..<size).map { _ in ProcessMemory(byteCount: stagingBytes) }
        }
    }

    private init(rank: Int, _ board: Board) {
        self.rank = rank
        self.board = board
        size = board.size
        let meeting = Meeting(board.lines.pointer, in: board.lines, rank: rank, names: Array(0..<board.size))
        team = NodeTeam(meeting, rank: rank, size: board.size)
        staging = Self.buffer(board.staging, stagingBytes, rank)
    }

    private static func buffer(_ memory: [ProcessMemory], _ byteCount: Int, _ rank: Int) -> SharedBuffer {
        SharedBuffer(byteCount: byteCount, pointers: memory.map(\.pointer), localRank: rank) {
            withExtendedLifetime(memory) {}
        }
    }

    /// Runs `body` as each of so many ranks, on a thread each, and gives back their results in the order of ranks.
    ///
    /// A rank that throws leaves the group: ranks that wait for it throw `DistributedError`. When all have ended, this throws
    /// `RankErrors` with the errors that were not of waiting.
    public static func run<R: Sendable>(
        size: Int, _ body: @escaping @Sendable (ThreadGroup) throws -> R
    ) throws(RankErrors) -> [R] {
        if size < 1 { fail("ThreadGroup.run", "a group of \(size) ranks: at least 1 is wanted") }
        let board = Board(size: size)
        let results = Mutex([Result<R, any Error>?](repeating: nil, count: size))
        let done = DispatchSemaphore(value: 0)
        for rank in 0..<size {
            let thread = Thread {
                let group = ThreadGroup(rank: rank, board)
                let result = Result { try body(group) }
                results.locked { $0[rank] = result }
                group.team.meeting.end()
                done.signal()
            }
            thread.name = "rank \(rank)"
            thread.stackSize = 8 << 20
            thread.start()
        }
        for _ in 0..<size { done.wait() }
        let outcomes = results.locked { $0 }.map { $0! }
        var errors: [Int: any Error] = [:]
        for (rank, outcome) in outcomes.enumerated() {
            if case .failure(let error) = outcome { errors[rank] = error }
        }
        if errors.isEmpty { return outcomes.map { try! $0.get() } }
        let causes = errors.filter {
            if case .rankEnded = ($0.value as? DistributedError)?.kind { false } else { true }
        }
        throw RankErrors(errors: causes.isEmpty ? errors : causes)
    }

    /// Memory of this process, which all ranks see.
    public func makeBuffer(byteCount: Int) throws(DistributedError) -> SharedBuffer {
        let purpose = Meeting.Purpose(call: .makeBuffer, count: byteCount)
        let own = ProcessMemory(byteCount: byteCount)
        board.made.locked { $0[rank] = own }
        try team.meeting.meet(purpose)
        let made = board.made.locked { $0 }.map { $0! }
        try team.meeting.meet(purpose)
        return Self.buffer(made, byteCount, rank)
    }

    /// In the order of ranks; see `ProcessGroup`.
    public func sum(_ buffer: SharedBuffer, count: Int, as dtype: DType) throws(DistributedError) {
        let form = SumForm(dtype, "sum")
        check(buffer, byteCount: count * dtype.size, "sum")
        try team.sum(buffer.pointers, count, form)
    }

    /// In the order of ranks; see `ProcessGroup`.
    public func reduceScatter(_ buffer: SharedBuffer, count: Int, as dtype: DType) throws(DistributedError) {
        let form = SumForm(dtype, "reduceScatter")
        check(buffer, byteCount: count * dtype.size, "reduceScatter")
        try team.reduceScatter(buffer.pointers, count, form, part(of: count))
    }

    /// See `ProcessGroup`.
    public func allGather(_ buffer: SharedBuffer, count: Int, as dtype: DType) throws(DistributedError) {
        check(buffer, byteCount: count * dtype.size, "allGather")
        try team.allGather(buffer.pointers, count, dtype, part(of: count))
    }

    /// See `ProcessGroup`.
    public func broadcast(_ buffer: SharedBuffer, byteCount: Int, from root: Int) throws(DistributedError) {
        check(buffer, byteCount: byteCount, "broadcast", root: root)
        let purpose = Meeting.Purpose(call: .broadcast, root: root, count: byteCount)
        try team.broadcast(buffer.pointers, byteCount, from: root, purpose)
    }

    /// Returns when all ranks have called it.
    public func barrier() throws(DistributedError) {
        try team.meeting.meet(Meeting.Purpose(call: .barrier))
    }

    /// Whom ranks wait for.
    package var standstill: Standstill { team.meeting.standstill }

    /// Ends the program, and so all ranks, with this status.
    public func abort(code: Int32) -> Never { exit(code) }
}
