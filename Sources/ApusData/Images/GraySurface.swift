/// A gray that changes slowly over a picture: a polynomial of the second degree in x and y.
struct GraySurface {
    /// Of 1, x, y, x², xy, y².
    private var coefficients: SIMD8<Double>

    init(flat gray: Double) { coefficients = [gray, 0, 0, 0, 0, 0, 0, 0] }

    /// The surface of the smallest squared error through some grays; an inclined plane where it is not curved.
    ///
    /// Nil where the positions of the grays do not determine one.
    init?(through points: [((x: Double, y: Double), Double)], isCurved: Bool) {
        let count = isCurved ? 6 : 3
        // The normal equations, with the right-hand side as the last column.
        var rows = [[Double]](repeating: [Double](repeating: 0, count: count + 1), count: count)
        for (point, gray) in points {
            let terms = GraySurface.terms(point)
            for i in 0..<count {
                for j in 0..<count { rows[i][j] += terms[i] * terms[j] }
                rows[i][count] += terms[i] * gray
            }
        }
        // They are symmetric and positive: elimination needs no pivoting.
        for i in 0..<count {
            if rows[i][i] < 1e-6 * Double(points.count) { return nil }
            for k in 0..<count where k != i {
                let factor = rows[k][i] / rows[i][i]
                for j in i...count { rows[k][j] -= factor * rows[i][j] }
            }
        }
        coefficients = .zero
        for i in 0..<count { coefficients[i] = rows[i][count] / rows[i][i] }
    }

    func callAsFunction(_ point: (x: Double, y: Double)) -> Double {
        (coefficients * GraySurface.terms(point)).sum()
    }

    private static func terms(_ point: (x: Double, y: Double)) -> SIMD8<Double> {
        let (x, y) = point
        let (xx, xy, yy): (Double, Double, Double) = (x * x, x * y, y * y)
        return SIMD8(1, x, y, xx, xy, yy, 0, 0)
    }
}
