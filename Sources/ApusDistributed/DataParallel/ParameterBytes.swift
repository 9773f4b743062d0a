import Apus
import ApusNN

/// The values of some parameters, seen as bytes that follow each other.
struct ParameterBytes {
    private let parameters: [Parameter]
    /// Where each begins, and the end.
    private let starts: [Int]

    var count: Int { starts.last! }

    init(_ parameters: [Parameter]) {
        self.parameters = parameters
        starts = parameters.reduce(into: [0]) { $0.append($0.last! + $1.value.count * $1.value.dtype.size) }
    }

    /// Copies the bytes from `start` on, as far as there are any.
    func copy(from start: Int, _ length: Int, to memory: UnsafeMutableRawPointer) {
        forParts(start, length) { parameter, part, offset in
            parameter.value.withUnsafeBytes {
                (memory + offset).copyMemory(from: $0.baseAddress! + part.lowerBound, byteCount: part.count)
            }
        }
    }

    /// The other way round.
    func replace(from start: Int, _ length: Int, by memory: UnsafeMutableRawPointer) {
        forParts(start, length) { parameter, part, offset in
            parameter.value.withUnsafeMutableBytes {
                ($0.baseAddress! + part.lowerBound).copyMemory(from: memory + offset, byteCount: part.count)
            }
        }
    }

    private func forParts(_ start: Int, _ length: Int, _ body: (Parameter, Range<Int>, Int) -> Void) {
        for (index, parameter) in parameters.enumerated() {
            let part = (start..<start + length).clamped(to: starts[index]..<starts[index + 1])
            if part.isEmpty { continue }
            let first = starts[index]
            body(parameter, part.lowerBound - first..<part.upperBound - first, part.lowerBound - start)
        }
    }
}
