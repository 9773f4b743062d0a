import Apus
import ApusFormats
import Foundation

/// The golden values of one operation, made by `Scripts/golden.py`.
package struct Golden {
    private let tensors: [String: Tensor]

    package init(operation: String, in directory: String) throws {
        tensors = try Safetensors.load("\(directory)/\(operation).safetensors")
    }

    /// The tensor stored as, for example, `0.float64.input1`; nil where there is none.
    package subscript(name: String) -> Tensor? {
        if let plain = tensors[name] { return plain }
        // complex128 has no name in the format: it is stored as pairs of float64.
        guard let pairs = tensors[name + ".c"] else { return nil }
        let complex = pairs.contiguous().withUnsafeBytes { source in
            var result = Tensor.zeros(Array(pairs.shape.dropLast()), dtype: .complex128)
            result.withUnsafeMutableBytes { $0.copyMemory(from: source) }
            return result
        }
        return complex
    }

    /// The inputs of a sample: `prefix` is for example `0.float64`.
    package func inputs(_ prefix: String) -> [Tensor] {
        var result: [Tensor] = []
        while let input = self["\(prefix).input\(result.count)"] { result.append(input) }
        return result
    }
}
