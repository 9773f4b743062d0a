import Apus

/// Signals of one length in memory, such as waveforms, each with the number of its class.
public struct LabeledSignals: Sendable {
    /// What the set is called in reports, such as `synthetic-tones`.
    public let name: String
    /// How many signals there are.
    public let count: Int
    /// Samples of a signal.
    public let length: Int
    /// How many classes there are; labels are 0..<classes.
    public let classes: Int
    private let samples: Storage
    private let classNumbers: Storage

    /// Takes memory that nobody writes any more: `length` floats a signal, a byte a label.
    init(name: String, signals: Storage, count: Int, length: Int, labels: Storage, classes: Int) {
        self.name = name
        self.count = count
        self.length = length
        self.classes = classes
        samples = signals
        classNumbers = labels
    }

    /// All signals: float32 [count, length], without a copy.
    public var signals: Tensor {
        Tensor(storage: samples, layout: Layout(contiguous: [count, length]), dtype: .float32)
    }

    /// All labels: uint8 [count], without a copy.
    public var labels: Tensor {
        Tensor(storage: classNumbers, layout: Layout(contiguous: [count]), dtype: .uint8)
    }
}

extension LabeledSignals: LabeledDataset {
    /// Inputs are float32 [samples, length].
    public func batch(_ indices: ArraySlice<Int>) -> LabeledBatch {
        let size = length * MemoryLayout<Float>.size
        let inputs = Storage(byteCount: indices.count * size)
        let labels = Storage(byteCount: indices.count * MemoryLayout<Int64>.size)
        let classes = classNumbers.pointer.assumingMemoryBound(to: UInt8.self)
        let numbers = labels.pointer.assumingMemoryBound(to: Int64.self)
        var row = 0
        for index in indices {
            if index < 0 || index >= count { fail("batch", "index \(index) is not in 0..<\(count)") }
            (inputs.pointer + row * size).copyMemory(from: samples.pointer + index * size, byteCount: size)
            numbers[row] = Int64(classes[index])
            row += 1
        }
        return LabeledBatch(
            inputs: Tensor(storage: inputs, layout: Layout(contiguous: [row, length]), dtype: .float32),
            labels: Tensor(storage: labels, layout: Layout(contiguous: [row]), dtype: .int64))
    }
}
