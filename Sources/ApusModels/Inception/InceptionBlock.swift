import Apus
import ApusNN

/// Branches side by side, whose channels are joined (Szegedy et al. 2014).
///
/// State: that of the branches, whose names are the block's own.
public final class InceptionBlock: Module, Layer {
    /// What sees the input, in the order in which the results are joined.
    public let branches: [NamedSequential]

    /// - Parameter branches: the layers of each with their names.
    public init(_ branches: [(name: String, layer: any Layer)]...) {
        self.branches = branches.map { NamedSequential($0) }
    }

    public override var members: [(name: String, member: Member)] { branches.flatMap(\.members) }

    /// [batch, inputs, height, width] to the channels of all branches, which agree in height and width.
    public func forward(_ x: Tensor) -> Tensor { Tensor.cat(branches.map { $0(x) }, axis: 1) }
}
