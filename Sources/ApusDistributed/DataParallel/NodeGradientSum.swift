import Apus
import ApusNN

/// Sums within a node, after the backward pass: the transfer is work of the same cores, and nothing would be
/// hidden behind it.
///
/// Each rank adds its n-th of a bucket, in place in its own gradients. It gives the others what they add, and then its sums,
/// in memory that all of them share. It writes there past the caches: another core reads it, and lines that two cores
/// have would first be taken from the other, which costs more than the way through main memory.
struct NodeGradientSum: GradientSum {
    private let group: any ProcessGroup
    private let parameters: [Parameter]
    private let plan: BucketPlan
    /// Two that buckets take in turn, so that they serve a model of any size.
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
        // Two buckets on from the last use of a buffer all have come to a barrier in between, and so have copied that one.
        for (index, bucket) in plan.buckets.enumerated() {
            try sum(bucket, buffers[index % 2], &gradients)
        }
        return step.numbers
    }

    private func sum(
        _ bucket: BucketPlan.Bucket, _ buffer: SharedBuffer, _ gradients: inout [Tensor?]
    ) throws(DistributedError) {
        let form = SumForm(bucket.dtype, "backward")
        let own = group.part(of: bucket.count)
        // What others add.
        for range in [0..<own.lowerBound, own.upperBound..<bucket.count] {
            bucket.withGradients(of: range, in: &gradients) { range, gradient in
                form.share(range, of: gradient, in: buffer.own)
            }
        }
        try group.barrier()
        bucket.withGradients(of: own, in: &gradients) { range, gradient in
            var sources = buffer.pointers
            sources[group.rank] = gradient
            form.add(sources, to: gradient, sharing: buffer.own, range)
        }
        try group.barrier()
        for other in 0..<group.size where other != group.rank {
            let part = group.part(of: bucket.count, rank: other)
            bucket.copy(part, of: buffer.pointers[other], to: &gradients)
        }
    }
}

extension [Parameter] {
    /// What a plan of buckets is made by.
    var forms: [(count: Int, dtype: DType)] { map { ($0.value.count, $0.value.dtype) } }
}
