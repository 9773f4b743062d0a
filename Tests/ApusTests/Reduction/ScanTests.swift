import Apus
import Testing

/// Running sums and products of rows, which are computed four at a time, and sums from the end, the gradients of the former.
@Suite struct ScanTests {
    @Test(arguments: 1...9, [1, 2, 10, 700])
    func everyRowHasItsOwnSums(_ rows: Int, _ length: Int) {
        let values = (0..<rows * length).map { Double(($0 * 7919) % 101) - 50 }
        func running(_ elements: [Double], from end: Bool) -> [Double] {
            var result = elements
            for row in 0..<rows {
                let order = (0..<length).map { row * length + (end ? length - 1 - $0 : $0) }
                for (before, at) in zip(order, order.dropFirst()) { result[at] += result[before] }
            }
            return result
        }
        for dtype in [DType.int64, .float32, .float64] {
            let x = Tensor(values, shape: [rows, length], dtype: dtype)
            #expect(
                x.cumulativeSum(axis: 1).array(of: Double.self) == running(values, from: false), "\(dtype)")
            if !dtype.isFloatingPoint { continue }
            let leaf = x.requiringGradient()
            leaf.cumulativeSum(axis: 1).backward(x)
            #expect(leaf.grad!.array(of: Double.self) == running(values, from: true), "\(dtype)")
        }
        let (real, imaginary) = (
            Tensor(values, shape: [rows, length]), Tensor(Array(values.reversed()), shape: [rows, length])
        )
        let sums = Tensor.complex(real: real, imaginary: imaginary).cumulativeSum(axis: 1).viewAsReal()
        let expected = zip(running(values, from: false), running(values.reversed(), from: false))
        #expect(sums.array(of: Double.self) == expected.flatMap { [$0, $1] })
    }

    @Test(arguments: 1...9)
    func everyRowHasItsOwnProducts(_ rows: Int) {
        let values = (0..<rows * 12).map { [1.0, 2, -1, 0.5][($0 * 7 + $0 / 12) % 4] }
        var expected = values
        for i in expected.indices where i % 12 > 0 { expected[i] *= expected[i - 1] }
        let x = Tensor(values, shape: [rows, 12])
        #expect(x.cumulativeProduct(axis: 1).array(of: Double.self) == expected)
    }
}
