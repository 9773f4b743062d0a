import Apus
import ApusData
import ApusModels
import ApusNN
import ApusOptim

extension Recipe {
    /// Distils what a large network knows into a small one (Hinton, Vinyals & Dean 2015, "Distilling the knowledge in a neural
    /// network").
    ///
    /// In the first `teacher_epochs` a convolutional network learns to read digits, from all samples. In the rest its student,
    /// which has an eighth of its numbers, learns from `samples` of them alone: from their labels, and from what its teacher
    /// says of each. That a 4 looks a little like a 9 says more than that it is a 4, and keeps the student from learning its few
    /// digits by heart (section 6 of the paper, "Soft targets as regularizers").
    ///
    /// With `teacher: false` the student learns from the labels alone, beginning with the same weights, in the same epochs
    /// and from the same batches: the difference is the teacher's doing.
    public static let distill = Recipe(
        "distill", "a small network, 784-16-10, that learns digits from a convolutional teacher", on: .digits,
        epochs: 6, batchSize: 32, learningRate: 1e-3,
        settings: [
            "teacher": true, "teacher_epochs": 2, "temperature": 4.0, "alpha": 0.9, "samples": 300,
        ],
        isClassifier: true, takes: [.optimizer, .schedule, .metrics, .initializer], targets: .classes,
        model: { _ in MLP(.init(widths: [784, 16, 10])) }
    ) { recipe, configuration in
        let settings = try DistillationSettings(configuration)
        let data = try RunData(configuration.data, of: recipe.source)
        let count = data.train.count
        // An epoch of the teacher has all samples once; one of the student is as long, and has its few again and again.
        let sampler = Sampler(count: count) { epoch, random in
            let own = epoch < settings.teacherEpochs ? count : min(settings.samples, count)
            return (0..<count).map { $0 % own }.shuffled(using: &random)
        }
        let loader = DataLoader(
            data.train, batchSize: configuration.options.batchSize, sampler: sampler,
            seed: configuration.options.seed)
        return PreparedRun(digest: data.digest) { setup in
            let options = configuration.options
            let student = try setup.makeModel() as! MLP
            let teacher = ConvNet(.mnist)

            // The teacher learns from the labels.
            var plain = options
            plain.averageDecay = nil
            let teaching = SupervisedLearner(
                teacher, .classification, Adam(teacher.parameters(), learningRate: 1e-3), options: plain)

            // The student learns from both, in the epochs after those; its schedule counts them alone.
            let objective = Objective { (student: MLP, batch: LabeledBatch) in
                let logits = student(batch.inputs)
                var loss = logits.softmaxCrossEntropy(batch.labels)
                if settings.hasTeacher && student.isTraining {
                    let advice = teacher.withEvaluationMode { withInferenceMode { teacher(batch.inputs) } }
                    loss =
                        loss * (1 - settings.alpha)
                        + distillationLoss(logits, advice, settings.temperature) * settings.alpha
                }
                return BatchResult(loss: loss, predictions: logits, targets: batch.labels)
            }
            var own = setup
            own.configuration.options.epochs -= settings.teacherEpochs
            let learning = SupervisedLearner(
                student, objective,
                try own.optimizer(student.parameters()) { Adam($0, learningRate: $1) },
                schedule: try own.schedule(samples: count), options: options)

            var school = options
            school.epochs = settings.teacherEpochs
            let learner = DistillationLearner(
                teaching, learning, teacherSteps: school.stepCount(samples: count),
                hasTeacher: settings.hasTeacher)
            return try setup.trainer(
                learner, train: BatchSource(loader), test: data.testBatches,
                metrics: try setup.metrics(orElse: [Accuracy()]))
        }
    }
}

/// How far the student's softened probabilities are from the teacher's: T²·KL(softmax(teacher / T) ‖ softmax(student / T)). The
/// factor T² keeps its gradient as large as that of the labels whatever the temperature T.
private func distillationLoss(_ student: Tensor, _ teacher: Tensor, _ temperature: Double) -> Tensor {
    let softened = (teacher / temperature).logSoftmax(axis: 1)
    return (student / temperature).logSoftmax(axis: 1)
        .klDivLoss(softened, logTarget: true, reduction: .batchMean) * (temperature * temperature)
}

