import Apus
import ApusModels
import ApusNN
import Testing

private final class Block: Module, Layer {
    let first = Linear(4, 3)
    let extra: Linear? = Linear(3, 3, bias: false)
    let branches = [Linear(3, 2), Linear(3, 2)]
    let scale = Parameter(.ones([2]))
    let drop = Dropout(0.5)

    func forward(_ x: Tensor) -> Tensor {
        let hidden = extra!(first(x).relu())
        return drop(branches[0](hidden) + branches[1](hidden)) * scale.value
    }
}

@Suite struct ModuleTests {
    @Test func namesArePropertiesAndIndices() {
        let names = Block().namedParameters().map(\.name)
        #expect(
            names == [
                "first.weight", "first.bias", "extra.weight", "branches.0.weight", "branches.0.bias",
                "branches.1.weight", "branches.1.bias", "scale",
            ])
        #expect(Array(MLP(.mnist).stateDictionary().keys).sorted().first == "layers.0.bias")
        #expect(MLP(.mnist).parameterCount == 784 * 400 + 400 + 400 * 100 + 100 + 100 * 10 + 10)
    }

    @Test func everyParameterGetsAGradient() {
        let block = Block()
        block(.ones([5, 4])).sum().backward()
        for (name, parameter) in block.namedParameters() {
            #expect(parameter.grad?.shape == parameter.shape, "\(name)")
        }
        block.zeroGradients()
        #expect(block.parameters().allSatisfy { $0.grad == nil })
    }

    @Test func evaluationReachesEveryLayer() {
        let block = Block()
        block.evaluate()
        #expect(!block.drop.isTraining)
        let x = Tensor.ones([5, 4])
        #expect(block(x).array(of: Float.self) == block(x).array(of: Float.self))
        block.train()
        #expect(block.drop.isTraining)
    }

    @Test func aFrozenParameterGetsNone() {
        let linear = Linear(2, 2)
        linear.weight.isTrainable = false
        linear(.ones([1, 2])).sum().backward()
        #expect(linear.weight.grad == nil)
        #expect(linear.bias!.grad != nil)
    }

    @Test func stateMovesBetweenModels() throws {
        let (a, b) = (MLP(.init(widths: [4, 3, 2])), MLP(.init(widths: [4, 3, 2])))
        try b.load(a.stateDictionary())
        let x = Tensor.ones([1, 4])
        #expect(a(x).array(of: Float.self) == b(x).array(of: Float.self))
    }

    @Test func allThatDoesNotFitIsListedAtOnce() {
        let model = MLP(.init(widths: [4, 3, 2]))
        let before = model.stateDictionary()["layers.0.bias"]!.array(of: Float.self)
        var state = MLP(.init(widths: [4, 3, 2])).stateDictionary()
        state["layers.0.weight"] = .zeros([3, 5])
        state["layers.2.weight"] = nil
        state["head.weight"] = .zeros([1])
        do {
            try model.load(state)
            Issue.record("a state that does not fit was loaded")
        } catch let mismatch as StateMismatch {
            #expect(mismatch.missing == ["layers.2.weight"])
            #expect(mismatch.unexpected == ["head.weight"])
            #expect(mismatch.misshapen == [.init(name: "layers.0.weight", expected: [3, 4], found: [3, 5])])
            #expect(mismatch.description.contains("layers.0.weight is [3, 5], expected [3, 4]"))
        } catch { Issue.record("\(error)") }
        #expect(model.stateDictionary()["layers.0.bias"]!.array(of: Float.self) == before)
    }

    @Test func whatAFileHasInAnotherTypeIsListedWithThatType() {
        let model = MLP(.init(widths: [4, 3, 2]))
        let before = model.stateDictionary()["layers.0.bias"]!.array(of: Float.self)
        var state = MLP(.init(widths: [4, 3, 2])).stateDictionary()
        state["layers.0.weight"] = nil
        let unsupported = ["layers.0.weight": "F8_E4M3", "scale": "U16"]
        for strict in [true, false] {
            do {
                try model.load(state, strict: strict, unsupported: unsupported)
                Issue.record("a state that does not fit was loaded")
            } catch let mismatch as StateMismatch {
                #expect(mismatch.missing.isEmpty && mismatch.unexpected.isEmpty)
                #expect(mismatch.unsupported == unsupported.filter { strict || $0.key != "scale" })
                #expect(mismatch.description.contains("not read layers.0.weight (F8_E4M3 in the file)"))
            } catch { Issue.record("\(error)") }
        }
        #expect(model.stateDictionary()["layers.0.bias"]!.array(of: Float.self) == before)
    }

    @Test func sharedParametersAreCountedOnce() {
        final class Tied: Module {
            let a: Linear
            let b: Linear
            override init() {
                a = Linear(2, 2)
                b = a
            }
        }
        let tied = Tied()
        #expect(tied.namedParameters().count == 4)
        #expect(tied.parameters().count == 2)
    }

    @Test func aSequenceEqualsItsLayersOneByOne() {
        let (a, b) = (Linear(4, 3), Linear(3, 2))
        let x = Tensor.normal([5, 4], using: RandomGenerator(seed: 4)).requiringGradient()
        func gradients(_ y: Tensor) -> [[Float]] {
            a.zeroGradients()
            b.zeroGradients()
            x.grad = nil
            (y * y).sum().backward()
            return ([x.grad!] + (a.parameters() + b.parameters()).map { $0.grad! }).map {
                $0.array(of: Float.self)
            }
        }
        let model = Sequential(a, ReLU(), b)
        #expect(model(x).array(of: Float.self) == b(a(x).relu()).array(of: Float.self))
        #expect(gradients(model(x)) == gradients(b(a(x).relu())))
    }
}
