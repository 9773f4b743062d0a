/// Draws one digit after another into 28 × 28 bytes; holds the work space that they share.
///
/// Only additions, multiplications, divisions and square roots are used, which every processor rounds
/// alike: the same numbers give the same bytes everywhere.
struct DigitRenderer: ~Copyable {
    static let side = 28
    static let pixelCount = side * side

    private let canvas: UnsafeMutablePointer<Float>
    private var path: [Point] = []
    private var corners: [Point] = []

    init() {
        canvas = .allocate(capacity: Self.pixelCount)
        path.reserveCapacity(64)
        corners.reserveCapacity(16)
    }

    deinit { canvas.deallocate() }

    /// Draws `digit`, white on black, with everything else about it taken from `random`.
    mutating func draw(
        _ digit: Int, random: inout CounterGenerator, into pixels: UnsafeMutablePointer<UInt8>
    ) {
        canvas.update(repeating: 0, count: Self.pixelCount)
        let styles = DigitStrokes.styles[digit]
        let style = styles[random.below(styles.count)]
        let transform = Affine(random: &random)
        let radius = random.uniform(0.75...1.75)
        let wobble = random.uniform(0.015...0.06)
        for stroke in style {
            place(stroke, by: transform, wobble: wobble, random: &random)
            // The pen presses harder at one end than at the other.
            let change = 1 + 0.12 * random.bell()
            trace(from: radius, to: max(radius * change, 0.6))
        }
        if random.uniform() < 0.25 { blot(random: &random) }
        finish(random: &random, into: pixels)
    }

    /// Fills `path` with the stroke's line: its points shaken, moved to the canvas, and rounded off.
    private mutating func place(
        _ stroke: Stroke, by transform: Affine, wobble: Float, random: inout CounterGenerator
    ) {
        corners.removeAll(keepingCapacity: true)
        for point in stroke.points {
            let shaken = point + wobble * Point(random.bell(), random.bell())
            corners.append(transform(shaken))
        }
        path.removeAll(keepingCapacity: true)
        path.append(corners[0])
        for i in 1..<corners.count {
            if stroke.isCurved {
                appendCurve(
                    corners[max(i - 2, 0)], corners[i - 1], corners[i], corners[min(i + 1, corners.count - 1)]
                )
            }
            path.append(corners[i])
        }
    }

    /// Appends the inner points of a Catmull-Rom curve from b to c.
    private mutating func appendCurve(_ a: Point, _ b: Point, _ c: Point, _ d: Point) {
        let steps = 4
        for step in 1..<steps {
            let t = Float(step) / Float(steps)
            // Types are given, and sums are short: the compiler took 15 s to find the type of one long expression.
            let cubic: Point = (3 * (b - c) + d - a) * t
            let near: Point = 2 * a - 5 * b
            let square: Point = (near + 4 * c - d + cubic) * t
            let offset: Point = (c - a + square) * t
            path.append(b + 0.5 * offset)
        }
    }

    /// Paints `path` with a round pen whose radius goes from one value to another.
    private func trace(from first: Float, to last: Float) {
        let count = path.count - 1
        for i in 0..<count {
            let along = (Float(i) + 0.5) / Float(count)
            paint(path[i], path[i + 1], radius: first + (last - first) * along)
        }
    }

    /// Paints one segment: each pixel gets the coverage its distance from the segment gives, if more than it has.
    private func paint(_ a: Point, _ b: Point, radius: Float) {
        let reach = radius + 0.5
        let lowest = Float(Self.side - 1)
        let low = (pointwiseMin(a, b) - reach).clamped(
            lowerBound: .zero, upperBound: Point(repeating: lowest))
        let high = (pointwiseMax(a, b) + reach).clamped(
            lowerBound: .zero, upperBound: Point(repeating: lowest))
        let (left, top, right, bottom) = (Int(low.x), Int(low.y), Int(high.x), Int(high.y))
        let direction = b - a
        let squaredLength = (direction * direction).sum()
        let scale = squaredLength > 0 ? 1 / squaredLength : 0
        for y in top...bottom {
            let row = canvas + y * Self.side
            let fromY = Float(y) - a.y
            for x in left...right {
                let fromX = Float(x) - a.x
                let along = min(max((fromX * direction.x + fromY * direction.y) * scale, 0), 1)
                let dx = fromX - along * direction.x
                let dy = fromY - along * direction.y
                let coverage = reach - (dx * dx + dy * dy).squareRoot()
                row[x] = max(row[x], min(coverage, 1))
            }
        }
    }

    /// A short stray mark near the digit.
    private func blot(random: inout CounterGenerator) {
        let start = Point(random.uniform(3...24), random.uniform(3...24))
        let end = start + 3 * Point(random.bell(), random.bell())
        paint(start, end, radius: random.uniform(0.4...0.9))
    }

    /// Turns coverage into bytes: ink of uneven strength, over a ground that is sometimes grainy.
    private func finish(random: inout CounterGenerator, into pixels: UnsafeMutablePointer<UInt8>) {
        let ink = random.uniform(170...255)
        let grain = random.uniform() < 0.5 ? random.uniform(0...0.22) : 0
        for i in stride(from: 0, to: Self.pixelCount, by: 4) {
            var bits = random.next()
            for j in i..<i + 4 {
                // Two bytes make a triangular deviate within ±255.
                let noise = Float(Int(bits & 0xFF) - Int(bits >> 8 & 0xFF))
                bits >>= 16
                // On black only the upper half shows, and less of it, so that most of the ground stays black.
                let value = canvas[j] * ink + grain * noise * (0.35 + 0.65 * canvas[j])
                pixels[j] = UInt8(min(max(value + 0.5, 0), 255))
            }
        }
    }
}

/// The map from the box a digit is written in to the canvas.
struct Affine {
    private let origin: Point
    private let across: Point
    private let down: Point

    /// Size, slant, rotation and place as different hands choose them.
    init(random: inout CounterGenerator) {
        let width = 12.5 * random.uniform(0.6...1.2)
        let height = 18.5 * random.uniform(0.75...1.12)
        let slant = 0.2 * random.bell()
        // A rotation by 2·atan(t), from its tangent of the half angle: no library function rounds it.
        let t = 0.08 * random.bell()
        let cosine = (1 - t * t) / (1 + t * t)
        let sine = 2 * t / (1 + t * t)
        across = width * Point(cosine, sine)
        down = height * Point(-slant * cosine - sine, cosine - slant * sine)
        let center = Point(13.5, 13.5) + 1.2 * Point(random.bell(), random.bell())
        origin = center - 0.5 * (across + down)
    }

    func callAsFunction(_ point: Point) -> Point { origin + point.x * across + point.y * down }
}
