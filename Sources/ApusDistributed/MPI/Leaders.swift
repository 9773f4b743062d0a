import Apus
import Glibc

/// The first ranks of all nodes, seen by one of them: sums between nodes, by messages.
///
/// A ring moves 2(p − 1)/p of the elements in 2(p − 1) messages from each of p nodes; halving and doubling as much in 2 log₂ p
/// messages, so it is better where messages take their time for being sent, not for their length (Thakur, Rabenseifner and Gropp,
/// "Optimization of collective communication operations in MPICH", 2005). Both add in an order that depends on p alone, and each
/// sum is computed by one node and sent to the others.
final class Leaders: @unchecked Sendable {
    private let mpi: MPILibrary
    private let communicator: MPILibrary.Handle
    /// This node's number.
    let rank: Int
    let size: Int
    private let forced: LeaderExchange?
    /// What a message brings that is then added.
    private var received = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    init(_ mpi: MPILibrary, _ communicator: MPILibrary.Handle, rank: Int, size: Int, forced: LeaderExchange?)
    {
        self.mpi = mpi
        self.communicator = communicator
        self.rank = rank
        self.size = size
        self.forced = forced
    }

    deinit { received.deallocate() }

    /// The sums of all nodes' numbers, on each.
    ///
    /// - Parameter real: float32 or float64.
    func sum(_ numbers: UnsafeMutableRawPointer, _ count: Int, _ real: DType) throws(DistributedError) {
        switch forced ?? exchange(byteCount: count * real.size) {
        case .ring:
            let bounds = (0...size).map { count * $0 / size }
            try ringReduceScatter(numbers, bounds, real)
            try ringAllGather(numbers, bounds, real.size)
        case .halving:
            try halvingSum(numbers, count, real)
        }
    }

    /// With 30 µs a message and 1 GB/s a piece of 64 KiB costs as much for its length as two messages for being sent.
    private func exchange(byteCount: Int) -> LeaderExchange {
        size > 16 && byteCount < size * (64 << 10) ? .halving : .ring
    }

    /// Node i gets the sums of the numbers from `bounds[i]` to `bounds[i + 1]`.
    func ringReduceScatter(
        _ numbers: UnsafeMutableRawPointer, _ bounds: [Int], _ real: DType
    ) throws(DistributedError) {
        for step in 1..<max(size, 1) {
            let (leaving, coming) = (piece(-step), piece(-step - 1))
            let bytes = (bounds[coming + 1] - bounds[coming]) * real.size
            let scratch = scratch(bytes)
            try exchange(
                sending: numbers + bounds[leaving] * real.size,
                (bounds[leaving + 1] - bounds[leaving]) * real.size, to: piece(1),
                receiving: scratch, bytes, from: piece(-1))
            SumForm.accumulate(
                scratch, into: numbers + bounds[coming] * real.size, bytes / real.size, real)
        }
    }

    /// Node i gives the elements from `bounds[i]` to `bounds[i + 1]` to all.
    func ringAllGather(
        _ elements: UnsafeMutableRawPointer, _ bounds: [Int], _ elementSize: Int
    ) throws(DistributedError) {
        for step in 0..<size - 1 {
            let (leaving, coming) = (piece(-step), piece(-step - 1))
            try exchange(
                sending: elements + bounds[leaving] * elementSize,
                (bounds[leaving + 1] - bounds[leaving]) * elementSize, to: piece(1),
                receiving: elements + bounds[coming] * elementSize,
                (bounds[coming + 1] - bounds[coming]) * elementSize, from: piece(-1))
        }
    }

    /// The node so many steps further round the ring.
    private func piece(_ step: Int) -> Int { ((rank + step) % size + size) % size }

