import Apus
import ApusTraining
import Testing
import _ApusTestSupport

/// The physics against values computed from the equations of the paper's appendix, without friction.
@Suite struct CartPoleTests {
    private func push(_ state: [Double], _ pushes: Bool...) -> [Double] {
        var pole = CartPole(state: state)
        for right in pushes { pole.push(right: right) }
        return pole.state
    }

    private func isNear(_ found: [Double], _ wanted: [Double]) -> Bool {
        zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-12 }
    }

    @Test func itMovesAsThePaperSays() {
        #expect(
            isNear(
                push([0.01, -0.02, 0.03, 0.04], true),
                [0.0096, 0.17467919574755525, 0.0308, -0.2430687179600081]))
        #expect(
            isNear(
                push([0.01, -0.02, 0.03, 0.04], true, false),
                [0.013093583914951107, -0.020868848948191993, 0.025938625640799837, 0.0591679999394166]))
        #expect(
            isNear(push([-1, 0.5, -0.2, 1.5], false), [-0.99, 0.3077894662337491, -0.17, 1.724159896826244]))
    }

    @Test func mirroredItDoesTheSame() {
        let (one, other) = (push([0.1, 0.2, 0.05, -0.3], true), push([-0.1, -0.2, -0.05, 0.3], false))
        #expect(isNear(one, other.map { -$0 }))
    }

    @Test func itEndsWhereItHasFallenOrTheTimeIsOver() {
        #expect(CartPole(state: [2.41, 0, 0, 0]).hasFallen && CartPole(state: [-2.41, 0, 0, 0]).hasFallen)
        #expect(CartPole(state: [0, 0, 0.21, 0]).hasFallen && CartPole(state: [0, 0, -0.21, 0]).hasFallen)
        #expect(!CartPole(state: [2.39, 9, 0.209, 9]).hasEnded)
        // Pushed towards where the pole leans and falls, it stands to the end.
        var pole = CartPole(state: [0.01, 0, 0.02, 0])
        while !pole.hasEnded { pole.push(right: pole.state[2] + pole.state[3] + 0.1 * pole.state[1] > 0) }
        #expect(pole.steps == CartPole.mostSteps && !pole.hasFallen)
        var fallen = CartPole(state: [0, 0, 0, 0])
        while !fallen.hasEnded { fallen.push(right: true) }
        #expect(fallen.hasFallen && (8...12).contains(fallen.steps))
    }

    @Test func itBeginsNearlyUpright() {
        var random = SystemRandomNumberGenerator()
        let states = (0..<200).map { _ in CartPole(using: &random).state }
        #expect(states.joined().allSatisfy { abs($0) <= 0.05 })
        #expect(Set(states.map { $0[0] }).count > 190)
    }
}
