import Apus
import ApusNN

extension Module {
    /// The same with float64 parameters and buffers, drawn at random: no weight, variance or mean is one that an
    /// untrained model starts with.
    package func scattered(seed: UInt64 = 1) -> Self {
        let generator = RandomGenerator(seed: seed)
        for parameter in parameters() {
            parameter.value = .uniform(
                parameter.shape, low: -1, high: 1, dtype: .float64, using: generator)
        }
        for (name, buffer) in namedBuffers() where buffer.value.dtype != .int64 {
            let isVariance = name.hasSuffix("running_var")
            buffer.value = .uniform(
                buffer.shape, low: isVariance ? 0.5 : -1, high: isVariance ? 3 : 1, dtype: .float64,
                using: generator)
        }
        return self
    }
}
