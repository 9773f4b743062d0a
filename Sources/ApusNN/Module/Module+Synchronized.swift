import Apus

/// A batch normalisation whose statistics can be those of all ranks.
protocol SynchronizableNorm: Module {
    var isSynchronized: Bool { get set }
}

extension Module {
    /// Sets `isSynchronized` of every `BatchNorm` and `ComplexBatchNorm` inside, also those of a `NaiveComplexBatchNorm`: in training
    /// on several ranks, within `withRankSums`, they then use the statistics of the whole batch.
    ///
    /// Synchronized norms give what one process gives of the whole batch only where the backward pass starts from the rank's share of
    /// the whole batch's loss, since gradients of all ranks' losses meet in them: that is a mean times rows of the rank / rows of
    /// the batch. (PyTorch: `SyncBatchNorm.convert_sync_batchnorm`.)
    public func synchronizeBatchNorms(_ isSynchronized: Bool = true) {
        for case let (_, norm as any SynchronizableNorm) in namedModules() {
            norm.isSynchronized = isSynchronized
        }
    }
}