    /// Halving and doubling among the largest power of two of nodes. The others first give theirs to one of them, and get the
    /// sums in the end.
    private func halvingSum(
        _ numbers: UnsafeMutableRawPointer, _ count: Int, _ real: DType
    ) throws(DistributedError) {
        let width = 1 << (Int.bitWidth - 1 - size.leadingZeroBitCount)
        let bytes = count * real.size
        if rank >= width {
            try exchange(sending: numbers, bytes, to: rank - width)
            try exchange(receiving: numbers, bytes, from: rank - width)
            return
        }
        if rank + width < size {
            let scratch = scratch(bytes)
            try exchange(receiving: scratch, bytes, from: rank + width)
            SumForm.accumulate(scratch, into: numbers, count, real)
        }
        // The ranges that this node and its partner of each step keep, so that doubling goes back the same way.
        var steps: [(partner: Int, kept: Range<Int>, given: Range<Int>)] = []
        var range = 0..<count
        var distance = width / 2
        while distance > 0 {
            let middle = range.lowerBound + range.count / 2
            let (low, high) = (range.lowerBound..<middle, middle..<range.upperBound)
            let (kept, given) = rank & distance == 0 ? (low, high) : (high, low)
            let partner = rank ^ distance
            let scratch = scratch(kept.count * real.size)
            try exchange(
                sending: numbers + given.lowerBound * real.size, given.count * real.size, to: partner,
                receiving: scratch, kept.count * real.size, from: partner)
            SumForm.accumulate(scratch, into: numbers + kept.lowerBound * real.size, kept.count, real)
            steps.append((partner, kept, given))
            range = kept
            distance /= 2
        }
        for (partner, kept, given) in steps.reversed() {
            try exchange(
                sending: numbers + kept.lowerBound * real.size, kept.count * real.size, to: partner,
                receiving: numbers + given.lowerBound * real.size, given.count * real.size, from: partner)
        }
        if rank + width < size { try exchange(sending: numbers, bytes, to: rank + width) }
    }

    /// The root node's bytes on all.
    func broadcast(
        _ bytes: UnsafeMutableRawPointer, _ count: Int, from root: Int
    ) throws(DistributedError) {
        for start in stride(from: 0, to: count, by: longestMessage) {
            let length = Int32(min(longestMessage, count - start))
            try mpi.check(
                mpi.broadcast(bytes + start, length, mpi.byte, Int32(root), communicator), "MPI_Bcast")
        }
    }

    /// Returns when all nodes have called it.
    func barrier() throws(DistributedError) { try mpi.check(mpi.barrier(communicator), "MPI_Barrier") }

    /// Sends to one node and receives from one, at the same time. Long messages go in several.
    private func exchange(
        sending source: UnsafeMutableRawPointer? = nil, _ sent: Int = 0, to target: Int = 0,
        receiving sink: UnsafeMutableRawPointer? = nil, _ coming: Int = 0, from origin: Int = 0
    ) throws(DistributedError) {
        for start in stride(from: 0, to: max(sent, coming, 1), by: longestMessage) {
            let outgoing = Int32(min(max(sent - start, 0), longestMessage))
            let incoming = Int32(min(max(coming - start, 0), longestMessage))
            var (receipt, dispatch) = (MPILibrary.Handle(), MPILibrary.Handle())
            // First what leaves: that a receiver is ready is said on the same connection, and would wait behind a long message that
            // comes the other way. So both directions are full.
            if let source, outgoing > 0 {
                try mpi.check(
                    mpi.send(source + start, outgoing, mpi.byte, Int32(target), tag, communicator, &dispatch),
                    "MPI_Isend")
            }
            if let sink, incoming > 0 {
                try mpi.check(
                    mpi.receive(sink + start, incoming, mpi.byte, Int32(origin), tag, communicator, &receipt),
                    "MPI_Irecv")
            }
            if sink != nil, incoming > 0 { try wait(for: &receipt) }
            if source != nil, outgoing > 0 { try wait(for: &dispatch) }
        }
    }

    /// Open MPI moves messages only while it is called, and `MPI_Wait` keeps a core busy with that. A look every 50 to 200 µs
    /// moves as much over a network, whose buffers hold what comes meanwhile, and leaves the core to what else the program computes.
    private func wait(for request: inout MPILibrary.Handle) throws(DistributedError) {
        var (isDone, patience) = (Int32(), Patience(looks: 20, yields: 200, longestSleep: 200))
        while true {
            try mpi.check(mpi.test(&request, &isDone, mpi.family.statusIgnored), "MPI_Test")
            if isDone != 0 { return }
            patience.pause()
        }
    }

    private func scratch(_ byteCount: Int) -> UnsafeMutableRawPointer {
        if received.count < byteCount || received.baseAddress == nil {
            received.deallocate()
            received = .allocate(byteCount: max(byteCount, 1 << 16), alignment: 64)
        }
        return received.baseAddress!
    }
}

/// MPI counts in 32 bits.
let longestMessage = 1 << 30
private let tag: Int32 = 1
