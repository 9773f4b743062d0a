/// What a model has and costs, for `apus models`: counted, not published.
public struct ModelFacts: Codable, Sendable, Equatable {
    /// Numbers that are trained.
    public let parameters: Int
    /// Multiplications with an addition, of convolutions and matrix products, for one input of the model's size.
    public let multiplyAdds: Int
    /// Positions of an input's axis that a position of the last feature map sees; nil where it sees all of them, and
    /// for models without feature maps.
    public let receptiveField: Int?

    init(_ parameters: Int, _ multiplyAdds: Int, _ receptiveField: Int?) {
        self.parameters = parameters
        self.multiplyAdds = multiplyAdds
        self.receptiveField = receptiveField
    }
}
