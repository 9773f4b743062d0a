import Apus
import ApusNN
import Synchronization

/// A model of which each rank of a group has a copy: ranks compute gradients of their own samples, and all
/// get the sums.
///
/// Each rank makes its model, its optimizer, and this; after each step all have the same weights, bit for
/// bit. A rank's loss is the mean over its samples times its share of the whole batch's, so that the sums are
/// the gradient of the mean over all:
///
/// ```swift
/// let parallel = try DataParallel(model, in: group)
/// let optimizer = Adam(model.parameters())
/// for batch in batches {
///     let rows = group.part(of: batch.count)
///     let loss = rows.isEmpty ? nil : loss(batch[rows]) * (Double(rows.count) / Double(batch.count))
///     optimizer.zeroGradients()
///     let sums = try parallel.backward(loss, numbers: [loss?.item(as: Double.self) ?? 0])
///     optimizer.step()
/// }
/// ```
///
/// Sums are made in an order that the ranks, their nodes and the model determine, so that a run gives the
/// same bits each time. Within a node they are made after the backward pass, in a few megabytes of memory
/// that ranks share; between nodes by a thread of its own while the pass goes on, in buckets of gradients in
/// the order in which the first pass gave them. With one rank there is nothing but the backward pass.
public final class DataParallel {
    /// The ranks.
    public let group: any ProcessGroup

    private let model: Module
    private let parameters: [Parameter]
    private let buffers: [Buffer]
    private let bucketBytes: Int
    /// Whether gradients are sent while the backward pass goes on.
    private let overlaps: Bool

    /// What sums were planned by.
    private var forms: [Form] = []
    /// nil until the order of gradients is known.
    private var sum: (any GradientSum)?

    private struct Form: Equatable {
        let isTrained: Bool
        let dtype: DType
        let shape: Shape
    }

    /// Compares the ranks' models, and gives all the parameters and buffers of rank 0; all ranks call this.
    ///
    /// - Parameters:
    ///   - model: with all parameters that it will have; they may be frozen and unfrozen later, on all ranks
    ///     alike.
    ///   - bucketBytes: how many bytes of gradients are summed together, the same on all ranks. nil: 4 MiB
    ///     within a node; between nodes half of what remains, up to 25 MiB, and the first 1 MiB.
    ///
    /// Throws `DistributedError` where a rank's model has other parameters or buffers than rank 0's, with the
    /// rank and the first of them, and where the ranks cannot work together.
    public convenience init(
        _ model: Module, in group: any ProcessGroup, bucketBytes: Int? = nil
    ) throws(DistributedError) {
        // Within a node ranks read sums where others have made them; MPI's own all-reduce makes them
        // everywhere.
        let isOneNode = group.localSize == group.size && (group as? MPIGroup)?.road != .library
        try self.init(model, in: group, bucketBytes: bucketBytes, overlaps: !isOneNode)
    }

    /// - Parameter overlaps: whether gradients are sent while the backward pass goes on, which any group can
    ///   do.
    package init(
        _ model: Module, in group: any ProcessGroup, bucketBytes: Int?, overlaps: Bool
    ) throws(DistributedError) {
        if let bucketBytes, bucketBytes < 1 {
            fail("DataParallel", "buckets of \(bucketBytes) bytes: at least 1 is wanted")
        }
        self.group = group
        self.model = model
        self.bucketBytes =
            bucketBytes ?? (overlaps ? BucketPlan.Size.mostBetweenNodes : BucketPlan.Size.mostWithinNode)
        self.overlaps = overlaps
        parameters = model.parameters()
        var seen = Set<ObjectIdentifier>()
        buffers = model.namedBuffers().map(\.buffer).filter { seen.insert(ObjectIdentifier($0)).inserted }
        if group.size == 1 { return }
        try prepare()
        try broadcastState()
    }

    /// Gives all ranks the parameters and buffers of rank 0: a call that all ranks make. Collected gradients
    /// stay.
    public func broadcastState() throws(DistributedError) {
        if group.size == 1 { return }
        for parameter in parameters {
            let values = try group.broadcast(parameter.value.detach())
            if group.rank != 0 { parameter.value.replaceElements(with: values) }
        }
        for buffer in buffers {
            let values = try group.broadcast(buffer.value)
            if group.rank != 0 { buffer.value = values }
        }
    }

    /// The backward pass of this rank's part of the loss; then the `grad` of all parameters are the sums over
    /// the ranks. All ranks call this, each time.
    ///
    /// What was in `grad` before is summed too. So gradients are accumulated by calling `loss.backward()` for
    /// all micro-batches but the last, for which nothing is sent; and they must be zeroed after each step, or
    /// sums would be summed again. A parameter without gradient on all ranks has none afterwards; where some
    /// have one, the others count as zeros. Gradients that are held from before do not change.
    ///
    /// - Parameters:
    ///   - loss: the mean over this rank's samples times their share of all ranks'; nil on a rank without
    ///     samples.
    ///   - numbers: what else is summed, in float64, as many on all ranks: losses, counts, whether to stop.
    /// - Returns: the sums of `numbers`, the same bits on all ranks.
    ///
    /// Throws `DistributedError` where ranks cannot work together any more; what is in `grad` then is of no
    /// use.
    public func backward(_ loss: Tensor?, numbers: [Double] = []) throws(DistributedError) -> [Double] {
        if group.size == 1 {
            loss?.backward()
            return numbers
        }
        if currentForms() != forms { try prepare() }
        if let sum { return try sum.backward(loss, numbers: numbers) }
        let order = collectionOrder { loss?.backward() }
        let sum = try overlappedSum(order)
        self.sum = sum
        return try sum.backward(nil, numbers: numbers)
    }

    private func currentForms() -> [Form] {
        parameters.map { parameter in
            if parameter.parametrization != nil {
                fail(
                    "DataParallel",
                    "parameter \(parameter.knownName ?? "") is computed by a parametrization: parametrize before this is made"
                )
            }
            let value = parameter.value
            return Form(isTrained: value.requiresGradient, dtype: value.dtype, shape: value.shape)
        }
    }

    private var trained: [Parameter] { parameters.filter(\.value.requiresGradient) }

    /// Plans how gradients are summed, when the model is new or parameters have been frozen or unfrozen.
    private func prepare() throws(DistributedError) {
        forms = currentForms()
        try ModelForm(model, bucketBytes: bucketBytes).compare(in: group)
        sum = overlaps ? nil : try NodeGradientSum(group, trained, bucketBytes: bucketBytes)
    }

    /// Buckets in the order in which rank 0's gradients were there.
    private func overlappedSum(_ order: [Int]) throws(DistributedError) -> OverlappedGradientSum {
        let trained = trained
        // Those without gradient come last, and late layers before early ones, as they mostly do.
        let rest = Set(trained.indices).subtracting(order).sorted(by: >)
        let own = Tensor(order + rest, shape: [trained.count], dtype: .int64)
        let order = try group.broadcast(own).array(of: Int.self)
        return try OverlappedGradientSum(group, trained, order: order, bucketBytes: bucketBytes)
    }

    /// The trained parameters whose gradients `pass` collects, in order.
    private func collectionOrder(_ pass: () -> Void) -> [Int] {
        let order = Order()
        let hooks = trained.enumerated().map { index, parameter in
            parameter.value.registerCollectionHook { _ in order.indices.withLock { $0.append(index) } }
        }
        pass()
        for hook in hooks { hook.remove() }
        var seen = Set<Int>()
        return order.indices.withLock { $0 }.filter { seen.insert($0).inserted }
    }

    private final class Order: Sendable {
        let indices = Mutex<[Int]>([])
    }
}
