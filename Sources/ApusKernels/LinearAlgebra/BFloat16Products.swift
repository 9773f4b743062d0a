import CProcessor
import Synchronization

/// Where products and convolutions of bfloat16 numbers are computed.
package enum BFloat16Products {
    /// Whether oneDNN multiplies them as they are. It does so on processors without instructions for them too, but
    /// takes five to ten times as long as by way of float32; tests turn it on there.
    package static let areNative = Atomic(apus_multiplies_bfloat16() != 0)
}
