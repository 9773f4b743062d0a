import Apus

/// How much of one axis of a model's input a position of a layer's result sees.
///
/// Layer by layer, with kernel k, dilation d, k' = d(k − 1) + 1, stride s and padding p before the axis:
/// size r ← r + (k' − 1)·j, jump j ← j·s, center ← center + ((k' − 1)/2 − p)·j, all with the jump before the layer. A
/// transposed convolution or an enlargement divides the jump by its stride: a position o sees those i for which
/// o = i·s + d·t − p with a t below k. Neighboring positions then see different numbers of inputs, and the size is the
/// largest of these. Where branches meet, the field covers those of all branches.
public struct ReceptiveField: Sendable, Equatable {
    /// Positions from the first to the last one seen, padding included; where the whole axis is seen, its extent.
    public let size: Int
    /// How far neighbouring positions are apart in the input; nil where each sees the whole axis.
    public let jump: Double?
    /// The middle of what position 0 sees, counted from the input's first position.
    public let center: Double

    package init(size: Int, jump: Double?, center: Double) {
        self.size = size
        self.jump = jump
        self.center = center
    }

    /// Whether each position sees the whole axis.
    public var isWhole: Bool { jump == nil }

    init(_ reach: AxisReach?, extent: Int) {
        if let reach {
            self.init(size: reach.size, jump: reach.jump, center: reach.center)
        } else {
            self.init(size: extent, jump: nil, center: Double(extent - 1) / 2)
        }
    }
}

extension ReceptiveField: Codable {
    private enum Key: String, CodingKey { case size, jump, center }

    /// Writes `size`, `jump` and `center`; the jump is null where there is none, instead of being left out.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(size, forKey: .size)
        try container.encode(jump, forKey: .jump)
        try container.encode(center, forKey: .center)
    }
}
