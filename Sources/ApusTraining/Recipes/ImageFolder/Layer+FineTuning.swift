import Apus
import ApusModels
import ApusNN
import ApusOptim

extension Layer {
    /// Freezes the parts of these names: their parameters are not trained, and their running statistics stay.
    ///
    /// - Throws: `TrainingError.badOption` for a name that no part has, and where nothing is left to train.
    func freeze(_ names: [String]) throws {
        let modules = namedModules()
        for name in names {
            func isPart(_ full: String) -> Bool { full == name || full.hasPrefix("\(name).") }
            let parameters = namedParameters().filter { isPart($0.name) }
            if parameters.isEmpty {
                var tops: [String] = []
                for (full, _) in namedParameters() {
                    let top = String(full.prefix { $0 != "." })
                    if !tops.contains(top) { tops.append(top) }
                }
                throw TrainingError.badOption(
                    "freeze: the model has no part '\(name)'; there are: \(tops.joined(separator: ", "))"
                        + (nearest(to: name, in: modules.map(\.name)).map { "; did you mean '\($0)'?" } ?? "")
                )
            }
            for (_, parameter) in parameters { parameter.isTrainable = false }
            for (full, module) in modules where isPart(full) { module.evaluate() }
        }
        if parameters().allSatisfy({ !$0.isTrainable }) {
            throw TrainingError.badOption("freeze leaves nothing to train")
        }
    }

    /// Lets running statistics follow at least a tenth of each batch. The hundredth that some models were published with is
    /// for the many steps of ImageNet: on few pictures they would be evaluated with statistics of long ago.
    func followStatistics() {
        for case let norm as BatchNorm2d in namedModules().map(\.module) {
            norm.momentum = norm.momentum.map { max($0, 0.1) }
        }
    }

    /// Sets the probability that the last block is left out in training; those of the others stay in proportion to it.
    ///
    /// - Throws: `TrainingError.badOption` where the model leaves no blocks out.
    func setStochasticDepth(_ probability: Double) throws {
        let layers = namedModules().compactMap { $0.module as? StochasticDepth }
        guard let most = layers.map(\.p).max(), most > 0 else {
            throw TrainingError.badOption(
                "stochastic_depth is \(probability), but the model has none; leave it out")
        }
        for layer in layers { layer.p *= probability / most }
    }

    /// The trained parameters in groups: without weight decay what is no weight of two axes or more (norms, biases,
    /// scales), and with learning rates that fall from the last layer to the first, each time by `decay` (Clark et al. 2020,
    /// "ELECTRA"; Bao et al. 2021, "BEiT").
    ///
    /// - Parameter input: the shape of an input.
    func parameterGroups(input: Shape, learningRate: Double, layerDecay decay: Double) -> [ParameterGroup] {
        let layers = decay == 1 ? [namedParameters()] : parametersByDepth(input: input)
        var groups: [ParameterGroup] = []
        var rate = learningRate
        for layer in layers.reversed() {
            let trained = layer.filter(\.parameter.isTrainable)
            func isWeight(_ name: String, _ parameter: Parameter) -> Bool {
                name.hasSuffix("weight") && parameter.shape.count > 1
            }
            let weights = trained.filter { isWeight($0.name, $0.parameter) }.map(\.parameter)
            let others = trained.filter { !isWeight($0.name, $0.parameter) }.map(\.parameter)
            if !weights.isEmpty { groups.append(ParameterGroup(weights, learningRate: rate)) }
            if !others.isEmpty {
                groups.append(ParameterGroup(others, learningRate: rate, weightDecay: 0))
            }
            rate *= decay
        }
        return groups
    }
}
