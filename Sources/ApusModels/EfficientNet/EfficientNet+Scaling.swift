extension EfficientNet {
    /// B0 (Tan & Le 2019, table 1) with each stage's blocks times `depth`, rounded up, and all channels times `width`,
    /// rounded to multiples of 8, for images of `resolution` × `resolution`.
    public static func scaled(depth: Double, width: Double, resolution: Int, dropout: Double = 0.2)
        -> Configuration
    {
        let stages = baseline.map { row in
            var stage = row
            stage.outputs = roundedChannels(Double(row.outputs) * width)
            stage.repeats = Int((Double(row.repeats) * depth).rounded(.up))
            return stage
        }
        return Configuration(
            stem: roundedChannels(32 * width), stages: stages,
            head: 4 * stages.last!.outputs, resolution: resolution, dropout: dropout)
    }

    private static let baseline = [
        Stage(expansion: 1, kernel: 3, outputs: 16, repeats: 1, stride: 1),
        Stage(expansion: 6, kernel: 3, outputs: 24, repeats: 2, stride: 2),
        Stage(expansion: 6, kernel: 5, outputs: 40, repeats: 2, stride: 2),
        Stage(expansion: 6, kernel: 3, outputs: 80, repeats: 3, stride: 2),
        Stage(expansion: 6, kernel: 5, outputs: 112, repeats: 3, stride: 1),
        Stage(expansion: 6, kernel: 5, outputs: 192, repeats: 4, stride: 2),
        Stage(expansion: 6, kernel: 3, outputs: 320, repeats: 1, stride: 1),
    ]
}

extension EfficientNet.Configuration {
    /// 5,288,548 parameters.
    public static let b0 = EfficientNet.scaled(depth: 1, width: 1, resolution: 224)
    /// 7,794,184 parameters.
    public static let b1 = EfficientNet.scaled(depth: 1.1, width: 1, resolution: 240)
    /// 9,109,994 parameters.
    public static let b2 = EfficientNet.scaled(depth: 1.2, width: 1.1, resolution: 260, dropout: 0.3)
    /// 12,233,232 parameters.
    public static let b3 = EfficientNet.scaled(depth: 1.4, width: 1.2, resolution: 300, dropout: 0.3)
    /// 19,341,616 parameters.
    public static let b4 = EfficientNet.scaled(depth: 1.8, width: 1.4, resolution: 380, dropout: 0.4)
    /// 30,389,784 parameters.
    public static let b5 = EfficientNet.scaled(depth: 2.2, width: 1.6, resolution: 456, dropout: 0.4)
        .normalized(epsilon: 1e-3, momentum: 0.01)
    /// 43,040,704 parameters.
    public static let b6 = EfficientNet.scaled(depth: 2.6, width: 1.8, resolution: 528, dropout: 0.5)
        .normalized(epsilon: 1e-3, momentum: 0.01)
    /// 66,347,960 parameters.
    public static let b7 = EfficientNet.scaled(depth: 3.1, width: 2, resolution: 600, dropout: 0.5)
        .normalized(epsilon: 1e-3, momentum: 0.01)
    /// EfficientNetV2-S (Tan & Le 2021, table 4): 21,458,488 parameters.
    public static let v2Small = EfficientNet.Configuration(
        stem: 24,
        stages: [
            .init(.fused, expansion: 1, kernel: 3, outputs: 24, repeats: 2, stride: 1),
            .init(.fused, expansion: 4, kernel: 3, outputs: 48, repeats: 4, stride: 2),
            .init(.fused, expansion: 4, kernel: 3, outputs: 64, repeats: 4, stride: 2),
            .init(expansion: 4, kernel: 3, outputs: 128, repeats: 6, stride: 2),
            .init(expansion: 6, kernel: 3, outputs: 160, repeats: 9, stride: 1),
            .init(expansion: 6, kernel: 3, outputs: 256, repeats: 15, stride: 2),
        ], head: 1280, resolution: 384, dropout: 0.2
    ).normalized(epsilon: 1e-3, momentum: 0.1)

    private func normalized(epsilon: Double, momentum: Double) -> Self {
        var other = self
        (other.epsilon, other.momentum) = (epsilon, momentum)
        return other
    }
}
