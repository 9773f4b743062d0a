import Apus

/// The ranks of one node, seen by one of them: what they do together in memory that all of them see.
///
/// In a sum each rank adds its n-th of everybody's elements, in the order of ranks, and writes the sums to all of them. So
/// each element is read once and written once for each rank, and all have the same bits.
final class NodeTeam: Sendable {
    let meeting: Meeting
    let rank: Int
    let size: Int

    init(_ meeting: Meeting, rank: Int, size: Int) {
        self.meeting = meeting
        self.rank = rank
        self.size = size
    }

    func sum(_ buffers: [UnsafeMutableRawPointer], _ count: Int, _ form: SumForm) throws(DistributedError) {
        let purpose = Meeting.Purpose(call: .sum, dtype: form.dtype.rawValue, count: count)
        if size == 1 { return }
        try meeting.meet(purpose)
        form.add(buffers, to: buffers, share(of: count))
        try meeting.meet(purpose)
    }

    /// Each rank gets the sums of the range that `part` gives for it.
    func reduceScatter(
        _ buffers: [UnsafeMutableRawPointer], _ count: Int, _ form: SumForm, _ part: Range<Int>
    ) throws(DistributedError) {
        let purpose = Meeting.Purpose(call: .reduceScatter, dtype: form.dtype.rawValue, count: count)
        if size == 1 { return }
        try meeting.meet(purpose)
        form.add(buffers, to: [buffers[rank]], part)
        try meeting.meet(purpose)
    }

    /// Each rank gives the range that is its own to all.
    func allGather(
        _ buffers: [UnsafeMutableRawPointer], _ count: Int, _ dtype: DType, _ part: Range<Int>
    ) throws(DistributedError) {
        let purpose = Meeting.Purpose(call: .allGather, dtype: dtype.rawValue, count: count)
        if size == 1 { return }
        try meeting.meet(purpose)
        let (start, bytes) = (part.lowerBound * dtype.size, part.count * dtype.size)
        for other in 0..<size where other != rank {
            (buffers[other] + start).copyMemory(from: buffers[rank] + start, byteCount: bytes)
        }
        try meeting.meet(purpose)
    }

    /// All copy the buffer of a rank of the node.
    func broadcast(
        _ buffers: [UnsafeMutableRawPointer], _ byteCount: Int, from source: Int, _ purpose: Meeting.Purpose
    ) throws(DistributedError) {
        if size == 1 { return }
        try meeting.meet(purpose)
        if rank != source { buffers[rank].copyMemory(from: buffers[source], byteCount: byteCount) }
        try meeting.meet(purpose)
    }

    /// This rank's n-th of so many elements. It begins and ends at multiples of 64, so that no two ranks write to the same
    /// cache line.
    func share(of count: Int) -> Range<Int> {
        func bound(_ rank: Int) -> Int { rank == size ? count : min(count, (count * rank / size + 63) & ~63) }
        return bound(rank)..<bound(rank + 1)
    }
}
