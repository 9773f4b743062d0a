import Testing

@testable import Apus

/// Kernels along rows take another way for short rows, long rows and columns; all must find the same.
@Suite struct RowLengthTests {
    @Test(arguments: [1, 2, 7, 31, 32, 63, 64, 300, 1_100])
    func extremesAgree(_ length: Int) {
        for dtype in [DType.uint8, .int32, .int64, .float32, .float64, .float16] {
            for rows in [1, 15, 16, 37] {
                // Few different values, so that ties are common.
                let x = ((Tensor.arange(rows * length) * 7_919) % 23).reshape([rows, length]).to(dtype)
                check(x)
                check(x.transpose().contiguous().transpose())
            }
        }
    }

    @Test(arguments: [2, 31, 64, 300])
    func notANumberWinsWhereItComesFirst(_ length: Int) {
        for dtype in [DType.float32, .float64] {
            var x = Tensor.arange(40 * length, dtype: .float64).reshape([40, length]).to(dtype)
            x[7, 1] = Tensor(Double.nan, dtype: dtype)
            x[9, 0] = Tensor(Double.nan, dtype: dtype)
            x[9, length - 1] = Tensor(Double.nan, dtype: dtype)
            for y in [x, x.transpose().contiguous().transpose()] {
                for extreme in [y.max(axis: 1), y.min(axis: 1)] {
                    #expect(extreme.values[7].item(as: Double.self).isNaN)
                    #expect(extreme.indices[7].item(as: Int.self) == 1)
                    #expect(extreme.indices[9].item(as: Int.self) == 0)
                    #expect(!extreme.values[8].item(as: Double.self).isNaN)
                }
            }
        }
    }

    private func check(_ x: Tensor) {
        let (rows, length) = (x.shape[0], x.shape[1])
        let elements = x.to(.float64).array(of: Double.self)
        let (largest, smallest) = (x.max(axis: 1), x.min(axis: 1))
        let (most, least) = (x.argmax(axis: 1), x.argmin(axis: 1))
        for row in 0..<rows {
            let values = Array(elements[(row * length)..<((row + 1) * length)])
            let (high, low) = (values.max()!, values.min()!)
            #expect(largest.values[row].item(as: Double.self) == high)
            #expect(largest.indices[row].item(as: Int.self) == values.firstIndex(of: high)!)
            #expect(most[row].item(as: Int.self) == values.firstIndex(of: high)!)
            #expect(smallest.values[row].item(as: Double.self) == low)
            #expect(smallest.indices[row].item(as: Int.self) == values.firstIndex(of: low)!)
            #expect(least[row].item(as: Int.self) == values.firstIndex(of: low)!)
        }
    }

    @Test(arguments: [1, 5, 31, 32, 70])
    func layerNormAgreesWithItsFormula(_ length: Int) {
        for rows in [1, 16, 45] {
            let x = ((Tensor.arange(rows * length) * 7_919) % 23).reshape([rows, length]).to(.float64)
            let weight = Tensor.arange(length, dtype: .float64) * 0.5 + 1
            let bias = Tensor.arange(length, dtype: .float64) - 2
            let mean = x.mean(axis: 1, keepDims: true)
            let variance = ((x - mean) * (x - mean)).mean(axis: 1, keepDims: true)
            let normal = (x - mean) / (variance + 1e-5).sqrt()
            let cases = [
                (x.layerNorm(), normal), (x.layerNorm(weight: weight), normal * weight),
                (x.layerNorm(weight: weight, bias: bias), normal * weight + bias),
                (x.layerNorm(bias: bias), normal + bias),
            ]
            for (got, want) in cases {
                #expect((got - want).abs().max().item(as: Double.self) < 1e-12)
            }
        }
    }
}
