import Apus
import Foundation

/// What came of a request.
struct Answer: Encodable {
    enum Status: String, Encodable { case done, inexpressible, thrown }
    let status: Status
    let reason: String?
    var outputs: [TensorLayout] = []
    var first: [TensorLayout] = []
    var second: [TensorLayout] = []
    /// The names that have a counterpart, where they were asked for.
    var names: [String]?
    private(set) var bytes = 0

    private var memory: [UInt8] = []
    private enum CodingKeys: CodingKey { case status, reason, outputs, first, second, names, bytes }

    init(status: Status, reason: String?) {
        self.status = status
        self.reason = reason
    }

    mutating func append(_ tensors: [Tensor], as list: WritableKeyPath<Answer, [TensorLayout]>) {
        for tensor in tensors {
            let size = tensor.dtype.size
            memory += [UInt8](repeating: 0, count: (size - memory.count % size) % size)
            self[keyPath: list].append(
                TensorLayout(
                    dtype: tensor.dtype.description, shape: Array(tensor.shape), strides: nil,
                    offset: memory.count / size, requiresGradient: nil))
            tensor.contiguous().withUnsafeBytes { memory += $0 }
        }
        bytes = memory.count
    }

    /// Eight bytes that count those of the JSON, the JSON, and the tensors' bytes.
    func write() throws {
        let json = try JSONEncoder().encode(self)
        var frame = withUnsafeBytes(of: UInt64(json.count)) { Data($0) }
        frame += json
        frame += memory
        try FileHandle.standardOutput.write(contentsOf: frame)
    }
}
