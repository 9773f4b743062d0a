extension Image {
    /// This image in gray, inverted if its border is lighter than middle gray on average: ink on paper
    /// becomes light strokes on a dark ground, as in MNIST.
    public var onDarkGround: Image {
        var result = gray
        var sum = 0
        var count = 0
        for y in 0..<height {
            // All of the first and the last row, and the ends of the others.
            let step = y == 0 || y == height - 1 ? 1 : max(width - 1, 1)
            for x in stride(from: 0, to: width, by: step) {
                sum += Int(result.pixels[y * width + x])
                count += 1
            }
        }
        if 2 * sum > 255 * count {
            for i in result.pixels.indices { result.pixels[i] = 255 - result.pixels[i] }
        }
        return result
    }
}
