import Apus
import ApusNN
import ApusOptim
import Testing

/// Ten steps of each optimizer, with two groups and decay, are PyTorch's (those of Lion and LAMB the papers').
@Suite struct PeerTests {
    struct Peer: Sendable, CustomTestStringConvertible {
        let name: String
        let inputs: String
        let make: @Sendable ([ParameterGroup], _ rate: Double, _ decay: Double) -> Optimizer

        init(
            _ name: String, inputs: String = "any",
            make: @escaping @Sendable ([ParameterGroup], Double, Double) -> Optimizer
        ) {
            self.name = name
            self.inputs = inputs
            self.make = make
        }

        var testDescription: String { name }
        var rate: Double {
            if name.hasPrefix("sgd") { return 0.1 }
            return ["adadelta", "adafactor.clipping"].contains(name) ? 0.5 : 0.05
        }
    }

    static let peers = [
        Peer("sgd") { SGD($0, learningRate: $1, weightDecay: $2) },
        Peer("sgd.momentum") { SGD($0, learningRate: $1, momentum: 0.9, dampening: 0.2, weightDecay: $2) },
        Peer("sgd.nesterov") { SGD($0, learningRate: $1, momentum: 0.8, nesterov: true, weightDecay: $2) },
        Peer("sgd.maximize") { SGD($0, learningRate: $1, momentum: 0.9, weightDecay: $2, maximize: true) },
        Peer("adam") { Adam($0, learningRate: $1, betas: (0.8, 0.95), weightDecay: $2) },
        Peer("adam.amsgrad") {
            Adam($0, learningRate: $1, betas: (0.8, 0.9), weightDecay: $2, amsgrad: true)
        },
        Peer("adam.maximize") { Adam($0, learningRate: $1, weightDecay: $2, maximize: true) },
        Peer("adamw") { AdamW($0, learningRate: $1, epsilon: 1e-4, weightDecay: $2) },
        Peer("adamw.amsgrad") {
            AdamW($0, learningRate: $1, betas: (0.8, 0.9), weightDecay: $2, amsgrad: true)
        },
        Peer("nadam") { NAdam($0, learningRate: $1, weightDecay: $2, momentumDecay: 0.01) },
        Peer("nadam.decoupled") { NAdam($0, learningRate: $1, weightDecay: $2, decoupled: true) },
        Peer("radam") { RAdam($0, learningRate: $1, weightDecay: $2) },
        Peer("radam.decoupled") {
            RAdam($0, learningRate: $1, betas: (0.9, 0.9), weightDecay: $2, decoupled: true)
        },
        Peer("adamax") { Adamax($0, learningRate: $1, betas: (0.8, 0.9), weightDecay: $2) },
        Peer("rmsprop") { RMSprop($0, learningRate: $1, alpha: 0.9, weightDecay: $2) },
        Peer("rmsprop.momentum") {
            RMSprop($0, learningRate: $1, alpha: 0.9, weightDecay: $2, momentum: 0.8)
        },
        Peer("rmsprop.centered") {
            RMSprop($0, learningRate: $1, alpha: 0.9, weightDecay: $2, centered: true)
        },
        Peer("rmsprop.both") {
            RMSprop($0, learningRate: $1, alpha: 0.9, weightDecay: $2, momentum: 0.8, centered: true)
        },
        Peer("adagrad") {
            Adagrad($0, learningRate: $1, learningRateDecay: 0.1, weightDecay: $2, initialSquare: 0.5)
        },
        Peer("adadelta") { Adadelta($0, learningRate: $1, rho: 0.8, weightDecay: $2) },
        Peer("lion") { Lion($0, learningRate: $1, weightDecay: $2) },
        Peer("lamb") { LAMB($0, learningRate: $1, weightDecay: $2) },
        Peer("adafactor") { Adafactor($0, learningRate: $1, weightDecay: $2) },
        Peer("adafactor.clipping") {
            Adafactor(
                $0, learningRate: $1, betaDecay: -0.5, epsilons: (1e-2, 1e-2), clipping: 1.5, weightDecay: $2)
        },
        Peer("muon", inputs: "matrix") { Muon($0, learningRate: $1, weightDecay: $2) },
        Peer("muon.matching", inputs: "matrix") {
            Muon(
                $0, learningRate: $1, weightDecay: $2, nesterov: false, iterations: 3, scaling: .matchingAdamW
            )
        },
        Peer("muon.spectral", inputs: "matrix") {
            Muon($0, learningRate: $1, weightDecay: $2, momentum: 0.5, scaling: .spectral)
        },
    ]

    @Test(arguments: peers, [DType.float32, .float64])
    func tenStepsAreThePeers(_ peer: Peer, _ dtype: DType) throws {
        let parameters = try (0..<3).map {
            Parameter(try PeerFixture.tensor("input.\(peer.inputs).value.\($0)").to(dtype))
        }
        let groups = [
            ParameterGroup(Array(parameters[..<2])),
            ParameterGroup([parameters[2]], learningRate: peer.rate * 0.3, weightDecay: 0.02),
        ]
        let optimizer = peer.make(groups, peer.rate, 0.1)
        for step in 0..<10 {
            for (index, parameter) in parameters.enumerated() {
                parameter.grad = try PeerFixture.tensor("input.\(peer.inputs).gradient.\(step).\(index)").to(
                    dtype)
            }
            optimizer.step()
        }
        for (index, parameter) in parameters.enumerated() {
            try PeerFixture.expect(parameter.value.detach(), equals: "\(peer.name).\(dtype).\(index)")
        }
    }

    /// Every optimizer of the list stands in the fixture.
    @Test func noOptimizerIsWithoutAPeer() {
        let compared = Set(PeerTests.peers.map { $0.name.split(separator: ".")[0] })
        #expect(compared == Set(OptimizerCase.all.map { Substring($0.name.lowercased()) }))
    }

    /// PyTorch and the author iterate in bfloat16. The iteration leaves singular values near 1 in either type, and all
    /// else is of the parameter's.
    @Test(arguments: [[6, 4], [4, 6]]) func muonIteratesInAnotherType(_ shape: Shape) throws {
        let steps = [DType.float32, .bfloat16].map { type in
            let parameter = Parameter(.zeros(shape))
            parameter.grad = .normal(shape, dtype: .float32, using: RandomGenerator(seed: 5))
            Muon([parameter], learningRate: 1, weightDecay: 0, iterationType: type, scaling: .spectral).step()
            return parameter.value.detach()
        }
        #expect(steps[1].dtype == .float32 && (steps[1] - steps[0]).abs().max().item(as: Float.self) > 0)
        let scale = (Float(shape[0]) / Float(shape[1])).squareRoot()
        for step in steps {
            let values = try step.svdvals().array(of: Float.self)
            #expect(values.allSatisfy { 0.6 * scale...1.3 * scale ~= $0 }, "\(values)")
        }
    }
}
