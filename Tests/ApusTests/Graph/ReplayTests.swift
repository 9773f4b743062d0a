import Testing
import _ApusTestSupport

@testable import Apus

/// A traced graph, run on other inputs, gives the bits that the code gives: so nothing of an operation is missing from
/// its primitive, and nothing that depends on an input has become a constant.
@Suite struct ReplayTests {
    /// How many elements come out of these depends on what their inputs hold.
    static let shapedByValues: Set = [
        "binCount", "maskedSelect", "nonzero", "oneHot", "repeatInterleave", "subscript", "unique",
    ]

    /// What copies bytes out of its input into a tensor of its own makes a constant.
    static let constants: Set = ["fromBytes"]

    static func bytes(_ x: Tensor) -> [UInt8] { x.withUnsafeBytes { Array($0) } }

    /// Inputs as a sample describes them, from a seed.
    static func inputs(_ sample: Operation.Sample, _ dtype: DType, seed: UInt64) -> [Tensor] {
        let generator = RandomGenerator(seed: seed)
        return sample.inputs.map { input in
            switch input.fixedDType {
            case .bool: .bernoulli(input.shape, dtype: .bool, using: generator)
            case let fixed?:
                .randomIntegers(
                    input.shape, low: Int(input.low), high: Int(input.high), dtype: fixed, using: generator)
            case nil:
                Tensor.uniform(
                    input.shape, low: input.low, high: input.high,
                    dtype: dtype.isDifferentiable ? dtype : .float64, using: generator
                ).to(dtype)
            }
        }
    }

    @Test(arguments: OperationCase.all)
    func everySampleRunsAsAGraph(_ test: OperationCase) throws {
        for dtype in test.operation.dtypes {
            let traced = Self.inputs(test.sample, dtype, seed: 1)
            if Self.constants.contains(test.operation.name) { continue }
            let graph = Trace.of(traced) { [test.sample.call($0)] }
            for seed in 1...2 as ClosedRange<UInt64> {
                let inputs = Self.inputs(test.sample, dtype, seed: seed)
                let expected = test.sample.call(inputs)
                let found: Tensor
                do { found = try graph.run(inputs)[0] } catch {
                    if Self.shapedByValues.contains(test.operation.name) { continue }
                    throw error
                }
                if found.shape != expected.shape, Self.shapedByValues.contains(test.operation.name) {
                    continue
                }
                let isEqual =
                    found.shape == expected.shape && found.dtype == expected.dtype
                    && Self.bytes(found) == Self.bytes(expected)
                #expect(isEqual, "\(test.testDescription) in \(dtype), inputs \(seed):\n\(graph)")
            }
        }
    }

    /// What gradients are made of is written down like anything else.
    @Test(arguments: OperationCase.all.filter { $0.operation.isDifferentiable })
    func everyGradientRunsAsAGraph(_ test: OperationCase) throws {
        guard let dtype = test.operation.dtypes.first(where: { $0 == .float64 || $0 == .complex128 }),
            !Self.shapedByValues.contains(test.operation.name)
        else { return }
        func gradients(_ inputs: [Tensor]) -> [Tensor] {
            let leaves = inputs.map { $0.dtype.isDifferentiable ? $0.requiringGradient() : $0 }
            let wanted = leaves.filter { $0.requiresGradient }
            let result = test.sample.call(leaves)
            if !result.requiresGradient || wanted.isEmpty { return [result.detach()] }
            return gradient(of: result, at: wanted, upstream: .ones(like: result))
        }
        let graph = Trace.of(Self.inputs(test.sample, dtype, seed: 1), gradients)
        let inputs = Self.inputs(test.sample, dtype, seed: 2)
        let found = try graph.run(inputs)
        for (found, expected) in zip(found, gradients(inputs)) {
            #expect(
                Self.bytes(found) == Self.bytes(expected), "gradient of \(test.testDescription):\n\(graph)")
        }
    }
}
