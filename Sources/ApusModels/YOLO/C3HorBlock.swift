import Apus
import ApusNN

/// A `C3` with HorBlocks in the place of its bottlenecks (Rao et al. 2022, section 4.2).
public final class C3HorBlock: C3 {
    /// - Parameters:
    ///   - depth: how many HorBlocks.
    ///   - order: n of their gⁿConv; half of the outputs is a multiple of 2ⁿ⁻¹.
    ///   - filter: of their gⁿConv.
    public init(
        _ inputs: Int, _ outputs: Int, depth: Int = 1, order: Int = 3,
        filter: SpatialFilter = .depthwise(kernel: 7), using generator: RandomGenerator = .default
    ) {
        super.init(inputs, outputs, depth: depth, using: generator) {
            HorBlock($0, order: order, filter: filter, using: generator)
        }
    }
}
