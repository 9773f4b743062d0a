import Apus
import ApusNN
import ApusOptim
import Foundation
import Testing

/// What every optimizer promises, whatever its formula.
@Suite struct OptimizerTests {
    @Test func everyFileHasAnOptimizerInTheList() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/ApusOptim/Rules")
        let listed = Set(OptimizerCase.all.map(\.name))
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where file.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let classes = text.matches(of: /class (\w+): Optimizer/).map { String($0.1) }
            #expect(listed.isSuperset(of: classes), "\(file): not all of \(classes) are in OptimizerCase.all")
        }
    }

    @Test(arguments: OptimizerCase.all)
    func stateGoesOnWhereItStopped(_ test: OptimizerCase) throws {
        func train(_ parameter: Parameter, _ optimizer: Optimizer, _ steps: Int) {
            for _ in 0..<steps {
                optimizer.zeroGradients()
                (parameter.value * parameter.value).sum().backward()
                optimizer.step()
            }
        }
        let whole = Parameter(Tensor([1.0, 2], shape: [1, 2]))
        train(whole, test.make([whole]), 10)
        let first = Parameter(Tensor([1.0, 2], shape: [1, 2]))
        let half = test.make([first])
        train(first, half, 4)
        let second = Parameter(first.value)
        let rest = test.make([second])
        try rest.load(half.stateDictionary())
        train(second, rest, 6)
        #expect(second.value.array(of: Float.self) == whole.value.array(of: Float.self))
        #expect(throws: StateMismatch.self) { try rest.load([:]) }
        var other = test.make([Parameter(.ones([1, 3]))]).stateDictionary()
        // What keeps nothing has no shapes to compare.
        if other.count > 1 { #expect(throws: StateMismatch.self) { try rest.load(other) } }
        other["more"] = .ones([1])
        #expect(throws: StateMismatch.self) { try rest.load(other) }
    }

    /// A complex parameter moves as its two parts would.
    @Test(arguments: OptimizerCase.all.filter(\.takesComplex))
    func complexParametersAreTwoRealOnes(_ test: OptimizerCase) {
        let parts = Tensor([0.5, -1, 2, 0.25, -0.75, 1.5], shape: [3, 2])
        let (z, pair) = (Parameter(parts.viewAsComplex()), Parameter(parts))
        let (ofNumber, ofParts) = (test.make([z]), test.make([pair]))
        for _ in 0..<10 {
            ofNumber.zeroGradients()
            z.value.abs().square().sum().backward()
            ofNumber.step()
            ofParts.zeroGradients()
            pair.value.square().sum().backward()
            ofParts.step()
        }
        let found = z.value.viewAsReal().array(of: Float.self)
        for (a, b) in zip(found, pair.value.array(of: Float.self)) { #expect(abs(a - b) < 1e-5) }
        #expect(found != parts.array(of: Float.self))
    }

    /// Gradients and values that do not lie contiguous are stepped as those that do.
    @Test(arguments: OptimizerCase.all, [DType.float32, .float64, .complex64])
    func viewsAreSteppedAlike(_ test: OptimizerCase, _ dtype: DType) {
        if dtype.isComplex && !test.takesComplex { return }
        let values = Tensor([1.0, -2, 3, 4, -5, 6], shape: [3, 2], dtype: dtype)
        let slopes = Tensor([0.5, 1, -1.5, 2, 2.5, -3], shape: [3, 2], dtype: dtype)
        let row = Tensor([1.0, 2, 3], dtype: dtype)
        func stepped(_ value: Tensor, _ gradients: [Tensor]) -> [Float] {
            let parameter = Parameter(value)
            let optimizer = test.make([parameter])
            for gradient in gradients {
                parameter.grad = gradient
                optimizer.step()
            }
            let result = parameter.value.detach()
            return (dtype.isComplex ? result.viewAsReal() : result).array(of: Float.self)
        }
        let views = [
            slopes.transpose(), row.broadcast(to: [2, 3]), slopes.reshape([2, 3]).flip(axis: 0),
            Tensor.ones([], dtype: dtype).broadcast(to: [2, 3]),
        ]
        let expected = stepped(
            values.transpose().contiguous(), views.map { Tensor.zeros([2, 3], dtype: dtype) + $0 })
        #expect(stepped(values.transpose(), views) == expected)
    }

    @Test(arguments: OptimizerCase.all)
    func aParameterSharedWithAGraphIsCopiedNotCorrupted(_ test: OptimizerCase) {
        let parameter = Parameter(Tensor([1.0, 2], shape: [1, 2]))
        let before = parameter.value
        let loss = (parameter.value * parameter.value).sum()
        loss.backward(retainGraph: true)
        test.make([parameter]).step()
        #expect(before.array(of: Float.self) == [1, 2])
        #expect(parameter.value.array(of: Float.self) != [1, 2])
    }

    @Test(arguments: OptimizerCase.all)
    func stepsAreInPlace(_ test: OptimizerCase) {
        let random = RandomGenerator(seed: 1)
        let model = Sequential(
            Linear(3, 2, bias: false, using: random), Linear(2, 2, bias: false, using: random))
        let optimizer = test.make(model.parameters())
        func addresses() -> [UnsafeRawPointer?] {
            model.parameters().map { $0.value.withUnsafeBytes { $0.baseAddress } }
        }
        let before = addresses()
        for _ in 0..<2 {
            optimizer.zeroGradients()
            let loss = model(.ones([4, 3])).relu().sum()
            loss.backward()
            optimizer.step()
        }
        #expect(addresses() == before)
    }

    /// What has changed since the optimizer was made is found at each step.
    @Test(arguments: OptimizerCase.all.indices)
    func everyStepIsChecked(_ index: Int) async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [index = index as Int] in
            let parameter = Parameter(.ones([1, 2]), name: "scale")
            let optimizer = OptimizerCase.all[index].make([parameter])
            parameter.grad = .ones([1, 2])
            optimizer.step()
            parameter.value = .ones([1, 2000])
            parameter.grad = .ones([1, 2000])
            optimizer.step()
        }
        #expect(message(result).contains("\(OptimizerCase.all[index].name): parameter 0 (scale) has become"))
    }
}

/// What a process that ended wrote to its standard error.
func message(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}