/// A teacher that learns in the first steps, and a student that learns after them.
private final class DistillationLearner: Learner {
    private let teacher: SupervisedLearner<ConvNet, LabeledBatch>
    private let student: SupervisedLearner<MLP, LabeledBatch>
    private let teacherSteps: Int
    private let hasTeacher: Bool
    private var steps = 0

    init(
        _ teacher: SupervisedLearner<ConvNet, LabeledBatch>,
        _ student: SupervisedLearner<MLP, LabeledBatch>, teacherSteps: Int, hasTeacher: Bool
    ) {
        self.teacher = teacher
        self.student = student
        self.teacherSteps = teacherSteps
        self.hasTeacher = hasTeacher
    }

    var model: Module { student.model }

    private var isTeachersTurn: Bool { steps < teacherSteps }

    func train(on batches: [LabeledBatch]) throws -> Measurements {
        defer { steps += 1 }
        if !isTeachersTurn { return try student.train(on: batches) }
        if hasTeacher { return try teacher.train(on: batches) }
        // A student without a teacher waits, so that it learns in the same epochs.
        return [:]
    }

    func evaluate(on batch: LabeledBatch) throws -> BatchResult {
        var result = try student.evaluate(on: batch)
        if hasTeacher {
            let classes = teacher.trained(batch.inputs).argmax(axis: 1)
            let right = (classes .== batch.labels).to(.float32).mean()
            result.values.append(("teacher_accuracy", right))
        }
        return result
    }

    func withEvaluatedWeights<R>(_ body: () throws -> R) rethrows -> R {
        try student.withEvaluatedWeights {
            try teacher.model.withEvaluationMode(body)
        }
    }

    func evaluated(_ record: MetricsRecord) throws -> Measurements {
        isTeachersTurn ? [:] : try student.evaluated(record)
    }

    func stateDictionary() -> [String: Tensor] {
        var state = teacher.model.stateDictionary().prefixed("teacher.model.")
        state.merge(teacher.stateDictionary().prefixed("teacher.")) { $1 }
        state.merge(student.stateDictionary().prefixed("student.")) { $1 }
        state["steps"] = Tensor(steps)
        return state
    }

    func load(_ state: [String: Tensor]) throws {
        try state.check(parts: ["teacher.", "student."], names: ["steps"])
        let own = state.part("teacher.")
        try teacher.model.load(own.part("model."))
        try teacher.load(own.filter { !$0.key.hasPrefix("model.") })
        try student.load(state.part("student."))
        steps = try state.count("steps")
    }
}

/// The settings of `distill`, checked.
private struct DistillationSettings {
    let hasTeacher: Bool
    let teacherEpochs: Int
    let temperature: Double
    let alpha: Double
    let samples: Int

    init(_ configuration: RunConfiguration) throws {
        let own = Recipe.distill.settings.merging(configuration.settings) { $1 }
        hasTeacher = own["teacher"]?.asBool ?? true
        teacherEpochs = own["teacher_epochs"]?.asInt ?? 0
        temperature = own["temperature"]?.asNumber ?? .nan
        alpha = own["alpha"]?.asNumber ?? .nan
        samples = own["samples"]?.asInt ?? 0
        func bad(_ name: String, _ wanted: String) -> TrainingError {
            .badOption("distill: \(name) is \(own[name]!); it must be \(wanted)")
        }
        if !(temperature > 0) || !temperature.isFinite { throw bad("temperature", "a positive number") }
        if !(0...1 ~= alpha) { throw bad("alpha", "at least 0 and at most 1") }
        if samples < 1 { throw bad("samples", "at least 1") }
        if !(0..<configuration.options.epochs ~= teacherEpochs) {
            throw bad(
                "teacher_epochs",
                "at least 0 and below the number of epochs, \(configuration.options.epochs)")
        }
        if configuration.options.patience != nil {
            throw TrainingError.badOption(
                "distill takes no --patience: in the teacher's epochs the student does not get better")
        }
    }
}
