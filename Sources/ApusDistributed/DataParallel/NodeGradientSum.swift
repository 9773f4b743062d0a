import Apus
import ApusNN

/// Sums within a node, after the backward pass: the transfer is work of the same cores, and nothing would be
/// hidden behind it.
///
/// A bucket goes through the nearer caches: all copy their gradients into it, each adds its n-th of all, and
/// each copies the sums from where they were added. Two buckets take turns for a model of any size. So a
/// gradient is read and written once in main memory.
struct NodeGradientSum: GradientSum {
    private let group: any ProcessGroup
    private let parameters: [Parameter]
    private let plan: BucketPlan
    private let buffers: [SharedBuffer]
    private let step: StepNumbers

    /// Made by all ranks together, as they make the same buckets.
    init(_ group: any ProcessGroup, _ parameters: [Parameter], bucketBytes: Int) throws(DistributedError) {
        self.group = group
        self.parameters = parameters
        plan = BucketPlan(of: parameters.forms, in: Array(parameters.indices), .even(bucketBytes))
        step = try StepNumbers(group, parameterCount: parameters.count)
        var buffers: [SharedBuffer] = []
        for _ in 0..<min(2, plan.buckets.count) {
            buffers.append(try group.makeBuffer(byteCount: plan.buckets.map(\.byteCount).max()!))
        }
        self.buffers = buffers
    }

    func backward(_ loss: Tensor?, numbers: [Double]) throws(DistributedError) -> [Double] {
        try step.reserve(numbers.count)
        loss?.backward()
        var gradients = takeGradients(of: parameters)
        defer { giveBack(gradients, to: parameters) }
        // First, as it says which gradients there are; and as who comes here has copied what was in the
        // buffers before.
        step.write(gradients, numbers)
        try step.sum()
        for (index, zeros) in step.missing(in: gradients, of: parameters) { gradients[index] = zeros }
        for (index, bucket) in plan.buckets.enumerated() {
            // Two buckets on from the last use of this buffer: all have come to the sum in between, and so
            // have copied that one.
            let buffer = buffers[index % 2]
            bucket.fill(buffer.own, from: gradients)
            try group.reduceScatter(buffer, count: bucket.count, as: bucket.dtype)
            for (rank, memory) in buffer.pointers.enumerated() {
                bucket.copy(group.part(of: bucket.count, rank: rank), of: memory, to: &gradients)
            }
        }
        return step.numbers
    }
}

extension [Parameter] {
    /// What a plan of buckets is made by.
    var forms: [(count: Int, dtype: DType)] { map { ($0.value.count, $0.value.dtype) } }
}
