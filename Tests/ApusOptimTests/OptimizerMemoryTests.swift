import Apus
import ApusNN
import ApusOptim
import Testing

/// What optimizers reach by its address has the shape and type that they take it to have.
@Suite struct OptimizerMemoryTests {
    struct Mistake: Sendable {
        let words: [String]
        let make: @Sendable (Sequential, Optimizer) -> Void

        init(_ words: String..., make: @escaping @Sendable (Sequential, Optimizer) -> Void) {
            self.words = words
            self.make = make
        }
    }

    private static func weight(_ model: Sequential) -> Parameter { (model[0] as! Linear).weight }

    /// A model's first weight is `0.weight`, float32 of shape [2, 3].
    static let mistakes: [Mistake] = [
        Mistake(
            "grad: the gradient is float32 of shape [3], but parameter 0.weight is float32 of shape [2, 3]"
        ) {
            model, _ in weight(model).grad = .ones([3])
        },
        Mistake("grad: ", "parameter 0.weight is float32 of shape [2, 3]") { model, _ in
            weight(model).grad = .ones([4000, 4000])
        },
        Mistake("grad: the gradient is float64", "parameter 0.weight") { model, _ in
            weight(model).grad = .ones([2, 3], dtype: .float64)
        },
        Mistake("grad: the gradient is complex64", "parameter 0.weight") { model, _ in
            weight(model).value.grad = .ones([2, 3], dtype: .complex64)
        },
        Mistake("registerHook: ", "parameter 0.weight is float32") { model, _ in
            weight(model).value.registerHook { _ in .ones([40, 50]) }
            model(.ones([1, 3])).sum().backward()
        },
        Mistake("mine gave a gradient of shape [3] for input 0, parameter 0.weight, of shape [2, 3]") {
            model, _ in
            differentiable("mine", [weight(model).value], forward: { $0[0] }, backward: { _ in [.ones([3])] })
                .sum().backward()
        },
        Mistake("grad: ", "but parameter kernel is float32 of shape [2]") { _, _ in
            Parameter(.ones([2]), name: "kernel").grad = .ones([3])
        },
        Mistake("grad: ", "but the parameter is float32 of shape [2]") { _, _ in
            Parameter(.ones([2])).grad = .ones([3])
        },
        Mistake("grad: parameter 0.weight is frozen") { model, _ in
            weight(model).isTrainable = false
            weight(model).grad = .ones([2, 3])
        },
        Mistake("grad: parameter 0.weight is computed by a parametrization") { model, _ in
            (model[0] as! Linear).weightNorm()
            weight(model).grad = .ones([2, 3])
        },
        Mistake(
            "parameter 0.weight is computed by a parametrization in shape [2, 3]", "values of shape [2, 1]"
        ) {
            model, _ in
            (model[0] as! Linear).weightNorm()
            weight(model).value = .ones([2, 1])
        },
        Mistake("parameter 0.weight cannot be int64") { model, _ in
            weight(model).value = .ones([2, 3], dtype: .int64)
        },
        Mistake(
            "parameter 0 (0.weight) has become float32 of shape [30, 40], but was float32 of shape [2, 3]"
        ) {
            model, optimizer in
            weight(model).value = .ones([30, 40])
            weight(model).grad = .ones([30, 40])
            optimizer.step()
        },
        Mistake("parameter 0 (0.weight) has become float32 of shape [1]") { model, optimizer in
            weight(model).value = .ones([1])
            weight(model).grad = .ones([1])
            optimizer.step()
        },
        Mistake("parameter 0 (0.weight) has become float64 of shape [2, 3]") { model, optimizer in
            weight(model).value = weight(model).value.to(.float64)
            weight(model).grad = .ones([2, 3], dtype: .float64)
            optimizer.step()
        },
        Mistake("parameter 0 (0.weight) has become complex64") { model, optimizer in
            weight(model).value = .ones([2, 3], dtype: .complex64)
            weight(model).grad = .ones([2, 3], dtype: .complex64)
            optimizer.step()
        },
        Mistake("parameter 0 (0.weight) has become float32 of shape [6]") { model, optimizer in
            func replace(_ value: inout Tensor) { value = .ones([6]) }
            replace(&weight(model).value)
            weight(model).grad = .ones([6])
            optimizer.step()
        },
        Mistake("parameter 0 (0.weight) is computed by a parametrization: make the optimizer") {
            model, optimizer in
            (model[0] as! Linear).weightNorm()
            model(.ones([1, 3])).sum().backward()
            optimizer.step()
        },
        Mistake("parameter 0 (0.weight) is computed by a parametrization") { model, _ in
            (model[0] as! Linear).weightNorm()
            _ = SGD([weight(model)], learningRate: 1)
        },
        Mistake("parameter 0 (0.weight) is float16; it takes float32") { model, _ in
            weight(model).value = weight(model).value.to(.float16)
            _ = Adam([weight(model)])
        },
        Mistake("parameter 2 (weight) is among the parameters twice") { model, _ in
            _ = Adam([ParameterGroup((model[0] as! Linear).parameters()), ParameterGroup([weight(model)])])
        },
        Mistake("SGD: its formula has no betas that a group could change") { model, _ in
            _ = SGD([ParameterGroup([weight(model)], betas: (0.9, 0.9))], learningRate: 1)
        },
        Mistake("SGD: its formula has no momentum") { model, _ in
            SGD([weight(model)], learningRate: 1).groups[0].momentum = 0.9
        },
        Mistake("Adam: a learning rate of nan was set; it must be 0 or more") { _, optimizer in
            optimizer.groups[0].learningRate = .nan
        },
        Mistake("AdamW: a weight decay of -1.0 was set") { model, _ in
            _ = AdamW([ParameterGroup([weight(model)], weightDecay: -1)])
        },
        Mistake("Adam: a beta of 1.0 was set; it must be 0 or more, and below 1") { model, _ in
            _ = Adam([weight(model)], betas: (0.9, 1))
        },
        Mistake("Adam: there are no groups of parameters") { _, _ in _ = Adam([ParameterGroup]()) },
        Mistake("SGD: Nesterov's momentum needs a momentum above 0, and a dampening of 0") { model, _ in
            _ = SGD([weight(model)], learningRate: 1, momentum: 0.9, dampening: 0.1, nesterov: true)
        },
        Mistake("Muon: parameter 1 (0.bias) is float32 of shape [2]; it takes real matrices") { model, _ in
            _ = Muon(model.parameters())
        },
        Mistake("Muon: iterationType is int32; it must be a real floating-point type") { model, _ in
            _ = Muon([weight(model)], iterationType: .int32)
        },
        Mistake("Adafactor: parameter 0 is complex64; it takes real parameters") { _, _ in
            _ = Adafactor([Parameter(.ones([2], dtype: .complex64))])
        },
        Mistake("Adafactor: clipping is 0.5; it must be 1.0 to inf") { model, _ in
            _ = Adafactor([weight(model)], clipping: 0.5)
        },
        Mistake("clipGradientNorm: the norm of the gradients is inf") { model, _ in
            weight(model).grad = .full([2, 3], Double.infinity)
            clipGradientNorm(of: model.parameters(), to: 1, stopsIfNotFinite: true)
        },
        Mistake("Scheduler: reduceOnPlateau needs a metric") { _, optimizer in
            Scheduler(optimizer, .reduceOnPlateau()).step()
        },
        Mistake("Scheduler: the optimizer has no momentum to change") { model, _ in
            _ = Scheduler(Adagrad([weight(model)]), .oneCycle(steps: 10))
        },
        Mistake("chained: reduceOnPlateau cannot be a part of it") { _, _ in
            _ = Schedule.chained([.constant, .reduceOnPlateau()])
        },
        Mistake("sequential: 2 schedules need 1 rising steps to begin at, not []") { _, _ in
            _ = Schedule.sequential([.constant, .constant], at: [])
        },
        Mistake("Mine: it does not override update") { model, _ in
            weight(model).grad = .ones([2, 3])
            Optimizer("Mine", [weight(model)], learningRate: 1).step()
        },
        Mistake("Mine: its update has changed the shape or type of parameter 0") { model, _ in
            final class Mine: Optimizer {
                override func update(
                    _ value: inout Tensor, gradient: Tensor, slots: inout [Tensor], step: Int, group: Group
                ) { value = .ones([7]) }
            }
            weight(model).grad = .ones([2, 3])
            Mine("Mine", [weight(model)], learningRate: 1).step()
        },
        Mistake("AveragedWeights: 0.weight has become float32 of shape [3]") { model, _ in
            let average = AveragedWeights(of: model)
            weight(model).value = .ones([3])
            average.update()
        },
    ]

