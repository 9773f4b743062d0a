import Apus
import ApusData
import ApusModels
import ApusNN
import ApusOptim
import Foundation

extension Recipe {
    /// Deep Q-learning (Mnih et al. 2015, "Human-level control through deep reinforcement learning") balances a pole on a
    /// cart: replay memory, target network, double Q-learning.
    ///
    /// Ten epochs of 50 episodes; a step is an episode. `mean_return` is the mean number of steps of the last 100 episodes,
    /// 500 at most.
    public static let dqnCartPole = Recipe(
        "dqn-cartpole", "deep Q-learning balances a pole on a cart", on: .cartPole, epochs: 10,
        batchSize: 64,
        learningRate: 5e-4,
        settings: [
            "episodes": 50, "hidden": 128, "discount": 0.99, "memory": 50_000, "warm_up": 1000,
            "explore_steps": 5000, "explore_end": 0.02, "target_rate": 0.005,
        ],
        takes: [.optimizer, .initializer], configure: { $0.monitor = "mean_return" },
        model: { settings in
            let hidden = try settings.int("hidden", in: 1...100_000)
            return MLP(.init(widths: [4, hidden, hidden, 2]))
        }
    ) { recipe, configuration in
        try recipe.source.check(configuration.data)
        try configuration.refuse("clip_norm", "average_decay")
        let settings = configuration.settings
        let episodes = try settings.int("episodes", in: 1...1_000_000)
        return PreparedRun { setup in
            let model = try setup.makeModel()
            let agent = try DQNAgent(
                model, target: try setup.makeModel(),
                try setup.optimizer(model.parameters(), orElse: { Adam($0, learningRate: $1) }),
                batchSize: configuration.options.batchSize, settings)
            let source = BatchSource(batchCount: episodes, sampleCount: episodes) { _, _ in { Episode() } }
            return try setup.trainer(agent, train: source)
        }
    }
}

/// An episode to be played: the agent needs no more than to be told to.
struct Episode: Batch {
    let sampleCount = 1
}

/// Plays CartPole, and learns the value of each action: Q(s, a), the discounted return that is to be expected.
final class DQNAgent: Learner {
    /// The network that is trained: from a state to the values of the actions.
    let network: any Layer
    /// Follows it slowly, and says what the states are worth that the actions lead to.
    let target: any Layer
    let optimizer: Optimizer
    private let batchSize: Int
    private let discount: Double
    private let warmUp: Int
    private let exploreSteps: Int
    private let exploreEnd: Double
    private let targetRate: Double
    private var memory: ReplayMemory
    /// Steps in the environment since the beginning.
    private(set) var steps = 0
    /// The returns of the last hundred episodes.
    private(set) var returns: [Double] = []

    init(
        _ network: any Layer, target: any Layer, _ optimizer: Optimizer, batchSize: Int,
        _ settings: [String: Setting]
    ) throws {
        self.network = network
        self.target = target
        self.optimizer = optimizer
        self.batchSize = batchSize
        discount = try settings.number("discount", in: 0...1)
        warmUp = try settings.int("warm_up", in: 0...1_000_000)
        exploreSteps = try settings.int("explore_steps", in: 1...1_000_000_000)
        exploreEnd = try settings.number("explore_end", in: 0...1)
        targetRate = try settings.number("target_rate", in: 0...1)
        memory = ReplayMemory(
            capacity: try settings.int("memory", in: 1...1_000_000), width: 4, actionCount: 2)
        try target.load(network.stateDictionary())
    }

    var model: Module { network }

    /// Plays episodes, and learns from the memory after each step.
    func train(on episodes: [Episode]) throws -> Measurements {
        var random = SampleGenerator()
        var (losses, updates) = (0.0, 0)
        let played = try episodes.map { _ -> Double in
            var pole = CartPole(using: &random)
            while !pole.hasEnded {
                let state = pole.state.map(Float.init)
                let action = act(on: state, using: &random)
                pole.push(right: action == 1)
                // An episode that ends since its time is over has not failed.
                memory.add(
                    state, action, reward: 1, pole.state.map(Float.init), goesOn: !pole.hasFallen)
                steps += 1
                if memory.count >= max(warmUp, 1) {
                    losses += try learn(from: memory.sample(batchSize, using: &random))
                    updates += 1
                }
            }
            return Double(pole.steps)
        }
        returns = (returns + played).suffix(100)
        return [
            "loss": losses / Double(max(updates, 1)),
            "return": played.reduce(0, +) / Double(played.count),
        ]
    }

    /// The best action, or any: with a probability ε that falls from 1 while the agent explores.
    private func act(on state: [Float], using random: inout some RandomNumberGenerator) -> Int {
        let share = min(Double(steps) / Double(exploreSteps), 1)
        let epsilon = 1 + (exploreEnd - 1) * share
        if Double.random(in: 0..<1, using: &random) < epsilon { return Int.random(in: 0...1, using: &random) }
        return withInferenceMode { network(Tensor(state, shape: [1, 4])).argmax(axis: 1).item() }
    }

    /// One step of the optimizer: Q(s, a) is to be r + γ Q′(s′, argmax Q(s′, ·)).
    ///
    /// The network chooses the action, and the target network says what it is worth (van Hasselt et al. 2016, "Deep
    /// reinforcement learning with double Q-learning").
    private func learn(from batch: ReplayMemory.Batch) throws -> Double {
        let wanted = withoutGradient {
            let best = network(batch.nextStates).argmax(axis: 1).unsqueeze(1)
            let worth = target(batch.nextStates).gather(axis: 1, index: best).squeeze(axis: 1)
            return batch.rewards + discount * worth * batch.goesOn
        }
        let values = network(batch.states).gather(axis: 1, index: batch.actions.unsqueeze(1))
        let loss = values.squeeze(axis: 1).huberLoss(wanted)
        let value = loss.item(as: Double.self)
        if !value.isFinite { throw NonFiniteLoss(value) }
        optimizer.zeroGradients()
        loss.backward()
        optimizer.step()
        withoutGradient {
            for (slow, fast) in zip(target.parameters(), network.parameters()) {
                slow.value = slow.value + targetRate * (fast.value.detach() - slow.value)
            }
        }
        return value
    }

    /// The mean return of the last hundred episodes.
    func evaluated(_ record: MetricsRecord) -> Measurements {
        ["mean_return": returns.reduce(0, +) / Double(max(returns.count, 1))]
    }

    func stateDictionary() -> [String: Tensor] {
        var state = target.stateDictionary().prefixed("target.")
        state.merge(optimizer.stateDictionary().prefixed("optimizer.")) { $1 }
        state.merge(memory.stateDictionary().prefixed("memory.")) { $1 }
        state["steps"] = Tensor(steps)
        state["returns"] = Tensor(returns, shape: [returns.count], dtype: .float64)
        return state
    }

    func load(_ state: [String: Tensor]) throws {
        try state.check(parts: ["target.", "optimizer.", "memory."], names: ["steps", "returns"])
        let found = state.filter { $0.key == "returns" }
        let mismatch = StateMismatch(
            expected: [("returns", [min(found["returns"]?.count ?? 0, 100)])], found: found)
        if !mismatch.isEmpty { throw mismatch }
        let steps = try state.count("steps")
        try target.load(state.part("target."))
        try optimizer.load(state.part("optimizer."))
        try memory.load(state.part("memory."))
        self.steps = steps
        returns = found["returns"]!.array()
    }
}
