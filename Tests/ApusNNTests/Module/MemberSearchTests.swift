import Apus
import ApusNN
import ApusOptim
import Testing

private enum Side: Hashable { case left, right }

private final class Forest: Module {
    let heads = [
        "b": Linear(1, 1, bias: false), "a": Linear(2, 2, bias: false), "a1": Linear(1, 3, bias: false),
    ]
    let byNumber = [10: Parameter(.ones([1])), 9: Parameter(.ones([2]))]
    let bySide: [Side: Parameter] = [.right: Parameter(.ones([1])), .left: Parameter(.ones([2]))]
    let lists: [String: [Buffer]] = ["x": [Buffer(.zeros([1])), Buffer(.zeros([2]))]]
    let grid: [[Parameter?]] = [[Parameter(.ones([1]))], [nil, Parameter(.ones([2]))]]
    let twice: Linear?? = Linear(1, 1, bias: false)
    let maybe: [String: any Layer]? = ["only": Linear(1, 1, bias: false)]
    let slice = [Parameter(.ones([1])), Parameter(.ones([2]))][1...]
    let nested = ["outer": ["inner": Parameter(.ones([4]))]]
}

private final class Late: Module {
    lazy var head = Linear(2, 2, bias: false)
    lazy var table: [String: Parameter] = ["k": Parameter(.ones([1]))]
    lazy var names = ["plain"]
    lazy var tensors: [Tensor] = []
    lazy var closure: () -> Int = { 3 }

    init(touches: Bool) {
        super.init()
        if touches { _ = (head, table) }
    }
}

/// Holds much that is none of the walk's business.
private final class Bystander: Module {
    struct Settings {
        var widths = [1, 2, 3]
        var title = "plain"
        var inner: (Int, [String: Double]) = (1, ["x": 2])
        var tensor: Tensor? = .ones([2])
        var history = [Tensor.ones([1])]
    }
    final class Box { var weight: Parameter? = Parameter(.ones([1])) }

    let settings = Settings()
    let box = Box()
    let closure: () -> Int
    let numbers = [Double](repeating: 1, count: 1 << 22)
    let pairs = [(Int, Float)](repeating: (1, 2), count: 1 << 20)
    let words = [String](repeating: "w", count: 1 << 16)
    let set: Set = ["a", "b"]
    let layer = Linear(1, 1, bias: false)
    let activation: Tensor
    // Found as `layer`: to have it in a tuple as well loses nothing.
    let both: (Linear, Int)
    let any: Any = 3
    let error: (any Error)? = nil

    override init() {
        let hidden = Linear(1, 1)
        closure = { hidden.parameterCount }
        activation = layer(.ones([1, 1]))
        both = (layer, 2)
    }
}

private enum Choice { case one(Linear), none }
private struct Stage { let conv = Linear(1, 1); let name = "stage" }
private struct Held { let parts = [Stage()] }

private final class InTuple: Module { let pair = (Linear(1, 1), 3) }
private final class InStruct: Module { let stage = Stage() }
private final class InStructs: Module { let stages = ["x": [Held()]] }
private final class InEnumeration: Module { let choice = Choice.one(Linear(1, 1)) }
private final class InSet: Module { let keys: Set = [Key(parameter: Parameter(.ones([1])))] }
private final class InWrapper: Module { let keys: Set<AnyHashable> = [Key(parameter: Parameter(.ones([1])))] }
private final class InModuleSet: Module {
    final class Layer: Module, Hashable {
        let weight = Parameter(.ones([1]))
        static func == (a: Layer, b: Layer) -> Bool { a === b }
        func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
    }
    let layers: Set = [Layer()]
}
private struct Key: Hashable {
    let parameter: Parameter
    static func == (a: Key, b: Key) -> Bool { a.parameter === b.parameter }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(parameter)) }
}
private class Base: Module { let scale = Tensor.ones([2]).requiringGradient() }
private final class BareTensor: Base {}
private final class BareTensors: Module { let rates = ["x": [Tensor.ones([2]).requiringGradient()]] }
private final class TensorInStruct: Module {
    struct Weights { var w: Tensor? = Tensor.ones([2]).requiringGradient() }
    let weights = Weights()
}
private final class PointInKey: Module { let heads = ["a.b": Linear(1, 1)] }
private final class EmptyKey: Module { let heads = ["": Linear(1, 1)] }
private final class Twins: Module {
    let first = Parameter(.ones([1]), name: "w")
    let second = Parameter(.ones([2]), name: "w")
}
private final class Child: Module { weak var parent: Module? }
private final class Parent: Module {
    let child = Child()
    override init() {
        super.init()
        child.parent = self
    }
}
private final class LateLayer: Module {
    lazy var layers: [any Layer] = [Linear(1, 1)]
}

