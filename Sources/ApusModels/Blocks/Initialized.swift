import Apus
import ApusNN

extension Conv {
    /// The layer with a weight that is drawn so, and a bias of zeros.
    func initialized(_ initializer: Initializer, using generator: RandomGenerator) -> Self {
        weight.value = initializer(weight.shape, using: generator)
        if let bias { bias.value = .zeros(bias.shape) }
        return self
    }
}

extension Linear {
    /// The layer with a weight that is drawn so, and a bias of zeros.
    func initialized(_ initializer: Initializer, using generator: RandomGenerator) -> Self {
        weight.value = initializer(weight.shape, using: generator)
        if let bias { bias.value = .zeros(bias.shape) }
        return self
    }
}
