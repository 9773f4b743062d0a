/// A name in a state of complexPyTorch that belongs to the real or the imaginary half of a layer.
struct ComplexPyTorchHalf {
    let name: String
    /// The name of the other half.
    let counterpart: String
    /// The name here: that of the complex tensor, or of this half of a naive batch normalisation.
    let target: String
    let isReal: Bool
    /// Whether the halves stay two modules.
    let isNorm: Bool
    let isBias: Bool

    private static let layers = [("conv_r", "conv_i"), ("conv_tran_r", "conv_tran_i"), ("fc_r", "fc_i")]
    private static let norm = ("bn_r", "bn_i")
    private static let parameters: Set<Substring> = ["weight", "bias"]
    private static let statistics: Set<Substring> = ["running_mean", "running_var", "num_batches_tracked"]

    /// nil for every other name.
    init?(_ name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 2, let last = parts.last else { return nil }
        let module = parts[parts.count - 2]
        let isNorm = module == Self.norm.0 || module == Self.norm.1
        let halves = isNorm ? Self.norm : Self.layers.first { module == $0.0 || module == $0.1 }
        guard let halves, Self.parameters.contains(last) || isNorm && Self.statistics.contains(last) else {
            return nil
        }
        let isReal = module == halves.0
        let outer = parts.dropLast(2).map(String.init)
        func path(_ inner: String...) -> String { (outer + inner + [String(last)]).joined(separator: ".") }
        self.name = name
        self.isReal = isReal
        self.isNorm = isNorm
        isBias = last == "bias"
        counterpart = path(isReal ? halves.1 : halves.0)
        target = isNorm ? path(isReal ? "real" : "imaginary") : path()
    }
}
