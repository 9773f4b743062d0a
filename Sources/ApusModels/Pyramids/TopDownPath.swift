import Apus

/// Maps of one width, the largest first, each with the smaller ones added to it, at its size: the way down of
/// a feature pyramid (Lin et al. 2017, figure 3).
func topDownPath(_ maps: [Tensor], mode: Interpolation) -> [Tensor] {
    var sums = maps
    for index in sums.indices.dropLast().reversed() {
        sums[index] = sums[index] + sums[index + 1].resized(like: sums[index], mode: mode)
    }
    return sums
}

extension Tensor {
    /// The images at the height and width of others.
    func resized(like other: Tensor, mode: Interpolation) -> Tensor {
        let size = Array(other.shape.suffix(2))
        return size == Array(shape.suffix(2)) ? self : interpolate(size: Extents(size), mode: mode)
    }
}

/// Stops the program where a pyramid does not get the maps that it was made for.
func checkLevels(_ levels: [Tensor], channels: [Int], _ model: String) {
    if levels.count == channels.count
        && zip(levels, channels).allSatisfy({ $0.rank == 4 && $0.shape[1] == $1 })
    {
        return
    }
    fail(
        model,
        "maps of shapes \(levels.map { "\($0.shape)" }.joined(separator: ", ")): it takes \(channels.count), "
            + "[batch, channels, height, width] with \(channels) channels")
}
