import Apus
import ApusDistributed
import ApusModels
import ApusNN

/// How much of the sums between nodes a backward pass hides: of ResNet-18 on 32 images of 3×112×112, median
/// milliseconds.
///
/// All ranks run a pass without sums, sums without a pass, and both, in turns.
struct OverlapMeasurement {
    private let group: any ProcessGroup

    init(_ group: any ProcessGroup) { self.group = group }

    func run(steps: Int, images count: Int) throws -> String {
        let model = ResNet(.resNet18)
        let images = Tensor.uniform([count, 3, 112, 112], low: 0, high: 1)
        let labels = Tensor((0..<count).map { $0 })
        let parallel = try DataParallel(model, in: group, bucketBytes: nil, overlaps: true)
        func loss() -> Tensor { model(images).softmaxCrossEntropy(labels) }
        // The buckets' order is known after the first.
        _ = try parallel.backward(loss())
        var times = [[Double]](repeating: [], count: 3)
        for _ in 0..<steps {
            for kind in 0..<3 {
                let loss = kind == 1 ? nil : loss()
                model.zeroGradients()
                try group.barrier()
                let time = try ContinuousClock().measure {
                    if kind == 0 { loss!.backward() } else { _ = try parallel.backward(loss) }
                    // The slowest rank counts.
                    try group.barrier()
                }
                times[kind].append(time / .milliseconds(1))
            }
        }
        let (pass, sums, both) = (median(times[0]), median(times[1]), median(times[2]))
        let hidden = 100 * (1 - (both - pass) / sums)
        return "backward \(pass), sums \(sums), both \(both): \(Int(hidden)) % hidden"
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
