import Apus
import ApusNN

/// The weights of `Scripts/model_reference.py`: numbers that depend on nothing but a name and a shape.
enum ReferenceWeights {
    /// Numbers in −1 ..< 1 with 24 bits: splitmix64 from the name's FNV-1a hash.
    static func hashed(_ name: String, _ shape: Shape) -> [Double] {
        var seed: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return [Double](unsafeUninitializedCapacity: shape.elementCount) { numbers, count in
            count = numbers.count
            for i in 0..<count {
                var z = seed &+ (UInt64(i) + 1) &* 0x9e37_79b9_7f4a_7c15
                z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
                z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
                z ^= z >> 31
                numbers[i] = Double(z >> 40) / 0x1p23 - 1
            }
        }
    }

    static func tensor(_ name: String, _ shape: Shape) -> Tensor {
        Tensor(hashed(name, shape), shape: shape, dtype: .float64)
    }

    /// Of the size that weights have after training, so that what passes through neither dies nor explodes.
    static func weight(_ name: String, _ shape: Shape, gain: Double) -> Tensor {
        let u = tensor(name, shape)
        if name.hasSuffix("running_var") { return 1 + 0.5 * u }
        if name.hasSuffix("running_mean") || name.hasSuffix("bias") { return 0.1 * u }
        if shape.count <= 1 { return 1 + 0.2 * u }
        return u * (gain * 3 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
    }

    static func fill(_ model: Module, gain: Double) throws {
        for (name, value) in model.stateDictionary() where value.dtype == .float32 {
            try model.load([name: weight(name, value.shape, gain: gain)], strict: false)
        }
    }
}
