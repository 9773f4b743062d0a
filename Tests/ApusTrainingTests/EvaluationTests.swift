import Apus
import ApusData
import ApusNN
import Testing

@testable import ApusTraining

@Suite struct EvaluationTests {
    /// A frozen normalisation, in evaluation by itself, stays so, and a dropout that never trained too.
    @Test func eachLayerGetsItsOwnModeBack() {
        let model = Sequential(
            Flatten(), BatchNorm1d(784), Linear(784, 10), Sequential(Dropout(0.5), BatchNorm1d(10)))
        let data = SyntheticDigits().dataset(.test, count: 20)
        func modes() -> [Bool] { model.namedModules().map(\.module.isTraining) }
        model[1].evaluate()
        var before = modes()
        let first = Evaluation(of: model, on: data)
        #expect(modes() == before && model.isTraining && !model[1].isTraining)

        model.evaluate()
        (model[3] as! Sequential)[0].train()
        before = modes()
        #expect(Evaluation(of: model, on: data) == first)
        #expect(modes() == before)
    }
}
