import ComplexModule
import Foundation
import Testing
import _ApusTestSupport

@testable import Apus

/// Every operation against PyTorch's values and gradients, in every type it takes.
@Suite struct GoldenTests {
    @Test(arguments: OperationCase.all)
    func valuesEqualPyTorch(_ test: OperationCase) throws {
        let golden = try test.golden()
        for dtype in test.operation.dtypes {
            let inputs = test.inputs(golden, dtype.golden, as: dtype)
            let name = "\(test.index).\(dtype.golden).result"
            let expected = try #require(golden[name], "no golden value \(name)")
            let found = test.sample.call(inputs)
            if found.dtype == .uint8 && dtype == .uint8 { continue }  // wraps where int64 does not
            let tolerance = dtype.isDifferentiable ? dtype.tolerance : DType.float32.tolerance
            let problem = difference(
                found, expected, relative: tolerance.relative * 4, absolute: tolerance.absolute * 4)
            #expect(problem == nil, "\(test.testDescription) in \(dtype): \(problem ?? "")")
        }
    }

    @Test(arguments: OperationCase.all.filter(\.operation.isDifferentiable))
    func gradientsEqualPyTorch(_ test: OperationCase) throws {
        let golden = try test.golden()
        for dtype in test.operation.dtypes
        where dtype == .float64 || dtype == .complex128 || dtype == .float32 {
            var inputs = test.inputs(golden, dtype.golden, as: dtype)
            for index in test.differentiable { inputs[index] = inputs[index].requiringGradient() }
            let result = test.sample.call(inputs)
            guard result.requiresGradient else {
                #expect(
                    golden["\(test.index).\(dtype.golden).gradient0"] == nil,
                    "\(test.testDescription) dropped its gradient")
                continue
            }
            let weights = Tensor(
                (0..<max(result.count, 1)).map { cos(Double($0 + 1)) }.prefix(result.count).map { $0 },
                shape: result.shape,
                dtype: .float64)
            let upstream =
                result.dtype.isComplex
                ? weights.to(.complex128) * Complex<Double>(1, 0.5) : weights
            result.backward(upstream.to(result.dtype))
            for index in test.differentiable {
                let expected = try #require(
                    golden["\(test.index).\(dtype.golden).gradient\(index)"], "no golden gradient")
                let found = inputs[index].grad ?? .zeros(like: inputs[index])
                let tolerance = dtype.tolerance
                let problem = difference(
                    found, expected, relative: tolerance.relative * 10, absolute: tolerance.absolute * 10)
                #expect(
                    problem == nil, "\(test.testDescription) in \(dtype), input \(index): \(problem ?? "")")
            }
        }
    }

    /// Writes the list of samples for `Scripts/golden.py`; see `make golden`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["APUS_GOLDEN_MANIFEST"] != nil))
    func exportManifest() throws {
        struct InputRecord: Encodable {
            let shape: [Int]
            let low: Double
            let high: Double
            let dtype: String?
            let values: [Double]
            let imaginary: [Double]
        }
        struct SampleRecord: Encodable {
            let index: Int
            let reference: String
            let dtypes: [String]
            let inputs: [InputRecord]
        }
        struct OperationRecord: Encodable {
            let name: String
            let isDifferentiable: Bool
            let samples: [SampleRecord]
        }
        let records = Operation.all.map { operation in
            OperationRecord(
                name: operation.name, isDifferentiable: operation.isDifferentiable,
                samples: operation.samples.enumerated().map { index, sample in
                    SampleRecord(
                        index: index, reference: sample.reference,
                        dtypes: Set(operation.dtypes.map(\.golden)).sorted(),
                        inputs: sample.inputs.enumerated().map { position, input in
                            // Four decimals, different for every input.
                            func values(_ salt: Int) -> [Double] {
                                var state = UInt64(
                                    truncatingIfNeeded:
                                        operation.name.utf8.reduce(7) { ($0 &* 31) &+ Int($1) } &+ position
                                        * 977
                                        &+ salt)
                                return (0..<input.shape.elementCount).map { _ in
                                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                                    let unit = Double(state >> 40) / Double(1 << 24)
                                    let value = input.low + (input.high - input.low) * unit
                                    return input.fixedDType.map { $0.isInteger } == true
                                        ? value.rounded(.down) : (value * 1e4).rounded() / 1e4
                                }
                            }
                            return InputRecord(
                                shape: input.shape, low: input.low, high: input.high,
                                dtype: input.fixedDType?.description,
                                values: values(0), imaginary: values(5551))
                        })
                })
        }
        let path = ProcessInfo.processInfo.environment["APUS_GOLDEN_MANIFEST"]!
        try JSONEncoder().encode(records).write(to: URL(filePath: path))
    }
}
