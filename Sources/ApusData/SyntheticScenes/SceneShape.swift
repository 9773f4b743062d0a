/// What can be in a drawn scene; its number is its class.
public enum SceneShape: Int, Sendable, CaseIterable {
    case circle, square, triangle, star, ring

    /// Such as `circle`.
    public var name: String { "\(self)" }

    /// Whether a point belongs to the shape, which is about as large as the circle of radius 1 around 0.
    func contains(_ x: Float, _ y: Float) -> Bool {
        switch self {
        case .circle: x * x + y * y < 1
        case .square: max(abs(x), abs(y)) < 0.85
        case .triangle: SceneShape.isInside(x, y, SceneShape.threeCorners)
        case .star: SceneShape.isInside(x, y, SceneShape.tenCorners)
        case .ring: (0.3..<1).contains(x * x + y * y)
        }
    }

    private typealias Point = SIMD2<Float>

    private static let threeCorners: [Point] = [[0, -1.15], [0.996, 0.575], [-0.996, 0.575]]

    /// The points of a star at radius 1.15, and those between them at 0.5.
    private static let tenCorners: [Point] = [
        [0, -1.15], [0.2939, -0.4045], [1.0937, -0.3554], [0.4755, 0.1545], [0.676, 0.9304], [0, 0.5],
        [-0.676, 0.9304], [-0.4755, 0.1545], [-1.0937, -0.3554], [-0.2939, -0.4045],
    ]

    /// Whether a line from the point to the right crosses the polygon's edges an odd number of times.
    private static func isInside(_ x: Float, _ y: Float, _ corners: [Point]) -> Bool {
        var (isInside, last) = (false, corners[corners.count - 1])
        for corner in corners {
            if (corner.y > y) != (last.y > y) {
                let crossing = (last.x - corner.x) * (y - corner.y) / (last.y - corner.y) + corner.x
                if x < crossing { isInside.toggle() }
            }
            last = corner
        }
        return isInside
    }
}
