import Apus
import ApusData

/// Batches whose samples are mixed by mixup, by CutMix, or where there are both by one of them as a coin falls.
struct BatchMixing {
    private let mixUp: MixUp?
    private let cutMix: CutMix?

    /// - Parameters:
    ///   - mixUp: α of mixup; 0 for none.
    ///   - cutMix: α of CutMix; 0 for none.
    init(mixUp: Double, cutMix: Double) {
        self.mixUp = mixUp > 0 ? MixUp(alpha: mixUp) : nil
        self.cutMix = cutMix > 0 ? CutMix(alpha: cutMix) : nil
    }

    /// Whether anything is mixed.
    var isMixing: Bool { mixUp != nil || cutMix != nil }

    /// The batch's inputs mixed, and its targets as probabilities [samples, classes]; nil where nothing is mixed.
    func callAsFunction(_ batch: LabeledBatch, classes: Int) -> (inputs: Tensor, targets: Tensor)? {
        if !isMixing { return nil }
        var random = SampleGenerator()
        let targets = batch.labels.oneHot(classes: classes, dtype: batch.inputs.dtype)
        if let mixUp, cutMix == nil || Bool.random(using: &random) {
            return mixUp(batch.inputs, targets: targets, using: &random)
        }
        return cutMix!(batch.inputs, targets: targets, using: &random)
    }
}
