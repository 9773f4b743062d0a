import Apus
import ApusNN
import Foundation

/// Sums while the backward pass goes on: a thread of its own makes all calls of the group, and sums a bucket
/// as soon as it is full, in the order of the plan, which is the same on all ranks.
///
/// A gradient is copied into its bucket when it is collected, while it is in the nearer caches.
final class OverlappedGradientSum: GradientSum, @unchecked Sendable {
    private let group: any ProcessGroup
    private let parameters: [Parameter]
    private let plan: BucketPlan
    /// One for each bucket.
    private let buffers: [SharedBuffer]
    private let step: StepNumbers
    /// Of each parameter the places of its pieces: bucket, and number in it.
    private let places: [[(bucket: Int, piece: Int)]]

    // Of the pass at hand; only the thread that runs it uses them.
    private var isCollected: [Bool] = []
    private var missingPieces: [Int] = []

    /// What the two threads tell each other; within its lock.
    private let progress = NSCondition()
    /// How many buckets are full, from the first.
    private var fullCount = 0
    private var numbersAreThere = false
    /// How many sums are done: the buckets', then that of the numbers.
    private var doneCount = 0
    private var error: DistributedError?

    /// Made by all ranks together.
    ///
    /// - Parameter order: the parameters' indices, each once, as their gradients are collected on rank 0.
    init(
        _ group: any ProcessGroup, _ parameters: [Parameter], order: [Int], bucketBytes: Int
    ) throws(DistributedError) {
        self.group = group
        self.parameters = parameters
        let plan = BucketPlan(of: parameters.forms, in: order, .betweenNodes(most: bucketBytes))
        self.plan = plan
        step = try StepNumbers(group, parameterCount: parameters.count)
        var buffers: [SharedBuffer] = []
        for bucket in plan.buckets { buffers.append(try group.makeBuffer(byteCount: bucket.byteCount)) }
        self.buffers = buffers
        var places = [[(bucket: Int, piece: Int)]](repeating: [], count: parameters.count)
        for (index, bucket) in plan.buckets.enumerated() {
            for (number, piece) in bucket.pieces.enumerated() {
                places[piece.parameter].append((index, number))
            }
        }
        self.places = places
    }

    func backward(_ loss: Tensor?, numbers: [Double]) throws(DistributedError) -> [Double] {
        try step.reserve(numbers.count)
        prepare()
        // Where the pass itself sums over ranks, as synchronized batch normalisations do, other calls would come
        // between its own, in another order on each rank.
        let isAlone = RankSums.current == nil
        if isAlone { startCommunicating() }
        if let loss {
            let hooks = parameters.enumerated().map { index, parameter in
                parameter.value.registerCollectionHook { [self] in collect($0, of: index) }
            }
            loss.backward()
            for hook in hooks { hook.remove() }
        }
        if !isAlone { startCommunicating() }
        for (index, parameter) in parameters.enumerated() where !isCollected[index] {
            collect(parameter.grad, of: index)
        }
        var gradients = takeGradients(of: parameters)
        defer { giveBack(gradients, to: parameters) }
        step.write(gradients, numbers)
        tell { numbersAreThere = true }
        for index in plan.buckets.indices {
            try wait(forSums: index + 1)
            copy(index, to: &gradients)
        }
        try wait(forSums: plan.buckets.count + 1)
        // Whether others have what this rank has not is known only now.
        let missing = step.missing(in: gradients, of: parameters)
        if !missing.isEmpty {
            var late = [Tensor?](repeating: nil, count: gradients.count)
            for (index, zeros) in missing { late[index] = zeros }
            for index in plan.buckets.indices { copy(index, to: &late) }
            for (index, _) in missing { gradients[index] = late[index] }
        }
        return step.numbers
    }

    private func copy(_ bucket: Int, to gradients: inout [Tensor?]) {
        plan.buckets[bucket].copy(
            0..<plan.buckets[bucket].count, of: buffers[bucket].own, to: &gradients)
    }

    private func prepare() {
        isCollected = parameters.map { _ in false }
        missingPieces = plan.buckets.map(\.pieces.count)
        progress.lock()
        (fullCount, numbersAreThere, doneCount, error) = (0, false, 0, nil)
        progress.unlock()
    }

    private func startCommunicating() {
        let thread = Thread { [self] in communicate() }
        thread.name = "gradients"
        thread.start()
    }

    /// Copies a parameter's gradient into its buckets, and hands over those that are full.
    private func collect(_ gradient: Tensor?, of parameter: Int) {
        if isCollected[parameter] {
            fail(
                "DataParallel",
                "the gradient of \(title(parameter)) was collected twice in a backward pass: a hook must not run another one"
            )
        }
        isCollected[parameter] = true
        let values = gradient?.detach().contiguous()
        for (bucket, piece) in places[parameter] {
            plan.buckets[bucket].fill(
                buffers[bucket].own, plan.buckets[bucket].pieces[piece], from: values)
            missingPieces[bucket] -= 1
        }
        // Only this thread changes `fullCount`.
        var full = fullCount
        while full < missingPieces.count && missingPieces[full] == 0 { full += 1 }
        if full != fullCount { tell { fullCount = full } }
    }

    private func title(_ parameter: Int) -> String {
        parameters[parameter].knownName ?? "parameter \(parameter)"
    }

    /// What the thread does that makes the group's calls.
    private func communicate() {
        do {
            for (index, bucket) in plan.buckets.enumerated() {
                wait { fullCount > index }
                try group.sum(buffers[index], count: bucket.count, as: bucket.dtype)
                tell { doneCount = index + 1 }
            }
            wait { numbersAreThere }
            try step.sum()
            tell { doneCount = plan.buckets.count + 1 }
        } catch {
            tell { self.error = error }
        }
    }

    private func tell(_ change: () -> Void) {
        progress.lock()
        change()
        progress.broadcast()
        progress.unlock()
    }

    private func wait(_ isReady: () -> Bool) {
        progress.lock()
        while !isReady() { progress.wait() }
        progress.unlock()
    }

    /// Waits for so many sums; the error that kept them from being made is thrown.
    private func wait(forSums count: Int) throws(DistributedError) {
        var failure: DistributedError?
        wait {
            failure = error
            return failure != nil || doneCount >= count
        }
        if let failure { throw failure }
    }
}
