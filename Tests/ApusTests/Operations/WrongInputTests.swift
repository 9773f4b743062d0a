import Foundation
import Testing
import _ApusTestSupport

@testable import Apus

/// Every operation with inputs of wrong shapes, ranks and types, empty ones, and indices that lead outside: it gives a
/// result, or stops with a message that names an operation.
///
/// Inputs end where memory does that cannot be touched. Under the address sanitizer the same is true of results.
@Suite struct WrongInputTests {
    /// The operations in parts of about the same work, each an exit test.
    static let parts = 8

    @Test(arguments: 0..<parts) func stopWithTheirNames(_ part: Int) async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            [part = part as Int] in
            for (number, operation) in Operation.all.enumerated()
            where number % WrongInputTests.parts == part {
                for line in WrongInputTests.problems(operation) {
                    FileHandle.standardError.write(Data((line + "\n").utf8))
                }
            }
        }
        let lines = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(lines.isEmpty, "\(lines)")
    }

    static func problems(_ operation: Operation) -> [String] {
        var trials: [(sample: Operation.Sample, inputs: [WrongInput], change: String)] = []
        // The first of many samples, the last, and some in between.
        let samples = operation.samples
        let chosen =
            samples.count <= 4 ? Array(samples.indices) : (0..<4).map { $0 * (samples.count - 1) / 3 }
        for number in chosen {
            let sample = samples[number]
            let right = sample.inputs.map { WrongInput($0, operation, changesType: number == 0) }
            for (index, input) in right.enumerated() {
                for (change, wrong) in input.wrongOnes {
                    var inputs = right
                    inputs[index] = wrong
                    trials.append((sample, inputs, "input \(index) \(change)"))
                }
            }
            // The same change of all of them at once.
            if right.count > 1 {
                let all = right.map { Dictionary($0.wrongOnes, uniquingKeysWith: { first, _ in first }) }
                for change in all[0].keys.sorted() where all.allSatisfy({ $0[change] != nil }) {
                    trials.append((sample, all.map { $0[change]! }, "all inputs \(change)"))
                }
            }
        }
        let outcomes = Trials.run(trials.count) { number in
            let (sample, inputs, _) = trials[number]
            let result = sample.call(inputs.map { $0.tensor(wantsGradient: operation.isDifferentiable) })
            if result.requiresGradient { result.backward(.ones(like: result)) }
            // Whatever the result is, it can be read.
            _ = result.detach().contiguous().description
        }
        let names = trials.map { trial in
            "\(operation.name): \(trial.sample.reference), \(trial.change) \(trial.inputs.map(\.text))"
        }
        return Trials.problems(names, outcomes)
    }
}

/// An input of a sample, or what it should not be.
private struct WrongInput {
    var shape: Shape
    var dtype: DType
    var low: Double
    var high: Double
    /// What all elements are instead of random.
    var fill: Int?
    let isFixed: Bool
    let operation: String
    let changesType: Bool

    init(_ input: Operation.Input, _ operation: Operation, changesType: Bool) {
        shape = input.shape
        dtype =
            input.fixedDType
            ?? (operation.dtypes.contains(.float32) ? .float32 : operation.dtypes.first ?? .float32)
        (low, high) = (input.low, input.high)
        isFixed = input.fixedDType != nil
        self.operation = operation.name
        self.changesType = changesType
    }

    var text: String { "\(dtype)\(shape)" + (fill.map { " of \($0)" } ?? "") }

    func tensor(wantsGradient: Bool) -> Tensor {
        let numbers: Tensor
        if let fill {
            numbers = Tensor.full(shape, fill, dtype: dtype)
        } else {
            let values = (0..<shape.elementCount).map { index -> Double in
                let part = (Double(index + 1) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
                return low + (high - low) * part
            }
            numbers = Tensor(values, shape: shape, dtype: .float64).to(dtype)
        }
        let x = GuardedMemory.copy(numbers)
        return wantsGradient && !isFixed && dtype.isDifferentiable ? x.requiringGradient() : x
    }

    /// Other inputs in its place, with what was done to them.
    var wrongOnes: [(String, WrongInput)] {
        var list: [(String, WrongInput)] = []
        func add(_ change: String, _ edit: (inout WrongInput) -> Void) {
            var other = self
            edit(&other)
            if other.shape.elementCount <= 1 << 16, other.text != text { list.append((change, other)) }
        }
        func reshaped(_ change: String, _ shape: Shape) { add(change, { $0.shape = shape }) }
        reshaped("a scalar", [])
        for other in [[0], [1], [3], [2, 3], [0, 3], [2, 0, 3], [2, 3, 4, 5], [1, 2, 1, 2, 1, 2, 1]] {
            reshaped("of shape \(other)", other)
        }
        for axis in shape.indices {
            for extent in [0, 1, shape[axis] - 1, shape[axis] + 1, shape[axis] * 2] where extent >= 0 {
                reshaped(
                    "axis \(axis) of \(extent)",
                    Array(shape[..<axis]) + [extent] + Array(shape[(axis + 1)...]))
            }
        }
        reshaped("with an axis of 1 first", [1] + shape)
        reshaped("with an axis of 2 first", [2] + shape)
        reshaped("with an axis of 0 first", [0] + shape)
        reshaped("with an axis of 1 last", shape + [1])
        reshaped("with an axis of 2 last", shape + [2])
        reshaped("with an axis of 0 last", shape + [0])
        reshaped("without the first axis", Array(shape.dropFirst()))
        reshaped("without the last axis", Array(shape.dropLast()))
        reshaped("with its axes reversed", shape.reversed())
        reshaped("flat", [shape.elementCount])
        reshaped("of 64 axes", [Int](repeating: 1, count: 64 - shape.count) + shape)
        reshaped("of 64 axes, the last of 1", shape + [Int](repeating: 1, count: 64 - shape.count))
        for type in DType.allCases where changesType && type != dtype {
            add("of \(type)", { $0.dtype = type })
        }
        if dtype.isInteger {
            for value in [-1, -3, -100, 3, 5, 100, Int.min, 1 << 33, Int.max] {
                add("of \(value) everywhere") {
                    $0.fill = value
                }
            }
        }
        return list
    }
}
