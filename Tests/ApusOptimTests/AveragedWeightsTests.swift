import Apus
import ApusNN
import ApusOptim
import Testing

@Suite struct AveragedWeightsTests {
    private func model() -> BatchNorm1d {
        let model = BatchNorm1d(5)
        for parameter in model.parameters() { parameter.value = parameter.value.to(.float64) }
        for (_, buffer) in model.namedBuffers() where buffer.value.dtype == .float32 {
            buffer.value = buffer.value.to(.float64)
        }
        return model
    }

    /// The same three updates as in the fixture.
    private func train(_ model: BatchNorm1d, _ average: AveragedWeights, steps: Range<Int> = 0..<3) throws {
        for step in steps {
            func numbers(_ step: Int) throws -> Tensor {
                try PeerFixture.tensor("input.any.gradient.\(step).1")
            }
            for (name, parameter) in model.namedParameters() {
                parameter.value = try numbers(name == "weight" ? step : step + 3)
            }
            for (name, buffer) in model.namedBuffers() where name == "running_mean" {
                buffer.value = try numbers(step + 6)
            }
            average.update()
        }
    }

    @Test(arguments: ["equal", "exponential", "buffers"])
    func averagesArePyTorchs(_ name: String) throws {
        let model = model()
        let average =
            switch name {
            case "equal": AveragedWeights(of: model)
            case "exponential": ExponentialMovingAverage(of: model, decay: 0.8)
            default: ExponentialMovingAverage(of: model, decay: 0.8, averagesBuffers: true)
            }
        try train(model, average)
        for key in ["weight", "bias", "running_mean"] {
            try PeerFixture.expect(average.weights[key]!, equals: "average.\(name).\(key)")
        }
        #expect(average.updateCount == 3)
    }

    @Test func anAverageGoesOnWhereItStopped() throws {
        let model = model()
        let whole = ExponentialMovingAverage(of: model, decay: 0.8)
        try train(model, whole)
        let first = ExponentialMovingAverage(of: model, decay: 0.8)
        try train(model, first, steps: 0..<2)
        let second = ExponentialMovingAverage(of: self.model(), decay: 0.8)
        try second.load(first.stateDictionary())
        let rest = ExponentialMovingAverage(of: model, decay: 0.8)
        try rest.load(second.stateDictionary())
        try train(model, rest, steps: 2..<3)
        for (name, value) in whole.weights {
            #expect(rest.weights[name]!.array(of: Double.self) == value.array(of: Double.self), "\(name)")
        }
        #expect(throws: StateMismatch.self) { try rest.load([:]) }
        var wrong = rest.stateDictionary()
        wrong["updates"] = Tensor(-1)
        #expect(throws: StateMismatch.self) { try rest.load(wrong) }
        wrong["updates"] = Tensor(1)
        wrong["weights.weight"] = .ones([4])
        let error = #expect(throws: StateMismatch.self) { try rest.load(wrong) }
        #expect(error?.description.contains("weights.weight is [4], expected [5]") == true)
        #expect(rest.updateCount == 3)
    }

    @Test func aModelHasItsAveragesForAWhile() throws {
        struct Stop: Error {}
        let model = Linear(2, 1, bias: false)
        model.weight.value = Tensor([[1.0, 2]])
        let average = AveragedWeights(of: model)
        average.update()
        model.weight.value = Tensor([[3.0, 6]])
        average.update()
        model.weight.grad = Tensor([[5.0, 5]])
        func now() -> [Float] { model.weight.value.array(of: Float.self) }
        func address() -> UnsafeRawPointer? { model.weight.value.withUnsafeBytes { $0.baseAddress } }
        let before = address()
        let seen = withAveragedWeights(of: average) {
            // Steps taken meanwhile change neither.
            let seen = now()
            withoutGradient { model.weight.value += 100 }
            return seen
        }
        #expect(
            seen == [2, 4] && now() == [3, 6] && average.weights["weight"]!.array(of: Float.self) == [2, 4])
        #expect(address() == before && model.weight.grad?.array(of: Float.self) == [5, 5])
        #expect(throws: Stop.self) { try withAveragedWeights(of: average) { throw Stop() } }
        #expect(now() == [3, 6])
        // The leaf is the one it was.
        (model.weight.value * 2).sum().backward()
        #expect(model.weight.grad?.array(of: Float.self) == [7, 7])
        try model.load(average.weights)
        #expect(now() == [2, 4])
    }

    @Test func updatesAreInPlace() {
        let model = Linear(30, 20)
        let average = ExponentialMovingAverage(of: model)
        average.update()
        func addresses() -> [UnsafeRawPointer?] {
            ["weight", "bias"].map { name in average.weights[name]!.withUnsafeBytes { $0.baseAddress } }
        }
        let before = addresses()
        withoutGradient { model.weight.value += 1 }
        average.update()
        #expect(addresses() == before)
    }

    @Test func aWarmUpForgetsTheFirstWeightsSoon() {
        let model = Linear(1, 1, bias: false)
        let average = ExponentialMovingAverage(of: model, decay: 0.99, warmsUp: true)
        model.weight.value = .zeros([1, 1])
        average.update()
        model.weight.value = .ones([1, 1])
        average.update()
        #expect(abs(average.weights["weight"]!.item(as: Double.self) - (1 - 2.0 / 11)) < 1e-6)
    }
}
