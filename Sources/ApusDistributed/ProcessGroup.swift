import Apus

/// Ranks that work together: processes on one or several machines, or threads of this one, that each hold a part of the data.
///
/// All ranks make the same calls in the same order, each from one thread at a time; a call returns when its result is there. A
/// call that other ranks of the node do not make throws `DistributedError` in all of them, where they make another one, and in
/// those that wait, where one has ended.
///
/// `MPIGroup` has processes, `ThreadGroup` threads for tests, and `SoloGroup` one rank.
public protocol ProcessGroup: AnyObject, Sendable {
    /// This rank's number, from 0.
    var rank: Int { get }
    /// How many ranks there are.
    var size: Int { get }
    /// This rank's number among those of its node, which share its memory.
    var localRank: Int { get }
    /// How many ranks this node has.
    var localSize: Int { get }

    /// Memory for sums in place, zero at first; all ranks ask for as much.
    ///
    /// Throws `DistributedError` where there is no memory that can be shared.
    func makeBuffer(byteCount: Int) throws(DistributedError) -> SharedBuffer

    /// Adds the first `count` elements of all ranks' buffers, and leaves the sums in each.
    ///
    /// All ranks have the same bits afterwards. Elements of 16 bits are added as float32 and rounded once.
    ///
    /// - Parameter dtype: a floating or complex type.
    func sum(_ buffer: SharedBuffer, count: Int, as dtype: DType) throws(DistributedError)

    /// Adds the buffers of all ranks, and leaves in each rank's its own part of the sums: elements `part(of: count)`. The others
    /// are left with no particular values.
    ///
    /// - Parameter dtype: a floating or complex type.
    func reduceScatter(_ buffer: SharedBuffer, count: Int, as dtype: DType) throws(DistributedError)

    /// Gives each rank's own part of its buffer, elements `part(of: count)`, to all others.
    func allGather(_ buffer: SharedBuffer, count: Int, as dtype: DType) throws(DistributedError)

    /// Copies the first bytes of the root's buffer to those of all others.
    func broadcast(_ buffer: SharedBuffer, byteCount: Int, from root: Int) throws(DistributedError)

    /// Returns when all ranks have called it.
    func barrier() throws(DistributedError)

    /// Ends all ranks: their program, with this exit status.
    func abort(code: Int32) -> Never

    /// What tensors pass through that are in no buffer, 4 MiB; made with the group.
    var staging: SharedBuffer { get }
}

extension ProcessGroup {
    /// The elements of `count` that are a rank's own in `reduceScatter` and `allGather`: its n-th of them.
    public func part(of count: Int, rank: Int? = nil) -> Range<Int> {
        let rank = rank ?? self.rank
        return count * rank / size..<count * (rank + 1) / size
    }

    /// The sum of all ranks' tensors, which have the same shape and type; without history.
    ///
    /// All ranks get the same bits. Elements of 16 bits are added as float32 and rounded once.
    ///
    /// - Parameter tensor: floating or complex, with any strides.
    public func sum(_ tensor: Tensor) throws(DistributedError) -> Tensor {
        _ = SumForm(tensor.dtype, "sum")
        return try inPieces(tensor) { (piece: Int) throws(DistributedError) in
            try sum(staging, count: piece / tensor.dtype.size, as: tensor.dtype)
        }
    }

    /// The root's tensor on all ranks, which give tensors of its shape and type; without history.
    ///
    /// - Parameter tensor: of any type; its elements count on the root alone.
    public func broadcast(_ tensor: Tensor, from root: Int = 0) throws(DistributedError) -> Tensor {
        try inPieces(tensor) { (piece: Int) throws(DistributedError) in
            try broadcast(staging, byteCount: piece, from: root)
        }
    }

    /// The tensor that comes of a tensor's elements when `body` has changed them, some bytes after others, in `staging`.
    private func inPieces(
        _ tensor: Tensor, _ body: (Int) throws(DistributedError) -> Void
    ) throws(DistributedError) -> Tensor {
        var result = tensor.detach()
        let (target, capacity) = (staging.own, staging.byteCount)
        // An error cannot leave through a function that rethrows untyped ones.
        let outcome = result.withUnsafeMutableBytes { bytes in
            Result { () throws(DistributedError) in
                var start = 0
                // Empty tensors too, so that all ranks come to know if they differ.
                repeat {
                    let count = min(capacity, bytes.count - start)
                    if count > 0 { target.copyMemory(from: bytes.baseAddress! + start, byteCount: count) }
                    try body(count)
                    if count > 0 { (bytes.baseAddress! + start).copyMemory(from: target, byteCount: count) }
                    start += count
                } while start < bytes.count
            }
        }
        try outcome.get()
        return result
    }

    /// Stops the program where a call is not within a buffer or names no rank.
    func check(
        _ buffer: SharedBuffer, byteCount: Int, _ operation: String, root: Int = 0
    ) {
        if byteCount < 0 || byteCount > buffer.byteCount {
            fail(operation, "\(byteCount) bytes are asked for in a buffer of \(buffer.byteCount)")
        }
        if root < 0 || root >= size { fail(operation, "there is no rank \(root) among \(size)") }
        if buffer.pointers.count != localSize {
            fail(
                operation,
                "the buffer is another group's: \(buffer.pointers.count) ranks share it, not \(localSize)")
        }
    }
}

/// Bytes of `ProcessGroup.staging`: a piece that stays in the nearer caches while it is copied, summed and copied back.
let stagingBytes = 4 << 20
