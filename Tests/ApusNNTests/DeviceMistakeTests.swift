import Apus
import ApusNN
import ApusOptim
import Testing

/// What is on two devices stops the program with a message that names both and what to do.
@Suite struct DeviceMistakeTests {
    private static func text(_ result: ExitTest.Result?) -> String {
        String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    }

    @Test func anInputIsElsewhereThanTheParameters() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = Sequential(Linear(3, 4))
            model.to(.guarded)
            _ = model(.ones([2, 3]))
        }
        #expect(
            Self.text(result).contains(
                "linear in 0 of Sequential: input 0 is on cpu and input 1, of shape [4, 3], on guarded: move one with .to(.cpu)"
            ))
    }

    @Test func anOptimizerHasParametersOfTwoDevices() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let (first, second) = (Linear(3, 4, bias: false), Linear(4, 2, bias: false))
            second.to(.guarded)
            _ = SGD(first.parameters() + second.parameters(), learningRate: 1)
        }
        #expect(
            Self.text(result).contains(
                "SGD: parameter 1 (weight) is on guarded and parameter 0 (weight) on cpu: move the whole model with "
                    + ".to(.cpu) before the optimizer is made"))
    }

    @Test func aModelMovesAfterItsOptimizerWasMade() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = Linear(3, 4, bias: false)
            let optimizer = Adam(model.parameters(), learningRate: 1)
            model.to(.guarded)
            model(Tensor.ones([2, 3]).to(.guarded)).sum().backward()
            optimizer.step()
        }
        #expect(
            Self.text(result).contains(
                "Adam: parameter 0 (weight) has moved to guarded, but was on cpu when the optimizer was made: make a new one"
            ))
    }

    @Test func aGradientIsElsewhere() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = Linear(3, 4, bias: false)
            model.to(.guarded)
            let optimizer = SGD(model.parameters(), learningRate: 1)
            model.parameters()[0].grad = .ones([4, 3])
            optimizer.step()
        }
        #expect(
            Self.text(result).contains(
                "the gradient of parameter 0 (weight) is on cpu, not on guarded: move it"))
    }

    @Test func aFrozenModelIsElsewhereThanItsInput() throws {
        let model = Linear(3, 4)
        let frozen = model.frozen(input: [2, 3])
        let x = Tensor.ones([2, 3]).to(.guarded)
        #expect(throws: GraphError.inputDevice("input", expected: .cpu, found: .guarded)) { try frozen(x) }
        let expected = try frozen(.ones([2, 3]))
        model.to(.guarded)
        let moved = model.frozen(input: [2, 3])
        for _ in 1...3 {
            let y = try moved(x)
            #expect(y.device == .guarded && y.array(of: Float.self) == expected.array(of: Float.self))
        }
        #expect(throws: GraphError.inputDevice("input", expected: .guarded, found: .cpu)) {
            try moved(.ones([2, 3]))
        }
        #expect(try moved.graphs[0].memory().tensors == 0)
    }

    /// What was saved on the processor goes on where the model is.
    @Test func statesAreLoadedToTheDevice() throws {
        func model() -> Linear {
            let model = Linear(3, 4)
            model.weight.value = .ones([4, 3])
            return model
        }
        func step(_ model: Linear, _ optimizer: Adam, _ device: Device) {
            model(Tensor.ones([2, 3]).to(device)).sum().backward()
            optimizer.step()
        }
        let first = model()
        let optimizer = Adam(first.parameters(), learningRate: 0.1)
        step(first, optimizer, .cpu)
        let second = Linear(3, 4)
        second.to(.guarded)
        let other = Adam(second.parameters(), learningRate: 0.1)
        try second.load(first.stateDictionary())
        try other.load(optimizer.stateDictionary())
        optimizer.zeroGradients()
        step(first, optimizer, .cpu)
        step(second, other, .guarded)
        #expect(second.weight.value.device == .guarded)
        #expect(second.weight.value.array(of: Float.self) == first.weight.value.array(of: Float.self))
    }
}
