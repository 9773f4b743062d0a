import Apus
import Foundation
import Synchronization
import Testing

/// Convolutions of many shapes that threads come to at the same time, each for the first time.
@Suite struct ConcurrentConvolutionTests {
    /// oneDNN 2.6 compiles wrong code where two threads compile at once: about one shape in a hundred then had other sums.
    @Test(arguments: [DType.bfloat16, .float32])
    func shapesAreCompiledSideBySide(_ dtype: DType) {
        let wrong = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { worker in
            var random = SystemRandomNumberGenerator()
            let generator = RandomGenerator(seed: UInt64(worker))
            for _ in 0..<40 {
                let channels = Int.random(in: 1...6, using: &random)
                let outputs = Int.random(in: 1...6, using: &random)
                let (height, width) = (
                    Int.random(in: 3...9, using: &random), Int.random(in: 3...9, using: &random)
                )
                let x = Tensor.normal([2, channels, height, width], using: generator).to(dtype)
                let weight = Tensor.normal([outputs, channels, 3, 3], using: generator).to(dtype)
                let found = x.conv2d(weight, padding: 1).to(.float64)
                let expected = x.to(.float64).conv2d(weight.to(.float64), padding: 1)
                let error = (found - expected).abs().max().item(as: Double.self)
                if !(error < (dtype == .bfloat16 ? 0.2 : 1e-4)) {
                    wrong.withLock { $0.append("\(x.shape) to \(outputs): \(error)") }
                }
            }
        }
        let lines = wrong.withLock { $0 }
        #expect(lines.isEmpty, "\(lines)")
    }
}
