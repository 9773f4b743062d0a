import Apus
import ApusNN

/// The latest transitions that an agent has seen, from which it learns in random order (Lin 1992).
struct ReplayMemory {
    /// So many transitions as tensors.
    struct Batch {
        /// [count, numbers of a state].
        let states: Tensor
        /// What was done, int64 [count].
        let actions: Tensor
        /// [count].
        let rewards: Tensor
        /// What came of it, [count, numbers of a state].
        let nextStates: Tensor
        /// 1 where the episode could go on, 0 where it had failed, [count].
        let goesOn: Tensor
    }

    let capacity: Int
    private let width: Int
    private let actionCount: Int
    /// Where the next transition goes: over the oldest, once all places are taken.
    private var next = 0
    private var states: [Float] = []
    private var actions: [Int] = []
    private var rewards: [Float] = []
    private var nextStates: [Float] = []
    private var goesOn: [Float] = []

    /// - Parameters:
    ///   - width: the numbers of a state.
    ///   - actionCount: what can be done is 0..<actionCount.
    init(capacity: Int, width: Int, actionCount: Int) {
        self.capacity = capacity
        self.width = width
        self.actionCount = actionCount
    }

    var count: Int { actions.count }

    mutating func add(_ state: [Float], _ action: Int, reward: Float, _ nextState: [Float], goesOn more: Bool)
    {
        if count < capacity {
            states += state
            nextStates += nextState
            actions.append(action)
            rewards.append(reward)
            goesOn.append(more ? 1 : 0)
        } else {
            states.replaceSubrange(next * width..<(next + 1) * width, with: state)
            nextStates.replaceSubrange(next * width..<(next + 1) * width, with: nextState)
            (actions[next], rewards[next], goesOn[next]) = (action, reward, more ? 1 : 0)
        }
        next = (next + 1) % capacity
    }

    /// Transitions drawn with equal chances, each as often as it comes.
    func sample(_ size: Int, using random: inout some RandomNumberGenerator) -> Batch {
        let places = (0..<size).map { _ in Int.random(in: 0..<count, using: &random) }
        func rows(_ values: [Float]) -> Tensor {
            Tensor(places.flatMap { values[$0 * width..<($0 + 1) * width] }, shape: [size, width])
        }
        func numbers(_ values: [Float]) -> Tensor { Tensor(places.map { values[$0] }, shape: [size]) }
        return Batch(
            states: rows(states), actions: Tensor(places.map { actions[$0] }, shape: [size]),
            rewards: numbers(rewards), nextStates: rows(nextStates), goesOn: numbers(goesOn))
    }

    func stateDictionary() -> [String: Tensor] {
        [
            "states": Tensor(states, shape: [count, width]), "actions": Tensor(actions, shape: [count]),
            "rewards": Tensor(rewards, shape: [count]),
            "nextStates": Tensor(nextStates, shape: [count, width]),
            "goesOn": Tensor(goesOn, shape: [count]), "next": Tensor(next),
        ]
    }

    mutating func load(_ state: [String: Tensor]) throws {
        let count = state["actions"]?.shape.first ?? 0
        var mismatch = StateMismatch(
            expected: [
                ("states", [count, width]), ("actions", [count]), ("rewards", [count]),
                ("nextStates", [count, width]), ("goesOn", [count]), ("next", []),
            ], found: state)
        if count > capacity { mismatch.invalid.append("actions has \(count), of a memory of \(capacity)") }
        if !mismatch.isEmpty { throw mismatch }
        let done: [Int] = state["actions"]!.array()
        if let wrong = done.first(where: { !(0..<actionCount).contains($0) }) {
            mismatch.invalid.append("actions has \(wrong), of \(actionCount)")
            throw mismatch
        }
        let place = try state.count("next")
        if place != (count < capacity ? count : place) || !(0..<capacity).contains(place) {
            mismatch.invalid.append("next is \(place) after \(count) transitions")
            throw mismatch
        }
        next = place
        states = state["states"]!.array()
        actions = done
        rewards = state["rewards"]!.array()
        nextStates = state["nextStates"]!.array()
        goesOn = state["goesOn"]!.array()
    }
}
