import Apus

/// How many elements, and the matrix that has as many.
let sizes: [(name: String, shape: Shape)] = [
    ("1e3", [10, 100]), ("1e5", [100, 1000]), ("1e7", [1000, 10000]),
]

/// Numbers in -2..<2, the same in every run.
func numbers(_ shape: Shape) -> Tensor {
    var state: UInt64 = 1
    let elements = (0..<shape.elementCount).map { _ -> Float in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) / Float(1 << 22) - 2
    }
    return Tensor(elements, shape: shape)
}

/// Numbers that lie as an earlier layer would have left them: channels last.
func channelsLastNumbers(_ shape: Shape) -> Tensor {
    let axes = [0, shape.count - 1] + Array(1..<(shape.count - 1))
    return numbers([shape[0]] + Array(shape[2...]) + [shape[1]]).permute(axes)
}
