import Apus
import ApusCore

/// Tensors in memory whose axis 0 counts the samples.
///
/// ```swift
/// TensorDataset(inputs: x, targets: y)            // batches with .inputs and .targets
/// TensorDataset(inputs: x, labels: classes)       // batches with .inputs and .labels
/// TensorDataset(x)                                // batches are tensors
/// TensorDataset(["x": x, "y": y])                 // batches are dictionaries, as of an npz file
/// ```
///
/// Their values are copied to the processor's memory once where they are elsewhere or have gaps.
public struct TensorDataset<Sample: Collatable>: BatchedDataset {
    /// How many samples there are.
    public let count: Int
    private let make: @Sendable (Int) -> Sample
    private let together: @Sendable (ArraySlice<Int>) -> Sample.Batch

    private init(
        _ tensors: [Tensor], _ site: CallSite, make: @escaping @Sendable ([Tensor]) -> Sample,
        together: @escaping @Sendable ([Tensor]) -> Sample.Batch
    ) {
        if tensors.contains(where: { $0.rank == 0 }) || Set(tensors.map { $0.shape.first ?? 0 }).count > 1 {
            fail(
                "TensorDataset",
                "shapes \(tensors.map { "\($0.shape)" }.joined(separator: ", ")) do not have as many samples each",
                at: site)
        }
        let rows = tensors.map(Rows.init)
        count = tensors.first?.shape[0] ?? 0
        let count = count
        self.make = { index in
            make(rows.map { $0.gather([index], of: count)[0] })
        }
        self.together = { indices in together(rows.map { $0.gather(indices, of: count) }) }
    }

    /// The sample with this number.
    public func sample(_ index: Int) -> Sample { make(index) }
    /// The rows of the tensors at these indices.
    public func batch(_ indices: ArraySlice<Int>) -> Sample.Batch { together(indices) }
}

extension TensorDataset where Sample == Tensor {
    /// The rows of one tensor.
    public init(_ tensor: Tensor, file: StaticString = #fileID, line: UInt = #line) {
        self.init([tensor], CallSite(file: file, line: line), make: { $0[0] }, together: { $0[0] })
    }
}

extension TensorDataset where Sample == Example<Tensor, Tensor> {
    /// Rows of inputs with those of targets.
    public init(inputs: Tensor, targets: Tensor, file: StaticString = #fileID, line: UInt = #line) {
        self.init(
            [inputs, targets], CallSite(file: file, line: line),
            make: { Example(input: $0[0], target: $0[1]) },
            together: { ExampleBatch(inputs: $0[0], targets: $0[1], sampleCount: $0[0].shape[0]) })
    }
}

extension TensorDataset where Sample == LabeledSample {
    /// Rows of inputs with the numbers of their classes.
    ///
    /// - Parameter labels: integers [samples].
    public init(inputs: Tensor, labels: Tensor, file: StaticString = #fileID, line: UInt = #line) {
        let site = CallSite(file: file, line: line)
        if labels.rank != 1 || !labels.dtype.isInteger {
            fail(
                "TensorDataset", "labels are integers [samples], not \(labels.dtype) \(labels.shape)",
                at: site)
        }
        self.init(
            [inputs, labels.to(.int64)], site,
            make: { LabeledSample(input: $0[0], label: $0[1].item()) },
            together: { LabeledBatch(inputs: $0[0], labels: $0[1]) })
    }
}

extension TensorDataset where Sample == [String: Tensor] {
    /// The rows of several tensors by their names.
    public init(_ tensors: [String: Tensor], file: StaticString = #fileID, line: UInt = #line) {
        let names = tensors.keys.sorted()
        let join: @Sendable ([Tensor]) -> [String: Tensor] = {
            Dictionary(uniqueKeysWithValues: zip(names, $0))
        }
        self.init(names.map { tensors[$0]! }, CallSite(file: file, line: line), make: join, together: join)
    }
}

/// A tensor's rows, one after the other in memory.
private struct Rows: Sendable {
    private let bytes: Tensor
    private let size: Int

    init(_ tensor: Tensor) {
        bytes = tensor.detach().contiguous()
        size = tensor.shape.dropFirst().reduce(1, *) * tensor.dtype.size
    }

    func gather(_ indices: ArraySlice<Int>, of count: Int) -> Tensor {
        let storage = Storage(byteCount: indices.count * size)
        bytes.withUnsafeBytes { rows in
            for (place, index) in indices.enumerated() {
                if index < 0 || index >= count { fail("batch", "index \(index) is not in 0..<\(count)") }
                if size > 0 {
                    (storage.pointer + place * size).copyMemory(
                        from: rows.baseAddress! + index * size, byteCount: size)
                }
            }
        }
        return Tensor(
            storage: storage, layout: Layout(contiguous: [indices.count] + bytes.shape.dropFirst()),
            dtype: bytes.dtype)
    }
}
