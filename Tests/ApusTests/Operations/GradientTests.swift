import ComplexModule
import Testing
import _ApusTestSupport

@testable import Apus

/// Every gradient against central differences in double precision, and the gradient's own gradient.
@Suite struct GradientTests {
    @Test(arguments: OperationCase.all.filter { $0.operation.isDifferentiable && $0.sample.hasTrueGradient })
    func gradientsEqualDifferences(_ test: OperationCase) throws {
        let golden = try test.golden()
        for dtype in test.operation.dtypes where dtype == .float64 || dtype == .complex128 {
            let inputs = test.inputs(golden, dtype.golden, as: dtype)
            do {
                try checkGradients(at: inputs, checked: test.differentiable) { test.sample.call($0) }
            } catch { Issue.record("\(test.testDescription) in \(dtype): \(error)") }
        }
    }

    @Test(
        arguments: OperationCase.all.filter {
            $0.operation.isTwiceDifferentiable && $0.sample.hasTrueGradient
        })
    func secondGradientsEqualDifferences(_ test: OperationCase) throws {
        let golden = try test.golden()
        let dtype: DType = test.operation.dtypes.contains(.float64) ? .float64 : .complex128
        let inputs = test.inputs(golden, dtype.golden, as: dtype)
        do {
            try checkGradients(at: inputs, checked: test.differentiable, tolerance: 1e-4) { inputs in
                withGradient {
                    var inputs = inputs
                    for index in test.differentiable where !inputs[index].requiresGradient {
                        inputs[index] = inputs[index].requiringGradient()
                    }
                    let result = test.sample.call(inputs)
                    guard result.requiresGradient else { return Tensor(0.0, dtype: .float64) }
                    let real = result.dtype.isComplex ? (result * result.conjugate()).real : result * result
                    let gradients = gradient(
                        of: real.sum(), at: test.differentiable.map { inputs[$0] }, createGraph: true)
                    return gradients.reduce(Tensor(0.0, dtype: .float64)) { total, gradient in
                        let flat =
                            gradient.dtype.isComplex
                            ? gradient.real + (gradient * Complex<Double>(0, -1)).real : gradient
                        return total + (flat * flat).sum()
                    }
                }
            }
        } catch { Issue.record("\(test.testDescription): \(error)") }
    }
}
