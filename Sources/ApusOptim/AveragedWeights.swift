import Apus
import ApusKernelCalls
import ApusNN

/// The mean of a model's weights over the calls of ``update()`` (stochastic weight averaging, Izmailov et al. 2018).
/// PyTorch's AveragedModel.
///
/// ```swift
/// let average = AveragedWeights(of: model)
/// …
/// average.update()                                         // after a step, or an epoch
/// let accuracy = withAveragedWeights(of: average) { evaluate(model) }
/// try model.load(average.weights)                          // for good
/// ```
public class AveragedWeights {
    /// Calls of ``update()`` so far.
    public private(set) final var updateCount = 0

    private let model: Module
    private let averagesBuffers: Bool
    private let parameters: [(name: String, parameter: Parameter)]
    private let buffers: [(name: String, buffer: Buffer)]
    private var values: [Tensor]
    private var bufferValues: [Tensor]

    /// Begins with the weights that the model has now; the first update replaces them.
    ///
    /// - Parameters:
    ///   - model: whose parameters are averaged.
    ///   - averagesBuffers: average buffers of floating-point numbers too, such as running statistics; others are copied
    ///     at each update.
    public init(of model: Module, averagesBuffers: Bool = false) {
        self.model = model
        self.averagesBuffers = averagesBuffers
        parameters = model.namedParameters().first { $0.parameter }
        buffers = model.namedBuffers().first { $0.buffer }
        values = parameters.map { $0.parameter.value.detach() }
        bufferValues = buffers.map { $0.buffer.value }
    }

    /// How far an average goes to the model's weights at an update, of which there have been `count`.
    func weight(_ count: Int) -> Double { 1 / Double(count + 1) }

    /// Takes the model's weights of now into the average.
    public final func update() {
        let weight = weight(updateCount)
        withoutGradient {
            var step = TensorStep()
            for (index, (name, parameter)) in parameters.enumerated() {
                let value = parameter.value.detach()
                average(&values[index], value, name, weight, &step)
            }
            for (index, (name, buffer)) in buffers.enumerated() {
                if averagesBuffers && buffer.value.dtype.isDifferentiable {
                    average(&bufferValues[index], buffer.value, name, weight, &step)
                } else {
                    bufferValues[index] = buffer.value
                }
            }
            step.run(Kernels.lerpValues)
        }
        updateCount += 1
    }

    private func average(
        _ average: inout Tensor, _ value: Tensor, _ name: String, _ weight: Double, _ step: inout TensorStep
    ) {
        if value.shape != average.shape || value.dtype != average.dtype || value.device != average.device {
            fail(
                "AveragedWeights",
                "\(name) has become \(value.dtype) of shape \(value.shape) on \(value.device), but was \(average.dtype) "
                    + "of shape \(average.shape) on \(average.device): make a new average")
        }
        if [.float32, .float64].contains(value.dtype.realType) {
            step.add(&average, gradient: value, Kernels.lerpValues, coefficients: [weight])
        } else {
            average = average.lerp(value, weight: weight)
        }
    }

    /// The averages, and the model's other buffers as they were at the last update, by the names of the model's state
    /// dictionary.
    public final var weights: [String: Tensor] {
        // Tied parameters stand there under each name.
        var result: [String: Tensor] = [:]
        for (name, parameter) in model.namedParameters() {
            result[name] = values[parameters.firstIndex { $0.parameter === parameter }!]
        }
        for (name, buffer) in model.namedBuffers() {
            result[name] = bufferValues[buffers.firstIndex { $0.buffer === buffer }!]
        }
        return result
    }

    /// Runs `body` while the model has the averaged weights. No elements are copied, and parameters stay the leaves they
    /// are, with their gradients.
    fileprivate func withWeights<R>(_ body: () throws -> R) rethrows -> R {
        let kept = parameters.map { $0.parameter.value.detach() }
        let keptBuffers = buffers.map(\.buffer.value)
        defer { give(kept, keptBuffers) }
        give(values, bufferValues)
        return try body()
    }

