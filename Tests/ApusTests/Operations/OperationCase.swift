import Foundation
import Testing
import _ApusTestSupport

@testable import Apus

/// Foundation has an `Operation` of its own.
typealias Operation = Apus.Operation

/// One sample of one operation, as the argument of a test.
struct OperationCase: CustomTestStringConvertible, Sendable {
    let operation: Operation
    let index: Int

    var sample: Operation.Sample { operation.samples[index] }
    var testDescription: String { "\(operation.name)[\(index)]: \(sample.reference)" }

    static let all = Operation.all.flatMap { operation in
        operation.samples.indices.map { OperationCase(operation: operation, index: $0) }
    }

    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden").path

    func golden() throws -> Golden { try Golden(operation: operation.name, in: OperationCase.directory) }

    /// The widest type the operation takes: the one other checks run in.
    var wide: String {
        operation.dtypes.contains(.float64)
            ? "float64" : operation.dtypes.contains(.complex128) ? "complex128" : "int64"
    }

    /// The golden inputs of a type, converted to `dtype` where they are not fixed indices or masks.
    func inputs(_ golden: Golden, _ stored: String, as dtype: DType) -> [Tensor] {
        zip(golden.inputs("\(index).\(stored)"), sample.inputs).map { tensor, input in
            input.fixedDType == nil ? tensor.to(dtype) : tensor
        }
    }

    /// The positions of inputs that have gradients.
    var differentiable: [Int] { sample.inputs.indices.filter { sample.inputs[$0].fixedDType == nil } }
}

extension DType {
    /// The type whose golden values this one is checked against.
    var golden: String {
        switch self {
        case .float16, .bfloat16, .float32, .float64: "float64"
        case .complex64, .complex128: "complex128"
        case .bool: "bool"
        default: "int64"
        }
    }
}
