/// A block of timm's networks of inverted residuals, which calls convolutions by what they do, and normalisations by
/// their numbers: `blocks.1.0.conv_pw.weight`, `blocks.1.0.bn1.weight`.
private struct InvertedResidual {
    let stage: Int
    /// Within the stage.
    let number: Int
    /// The convolutions in the order in which they are applied, and `se` for squeeze and excitation.
    let layers: [String]

    var name: String { "blocks.\(stage).\(number)" }

    /// nil where there is no such block.
    init?(stage: Int, number: Int, names: Set<String>) {
        self.stage = stage
        self.number = number
        let name = "blocks.\(stage).\(number)"
        let isInverted = names.contains("\(name).conv_pwl.weight")
        let kinds =
            isInverted ? ["conv_exp", "conv_pw", "conv_dw", "conv_pwl"] : ["conv", "conv_dw", "conv_pw"]
        var layers = kinds.filter { names.contains("\(name).\($0).weight") }
        if layers.isEmpty { return nil }
        if names.contains("\(name).se.conv_reduce.weight") { layers.insert("se", at: layers.count - 1) }
        self.layers = layers
    }

    static func all(in names: Set<String>) -> [InvertedResidual] {
        func stage(_ stage: Int) -> [InvertedResidual] {
            Array(
                sequence(first: 0) { $0 + 1 }.lazy.map { Self(stage: stage, number: $0, names: names) }
                    .prefix { $0 != nil }.compactMap { $0 })
        }
        return Array(sequence(first: 0) { $0 + 1 }.lazy.map(stage).prefix { !$0.isEmpty }.joined())
    }

    /// What becomes of the names of its layers, where those of the new block begin with `new`.
    ///
    /// - Parameter isLastBare: the last convolution and its normalisation are not together in a layer, but layers
    ///   themselves.
    func renamed(_ new: String, isLastBare: Bool = false) -> [String: String] {
        var (result, norms): ([String: String], Int) = ([:], 0)
        for (place, layer) in layers.enumerated() {
            let isBare = isLastBare && place == layers.count - 1
            if layer == "se" {
                result["\(name).se.conv_reduce"] = "\(new).\(place).fc1"
                result["\(name).se.conv_expand"] = "\(new).\(place).fc2"
            } else {
                norms += 1
                result["\(name).\(layer)"] = isBare ? "\(new).\(place)" : "\(new).\(place).0"
                result["\(name).bn\(norms)"] = isBare ? "\(new).\(place + 1)" : "\(new).\(place).1"
            }
        }
        return result
    }
}

extension WeightNames {
    static let efficientNet = invertedResiduals { blocks in
        let head = blocks.last.map { $0.stage + 2 } ?? 0
        return blocks.map { $0.renamed("features.\($0.stage + 1).\($0.number).block") } + [
            ["conv_head": "features.\(head).0", "bn2": "features.\(head).1", "classifier": "classifier.1"]
        ]
    }

    static let mobileNetV2 = invertedResiduals { blocks in
        let head = blocks.count + 1
        return zip(1..., blocks).map { $1.renamed("features.\($0).conv", isLastBare: true) } + [
            ["conv_head": "features.\(head).0", "bn2": "features.\(head).1", "classifier": "classifier.1"]
        ]
    }

    static let mobileNetV3 = invertedResiduals { blocks in
        zip(1..., blocks).map { index, block in
            // The last is a convolution alone.
            block.layers.count > 1
                ? block.renamed("features.\(index).block")
                : [
                    "\(block.name).conv": "features.\(index).0",
                    "\(block.name).bn1": "features.\(index).1",
                ]
        } + [["conv_head": "classifier.0", "classifier": "classifier.3"]]
    }

    /// - Parameter layers: from the blocks to what the names of layers become.
    private static func invertedResiduals(
        _ layers: @escaping @Sendable ([InvertedResidual]) -> [[String: String]]
    ) -> WeightNames {
        WeightNames(marker: "conv_stem.weight", epsilon: 1e-5) { names in
            var renamed = ["conv_stem": "features.0.0", "bn1": "features.0.1"]
            for part in layers(InvertedResidual.all(in: names)) {
                renamed.merge(part) { first, _ in first }
            }
            let table = renamed
            return { name in
                guard let point = name.lastIndex(of: "."), let layer = table[String(name[..<point])] else {
                    return name
                }
                return layer + name[point...]
            }
        }
    }
}
