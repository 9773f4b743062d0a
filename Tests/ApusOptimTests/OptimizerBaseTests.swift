import Apus
import ApusNN
import ApusOptim
import Testing
import _ApusTestSupport

/// What the base of the optimizers does, beside their formulas.
@Suite struct OptimizerBaseTests {
    /// Parameters of many sizes with gradients; the largest is more than a thread's piece.
    private func model() -> [Parameter] {
        [[3, 4], [1, 1], [200, 300], [7, 5], [2, 2]].enumerated().map { index, shape in
            let count = shape[0] * shape[1]
            func wave(_ phase: Double) -> Tensor {
                Tensor(
                    (0..<count).map { Double($0 * (index + 1)) + phase }, shape: Shape(shape), dtype: .float64
                )
                .sin().to(.float32)
            }
            let parameter = Parameter(wave(0.1))
            parameter.grad = wave(0.7)
            return parameter
        }
    }

    private func bytes(_ parameters: [Parameter]) -> [[UInt8]] {
        parameters.map { $0.value.withUnsafeBytes { Array($0) } }
    }

    @Test(arguments: OptimizerCase.all)
    func threadsChangeNoBit(_ test: OptimizerCase) {
        func stepped(_ threads: Int) -> [[UInt8]] {
            withThreads(threads) {
                let parameters = model()
                let optimizer = test.make(parameters)
                for _ in 0..<3 { optimizer.step() }
                return bytes(parameters)
            }
        }
        #expect(stepped(1) == stepped(3))
    }

    /// Stepped together or each by itself.
    @Test(arguments: OptimizerCase.all)
    func companyChangesNoBit(_ test: OptimizerCase) {
        let (together, alone) = (model(), model())
        let optimizer = test.make(together)
        let each = alone.map { test.make([$0]) }
        for _ in 0..<3 {
            optimizer.step()
            for single in each { single.step() }
        }
        #expect(bytes(together) == bytes(alone))
    }

    @Test(arguments: OptimizerCase.all)
    func theGuardedDeviceGivesTheSameBits(_ test: OptimizerCase) {
        func stepped(_ device: Device) -> [[UInt8]] {
            let parameters = model().map { parameter in
                let moved = Parameter(parameter.value.detach().to(device))
                moved.grad = parameter.grad!.to(device)
                return moved
            }
            let optimizer = test.make(parameters)
            for _ in 0..<2 { optimizer.step() }
            return bytes(parameters)
        }
        #expect(stepped(.guarded) == stepped(.cpu))
    }

    @Test(arguments: OptimizerCase.all)
    func emptyParametersAreStepped(_ test: OptimizerCase) {
        let (empty, other) = (Parameter(.zeros([0, 3])), Parameter(.ones([1, 2])))
        let optimizer = test.make([empty, other])
        empty.grad = .zeros([0, 3])
        other.grad = .ones([1, 2])
        optimizer.step()
        #expect(empty.shape == [0, 3] && other.value.array(of: Float.self) != [1, 1])
        #expect(other.value.isFinite().all().item(as: Bool.self))
    }

    /// What is NaN is seen in the parameter, and nowhere else.
    @Test(arguments: OptimizerCase.all.filter { !["LAMB", "Adafactor", "Muon"].contains($0.name) })
    func notANumberStaysWhereItIs(_ test: OptimizerCase) {
        let parameter = Parameter(.ones([1, 3]))
        let optimizer = test.make([parameter])
        parameter.grad = Tensor([[1, Float.nan, 1]])
        optimizer.step()
        optimizer.step()
        #expect(parameter.value.isNaN().array(of: Bool.self) == [false, true, false])
    }

    @Test func groupsHaveTheirSettings() {
        let (a, b, c) = (Parameter(.ones([1])), Parameter(.ones([1])), Parameter(.ones([1])))
        let optimizer = AdamW(
            [
                ParameterGroup([a, b], learningRate: 0.5),
                ParameterGroup([c], weightDecay: 0.25, betas: (0.5, 0.75)),
            ], learningRate: 0.125, weightDecay: 0.0625)
        #expect(optimizer.groups.map(\.learningRate) == [0.5, 0.125])
        #expect(optimizer.groups.map(\.weightDecay) == [0.0625, 0.25])
        #expect(optimizer.groups[0].betas! == (0.9, 0.999) && optimizer.groups[1].betas! == (0.5, 0.75))
        #expect(optimizer.groups[0].momentum == nil)
        #expect(
            optimizer.parameters.count == 3 && optimizer.parameters[2] === c && optimizer.learningRate == 0.5)
        optimizer.learningRate = 0
        #expect(optimizer.groups.map(\.learningRate) == [0, 0])
        for parameter in [a, b, c] { parameter.grad = .ones([1]) }
        optimizer.step()
        #expect([a, b, c].allSatisfy { $0.value.item(as: Float.self) == 1 })
        optimizer.groups[1].learningRate = 1
        optimizer.step()
        #expect(a.value.item(as: Float.self) == 1 && c.value.item(as: Float.self) < 0)
    }

    /// Two halves of a batch, each with half of the loss, are the batch.
    @Test func gradientsAccumulate() {
        let (whole, halves) = (Parameter(.ones([2])), Parameter(.ones([2])))
        let (first, second) = (Tensor([1, 2] as [Float]), Tensor([5, -3] as [Float]))
        let (ofWhole, ofHalves) = (Adam([whole], learningRate: 0.1), Adam([halves], learningRate: 0.1))
        for _ in 0..<3 {
            ofWhole.zeroGradients()
            ((whole.value.square() * (first + second)).sum() / 2).backward()
            ofWhole.step()
            ofHalves.zeroGradients()
            for half in [first, second] { ((halves.value.square() * half).sum() / 2).backward() }
            ofHalves.step()
        }
        for (a, b) in zip(whole.value.array(of: Float.self), halves.value.array(of: Float.self)) {
            #expect(abs(a - b) < 1e-6)
        }
    }

    /// They had velocities alone, with or without a momentum.
    @Test func statesOfSGDOfBeforeAreLoaded() throws {
        let parameter = Parameter(.ones([2]))
        let momentum = SGD([parameter], learningRate: 0.1, momentum: 0.5)
        try momentum.load(["velocity.0": Tensor([1, 2] as [Float])])
        parameter.grad = .zeros([2])
        momentum.step()
        #expect(parameter.value.array(of: Float.self) == [0.95, 0.9])
        try SGD([parameter], learningRate: 0.1).load(["velocity.0": .zeros([2])])
        #expect(throws: StateMismatch.self) {
            try SGD([parameter], learningRate: 0.1).load(["velocity.1": .zeros([2])])
        }
    }

    /// No memory is taken by later steps, and none is lost.
    @Test(arguments: OptimizerCase.all)
    func stepsTakeNoMemory(_ test: OptimizerCase) {
        weak var gone: Optimizer?
        do {
            let parameters = [Parameter(.ones([300, 400]))]
            let optimizer = test.make(parameters)
            gone = optimizer
            parameters[0].grad = .ones([300, 400])
            func addresses() -> [UnsafeRawPointer?] {
                let state = optimizer.stateDictionary().filter { $0.key != "step" }.sorted { $0.key < $1.key }
                return ([parameters[0].value.detach()] + state.map(\.value)).filter { $0.count > 1000 }.map {
                    $0.withUnsafeBytes { $0.baseAddress }
                }
            }
            optimizer.step()
            let before = addresses()
            for _ in 0..<3 { optimizer.step() }
            #expect(addresses() == before)
        }
        #expect(gone == nil)
    }
}
