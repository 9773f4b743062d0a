import Apus

/// Stops the program with the layer's name unless `x` is real [batch, time, channels].
func checkSequence(_ x: Tensor, channels: Int, _ layer: String) {
    if x.rank != 3 || x.shape[2] != channels || x.dtype.isComplex {
        fail(layer, "\(x.dtype) input of shape \(x.shape): it takes real [batch, time, \(channels)]")
    }
}

/// Stops the program with the layer's name unless the mask, if there is one, has a boolean for each step of `x`.
func checkKeyMask(_ mask: Tensor?, _ x: Tensor, _ layer: String) {
    if let mask, mask.dtype != .bool || mask.shape != Array(x.shape.prefix(2)) {
        fail(
            layer,
            "a key mask of \(mask.dtype) and shape \(mask.shape), where booleans of shape "
                + "\(x.shape.prefix(2)) are wanted")
    }
}