@Suite struct MemberSearchTests {
    @Test func dictionariesAndNestsAreFound() {
        let forest = Forest()
        #expect(
            forest.namedParameters().map(\.name) == [
                "heads.a.weight", "heads.a1.weight", "heads.b.weight", "byNumber.9", "byNumber.10",
                "bySide.left", "bySide.right", "grid.0.0", "grid.1.1", "twice.weight", "maybe.only.weight",
                "slice.0", "nested.outer.inner",
            ])
        #expect(forest.namedBuffers().map(\.name) == ["lists.x.0", "lists.x.1"])
        #expect(forest.parameters().count == 13)
        #expect(forest.stateDictionary()["heads.a1.weight"]?.shape == [3, 1])
    }

    @Test func whatADictionaryHoldsIsTrainedSavedAndSwitched() throws {
        let (forest, other) = (Forest(), Forest())
        forest.heads["a"]!(.ones([1, 2])).sum().backward()
        let before = forest.heads["a"]!.weight.value.array(of: Float.self)
        SGD(forest.parameters(), learningRate: 1).step()
        #expect(forest.heads["a"]!.weight.value.array(of: Float.self) == before.map { $0 - 1 })
        forest.evaluate()
        #expect(forest.heads.values.allSatisfy { !$0.isTraining })
        try other.load(forest.stateDictionary())
        #expect(
            other.heads["a"]!.weight.value.array(of: Float.self)
                == forest.heads["a"]!.weight.value.array(of: Float.self))
    }

    @Test func lazyPropertiesHaveTheirNames() {
        let late = Late(touches: true)
        #expect(late.namedParameters().map(\.name) == ["head.weight", "table.k"])
        _ = (late.names, late.tensors, late.closure)
        #expect(late.namedParameters().count == 2)
    }

    /// Plain values are no members, and large ones are not gone through.
    @Test func bystandersAreLeftAlone() {
        let bystander = Bystander()
        for _ in 0..<200 { #expect(bystander.namedParameters().map(\.name) == ["layer.weight"]) }
        #expect(bystander.namedModules().map(\.name) == ["", "layer"])
    }

    struct Refusal: Sendable {
        let words: [String]
        let make: @Sendable () -> Module
        init(_ words: String..., make: @escaping @Sendable () -> Module) {
            self.words = words
            self.make = make
        }
    }

    static let refusals: [Refusal] = [
        Refusal("InTuple.pair holds a Linear in a tuple") { InTuple() },
        Refusal("InStruct.stage holds a Linear in the struct Stage") { InStruct() },
        Refusal("InStructs.stages.x.0", " holds a Linear in the struct Stage") { InStructs() },
        Refusal("InEnumeration.choice holds a Linear in the enumeration Choice") { InEnumeration() },
        Refusal("InSet.keys holds a Parameter in the struct Key") { InSet() },
        Refusal("InWrapper.keys holds a Parameter in the struct Key") { InWrapper() },
        Refusal("InModuleSet.layers holds a Layer in a set") { InModuleSet() },
        Refusal("BareTensor.scale is a tensor that wants a gradient", "Parameter") { BareTensor() },
        Refusal("BareTensors.rates.x.0 is a tensor that wants a gradient") { BareTensors() },
        Refusal("TensorInStruct.weights is a tensor that wants a gradient") { TensorInStruct() },
        Refusal("Late.head is lazy and not made yet") { Late(touches: false) },
        Refusal("LateLayer.layers is lazy and not made yet") { LateLayer() },
        Refusal("PointInKey.heads has the key 'a.b'") { PointInKey() },
        Refusal("EmptyKey.heads has the key ''") { EmptyKey() },
        Refusal("Twins has two parameters or buffers named 'w'") { Twins() },
        Refusal("Child leads back to the Parent that holds it") { Parent() },
    ]

    /// Whoever asks is told: training, saving or switching.
    @Test(arguments: refusals.indices)
    func whatCannotBeFoundStopsWithThePropertysName(_ index: Int) async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [index = index as Int] in
            let module = MemberSearchTests.refusals[index].make()
            switch index % 3 {
            case 0 where !(module is Twins): _ = module.parameters()
            case 1 where !(module is Twins): module.evaluate()
            default: _ = module.stateDictionary()
            }
        }
        for word in MemberSearchTests.refusals[index].words {
            #expect(message(result).contains(word), "\(message(result))")
        }
    }

    @Test func eachModuleGetsItsOwnModeBack() {
        let model = Sequential(
            Conv2d(1, 2, kernel: 1), BatchNorm2d(2), Dropout(0.5), Sequential(Dropout(0.1)))
        model[1].evaluate()
        func modes() -> [Bool] { model.namedModules().map(\.module.isTraining) }
        let before = modes()
        model.withEvaluationMode {
            #expect(modes().allSatisfy { !$0 })
        }
        #expect(modes() == before)
        _ = model.summary(input: [1, 1, 3, 3])
        _ = model.measuredReceptiveField(input: [1, 1, 3, 3], samples: 1)
        #expect(modes() == before)

        _ = model.frozen(input: [1, 1, 3, 3])
        #expect(modes() == before)
    }
}
