import Apus

extension ProcessGroup {
    /// A rank's text, on all ranks.
    package func broadcast(text: String, from root: Int) throws(DistributedError) -> String {
        let bytes = Array(text.utf8)
        let count = try broadcast(Tensor(bytes.count, dtype: .int64), from: root).item(as: Int.self)
        let own = rank == root ? Tensor(bytes, shape: [count], dtype: .uint8) : .zeros([count], dtype: .uint8)
        return try broadcast(own, from: root).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