    @Test(arguments: mistakes.indices)
    func mistakesStopWithTheParametersName(_ index: Int) async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [index = index as Int] in
            let model = Sequential(Linear(3, 2), ReLU(), Linear(2, 2))
            let optimizer = OptimizerCase.all[0].make(model.parameters())
            OptimizerMemoryTests.mistakes[index].make(model, optimizer)
        }
        for word in OptimizerMemoryTests.mistakes[index].words {
            #expect(message(result).contains(word), "\(message(result))")
        }
    }

    @Test func aParameterIsALeafOfItsOwn() {
        let (a, b) = (Parameter(.ones([2])), Parameter(.zeros([2])))
        b.value = a.value
        func assign(_ target: inout Tensor, _ source: Tensor) { target = source }
        let c = Parameter(.zeros([2]))
        assign(&c.value, a.value)
        (a.value * 3).sum().backward()
        #expect(a.grad?.array(of: Float.self) == [3, 3])
        #expect(b.grad == nil && c.grad == nil)
        (b.value * 2 + c.value).sum().backward()
        #expect(b.grad?.array(of: Float.self) == [2, 2] && c.grad?.array(of: Float.self) == [1, 1])
        withoutGradient { a.value -= 1 }
        a.isTrainable = true
        #expect(a.grad?.array(of: Float.self) == [3, 3])
    }

    @Test func freezingReachesWhatComputesAWeight() {
        let linear = Linear(3, 2).weightNorm()
        linear.weight.isTrainable = false
        linear(.ones([1, 3])).sum().backward()
        #expect(linear.namedParameters().filter { $0.parameter.grad != nil }.map(\.name) == ["bias"])
    }

    @Test func aStateOfWrongTypesOrNumbersIsRefused() throws {
        let parameter = Parameter(.ones([2]))
        let adam = Adam([parameter])
        parameter.grad = .ones([2])
        adam.step()
        let good = adam.stateDictionary()
        let wrong: [(name: String, value: Tensor, words: String)] = [
            ("mean.0", .ones([2], dtype: .complex64), "complex mean.0"),
            ("square.0", .ones([3]), "square.0 is [3], expected [2]"),
            ("step", Tensor([-1], shape: [1]), "step has -1, not whole numbers from 0"),
            ("step", Tensor(Int.max), "step has 9223372036854775807"),
            ("step", Tensor(Double.nan), "step has float32 elements"),
            ("step", Tensor(Double.infinity), "step has float32 elements"),
            ("step", Tensor(1.5), "step has float32 elements"),
            ("step", Tensor(1e30), "step has float32 elements"),
            ("step", Tensor(true), "step has bool elements"),
            ("step", .ones([1], dtype: .complex64), "complex step"), ("step", .ones([2]), "step is [2]"),
        ]
        for (name, value, words) in wrong {
            var state = good
            state[name] = value
            let error = #expect(throws: StateMismatch.self) { try adam.load(state) }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
            #expect(error?.description.contains("\n") == false)
        }
        #expect(adam.stepCount == 1)
        let sgd = SGD([parameter], learningRate: 1, momentum: 0.9)
        #expect(throws: StateMismatch.self) { try sgd.load(["velocity.0": .ones([2], dtype: .complex64)]) }
        try sgd.load(["velocity.0": .ones([2], dtype: .float64)])
        #expect(sgd.stateDictionary()["velocity.0"]?.dtype == .float32)
    }
}
