import Apus
import ApusCore

/// Samples that know how they are put together.
public protocol Collatable: Sendable {
    /// Several of them together.
    associatedtype Batch: Sendable

    /// The samples together, in this order.
    ///
    /// - Parameter samples: one at least.
    /// - Throws: `CollationError` for samples that do not go together, such as images of several sizes.
    static func collate(_ samples: [Self]) throws(CollationError) -> Batch
}

/// A sample that does not go together with the others of its batch.
public struct CollationError: Error, CustomStringConvertible, Equatable {
    /// Which one it is, counted from the beginning of the batch.
    public let position: Int
    /// What it is and what the others are.
    public let description: String

    /// - Parameters:
    ///   - position: of the sample that does not fit, counted from the beginning of the batch.
    ///   - description: what it is and what the others are, in one line.
    public init(position: Int, _ description: String) {
        self.position = position
        self.description = description
    }
}

extension Tensor: Collatable {
    /// Tensors of one shape and type, stacked: [samples] + shape, on the processor.
    public static func collate(_ samples: [Tensor]) throws(CollationError) -> Tensor {
        let (shape, dtype) = (samples[0].shape, samples[0].dtype)
        for (position, sample) in samples.enumerated() where sample.shape != shape || sample.dtype != dtype {
            throw CollationError(
                position: position,
                "it is \(sample.dtype) \(sample.shape), and the first of its batch \(dtype) \(shape); "
                    + "stacked tensors have one shape and type")
        }
        let size = shape.elementCount * dtype.size
        let storage = Storage(byteCount: samples.count * size)
        for (position, sample) in samples.enumerated() {
            sample.withUnsafeBytes { bytes in
                if size > 0 {
                    (storage.pointer + position * size).copyMemory(from: bytes.baseAddress!, byteCount: size)
                }
            }
        }
        return Tensor(storage: storage, layout: Layout(contiguous: [samples.count] + shape), dtype: dtype)
    }
}

// Numbers become the tensors that arrays of them do; Int is what losses take as class numbers.

extension Int: Collatable {
    /// int64 [samples].
    public static func collate(_ samples: [Int]) -> Tensor {
        Tensor(samples.map { Int64($0) }, shape: [samples.count])
    }
}

extension Float: Collatable {
    /// float32 [samples].
    public static func collate(_ samples: [Float]) -> Tensor { Tensor(samples, shape: [samples.count]) }
}

extension Double: Collatable {
    /// float32 [samples], as all tensors of Swift's `Double`.
    public static func collate(_ samples: [Double]) -> Tensor { Tensor(samples, shape: [samples.count]) }
}

extension Bool: Collatable {
    /// bool [samples].
    public static func collate(_ samples: [Bool]) -> Tensor { Tensor(samples, shape: [samples.count]) }
}

extension String: Collatable {
    /// The texts as they are.
    public static func collate(_ samples: [String]) -> [String] { samples }
}

extension Dictionary: Collatable where Key == String, Value: Collatable {
    /// The values of each key together; all samples have the same keys.
    public static func collate(_ samples: [[String: Value]]) throws(CollationError) -> [String: Value.Batch] {
        let keys = samples[0].keys
        for (position, sample) in samples.enumerated() where sample.keys != keys {
            throw CollationError(
                position: position,
                "it has \(sample.keys.sorted()), and the first of its batch \(keys.sorted())")
        }
        var result: [String: Value.Batch] = [:]
        for key in keys { result[key] = try Value.collate(samples.map { $0[key]! }) }
        return result
    }
}
