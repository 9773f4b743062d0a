import ApusFormats

/// Draws one scene.
///
/// Only additions, multiplications and divisions are used, which every processor rounds alike: the same
/// numbers give the same bytes everywhere.
struct SceneRenderer {
    private typealias Color = SIMD3<Float>

    private let side: Int
    private var random: CounterGenerator
    private var colors: [Color]
    /// For each pixel one more than the number of the object that is in front; 0 is the ground.
    private var front: [UInt8]
    /// Each object's shape and pixels, and how many of those can be seen.
    private var objects: [(shape: SceneShape, pixels: Int, seen: Int)] = []
    /// Those of the ground and of the objects.
    private var palette: [Color] = []

    init(side: Int, random: CounterGenerator) {
        self.side = side
        self.random = random
        colors = Array(repeating: .zero, count: side * side)
        front = Array(repeating: 0, count: side * side)
    }

    mutating func draw() -> Scene {
        drawGround()
        let wanted = 2 + random.below(5)
        // A shape that would hide too much of another is left out.
        for _ in 0..<wanted { drawShape() }
        if objects.isEmpty { drawShape() }
        return finish()
    }

    /// Two colors mixed by smooth noise of two sizes.
    private mutating func drawGround() {
        let (first, second) = (color(), color())
        palette = [first, 0.5 * (first + second), second]
        let strength = random.uniform(0.2...1)
        let coarse = lattice(cell: 24)
        let fine = lattice(cell: 6)
        for y in 0..<side {
            for x in 0..<side {
                let share = 0.5 + strength * (0.7 * coarse(x, y) + 0.3 * fine(x, y))
                colors[y * side + x] = first + min(max(share, 0), 1) * (second - first)
            }
        }
    }

    private mutating func color() -> Color {
        Color(random.uniform(), random.uniform(), random.uniform())
    }

    /// Numbers from −0.5 to 0.5 that change smoothly: random ones at the corners of cells, and between them
    /// linear.
    private mutating func lattice(cell: Int) -> (_ x: Int, _ y: Int) -> Float {
        let width = side / cell + 2
        let corners = (0..<width * width).map { _ in random.uniform() - 0.5 }
        return { x, y in
            let (i, j) = (x / cell, y / cell)
            let (a, b) = (Float(x - i * cell) / Float(cell), Float(y - j * cell) / Float(cell))
            let at = j * width + i
            let top = corners[at] + a * (corners[at + 1] - corners[at])
            let bottom = corners[at + width] + a * (corners[at + width + 1] - corners[at + width])
            return top + b * (bottom - top)
        }
    }

    /// A color that stands out from all others.
    private mutating func contrastingColor() -> Color {
        var (best, distance) = (Color.zero, Float(-1))
        for _ in 0..<12 {
            let candidate = color()
            let nearest = palette.map { other -> Float in
                let difference = candidate - other
                return (difference * difference).sum()
            }.min()!
            if nearest > distance { (best, distance) = (candidate, nearest) }
            if distance > 0.2 { break }
        }
        return best
    }

    private mutating func drawShape() {
        let shape = SceneShape.allCases[random.below(SceneShape.allCases.count)]
        let size = Float(side) / 96
        let radius = size * random.uniform(8...22)
        // A little may lie outside of the picture.
        let margin = 0.75 * radius
        let x = random.uniform(margin...Float(side) - margin)
        let y = random.uniform(margin...Float(side) - margin)
        // A rotation by 2·atan(t), up to 23°, from its tangent of the half angle: no library function rounds
        // it.
        let t = random.uniform(-0.2...0.2)
        let cosine = (1 - t * t) / (1 + t * t) / radius
        let sine = 2 * t / (1 + t * t) / radius
        let color = contrastingColor()
        let shade = random.uniform(-0.25...0.25)

        let reach = 1.2 * radius
        let rows = max(Int(y - reach), 0)..<min(Int(y + reach) + 1, side)
        let columns = max(Int(x - reach), 0)..<min(Int(x + reach) + 1, side)
        var coverage: [(pixel: Int, ninths: Int, light: Float)] = []
        for row in rows {
            for column in columns {
                var ninths = 0
                for part in 0..<9 {
                    let dx = Float(column) + (Float(part % 3) + 0.5) / 3 - x
                    let dy = Float(row) + (Float(part / 3) + 0.5) / 3 - y
                    if shape.contains(cosine * dx + sine * dy, cosine * dy - sine * dx) { ninths += 1 }
                }
                let light = 1 + shade * (Float(column) - x) / radius
                if ninths > 0 { coverage.append((row * side + column, ninths, light)) }
            }
        }
        let own = coverage.filter { $0.ninths >= 5 }.map(\.pixel)
        guard hidesLittle(own) else { return }
        objects.append((shape, own.count, own.count))
        palette.append(color)
        for pixel in own {
            if front[pixel] > 0 { objects[Int(front[pixel]) - 1].seen -= 1 }
            front[pixel] = UInt8(objects.count)
        }
        for (pixel, ninths, light) in coverage {
            colors[pixel] += Float(ninths) / 9 * (light * color - colors[pixel])
        }
    }

    /// Whether of each object at least two thirds could still be seen.
    private func hidesLittle(_ pixels: [Int]) -> Bool {
        var seen = objects.map(\.seen)
        for pixel in pixels where front[pixel] > 0 { seen[Int(front[pixel]) - 1] -= 1 }
        return zip(objects, seen).allSatisfy { 3 * $1 >= 2 * $0.pixels }
    }

    /// Adds noise, and finds what can be seen of each object.
    private mutating func finish() -> Scene {
        var edges = objects.map { _ in (left: side, top: side, right: 0, bottom: 0) }
        var mask = [UInt8](repeating: 0, count: side * side)
        for y in 0..<side {
            for x in 0..<side where front[y * side + x] > 0 {
                let number = Int(front[y * side + x]) - 1
                mask[y * side + x] = UInt8(objects[number].shape.rawValue + 1)
                let old = edges[number]
                edges[number] = (
                    min(old.left, x), min(old.top, y), max(old.right, x + 1), max(old.bottom, y + 1)
                )
            }
        }
        let grain = random.uniform(0...0.08)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * side * side)
        for color in colors {
            let noise = Color(random.bell(), random.bell(), random.bell())
            let value = 255 * (color + grain * noise)
            for channel in 0..<3 { pixels.append(UInt8(min(max(value[channel] + 0.5, 0), 255))) }
        }
        return Scene(
            image: Image(width: side, height: side, format: .rgb, pixels: pixels),
            objects: zip(objects, edges).map {
                Scene.Object(
                    shape: $0.shape, left: $1.left, top: $1.top, right: $1.right, bottom: $1.bottom)
            }, mask: mask)
    }
}