    private func give(_ values: [Tensor], _ bufferValues: [Tensor]) {
        for (index, (_, parameter)) in parameters.enumerated() {
            parameter.value.replaceElements(with: values[index])
        }
        for (index, (_, buffer)) in buffers.enumerated() { buffer.value = bufferValues[index] }
    }

    /// Everything a checkpoint needs to go on: `updates`, and the averages under `weights.` and the names they have in the
    /// model.
    public final func stateDictionary() -> [String: Tensor] {
        var state = ["updates": Tensor(updateCount)]
        for (index, (name, _)) in parameters.enumerated() { state["weights.\(name)"] = values[index] }
        for (index, (name, _)) in buffers.enumerated() { state["weights.\(name)"] = bufferValues[index] }
        return state
    }

    /// Goes on from the state of another average of such a model.
    ///
    /// - Throws: `StateMismatch` with every name that does not fit; nothing is changed then.
    public final func load(_ state: [String: Tensor]) throws {
        var mismatch = StateMismatch(ofSlots: stateDictionary(), found: state)
        if mismatch.isEmpty, let wrong = wrongStepCount(state["updates"]!) {
            mismatch.invalid.append("updates has \(wrong), not whole numbers from 0 to \(mostSteps)")
        }
        if !mismatch.isEmpty { throw mismatch }
        updateCount = state["updates"]!.item(as: Int.self)
        for (index, (name, _)) in parameters.enumerated() {
            values[index] = state["weights.\(name)"]!.detach().to(values[index].dtype).to(
                values[index].device)
        }
        for (index, (name, _)) in buffers.enumerated() {
            let kept = bufferValues[index]
            bufferValues[index] = state["weights.\(name)"]!.detach().to(kept.dtype).to(kept.device)
        }
    }
}

/// The exponentially weighted mean of a model's weights over the calls of `update()` (Polyak & Juditsky 1992; Tarvainen &
/// Valpola 2017): average ← decay·average + (1 − decay)·weights. The first update takes the weights as they are.
public final class ExponentialMovingAverage: AveragedWeights {
    /// How much of the average stays at an update.
    public let decay: Double
    /// Takes min(decay, (1 + n)/(10 + n)) at update n, so that early weights are soon forgotten (TensorFlow's `num_updates`).
    public let warmsUp: Bool

    /// - Parameters:
    ///   - model: whose parameters are averaged.
    ///   - decay: how much of the average stays at an update, 0 to 1.
    ///   - warmsUp: take less while there have been few updates.
    ///   - averagesBuffers: average buffers of floating-point numbers too; others are copied at each update.
    public init(of model: Module, decay: Double = 0.999, warmsUp: Bool = false, averagesBuffers: Bool = false)
    {
        checkNumber("ExponentialMovingAverage", "decay", decay, 0...1)
        self.decay = decay
        self.warmsUp = warmsUp
        super.init(of: model, averagesBuffers: averagesBuffers)
    }

    override func weight(_ count: Int) -> Double {
        if count == 0 { return 1 }
        return 1 - (warmsUp ? min(decay, Double(1 + count) / Double(10 + count)) : decay)
    }
}

/// Runs `body` while the model has its averaged weights, to evaluate them, and gives it back those it had. Gradients
/// that were collected stay.
///
/// ```swift
/// let accuracy = withAveragedWeights(of: average) { evaluate(model) }
/// ```
public func withAveragedWeights<R>(of average: AveragedWeights, _ body: () throws -> R) rethrows -> R {
    try average.withWeights(body)
}

extension Array {
    /// Each object once, where it is first.
    fileprivate func first(_ object: (Element) -> AnyObject) -> [Element] {
        var seen = Set<ObjectIdentifier>()
        return filter { seen.insert(ObjectIdentifier(object($0))).inserted }
    }
}
