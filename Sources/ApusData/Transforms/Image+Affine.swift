import ApusCore
import ApusFormats
import Glibc

extension Image {
    /// This picture turned counter-clockwise about a point, as by Pillow's `rotate`.
    ///
    /// - Parameters:
    ///   - degrees: the angle, counter-clockwise.
    ///   - resampling: nearest or bilinear.
    ///   - center: in pixels from the upper left corner; the middle if nil.
    ///   - expands: whether the result is as large as the turned picture, rather than as this one.
    ///   - fill: where the picture is not.
    public func rotated(
        degrees: Double, _ resampling: Resampling = .nearest, center: (x: Double, y: Double)? = nil,
        expands: Bool = false, fill: Color = 0
    ) -> Image {
        checkFinite([degrees, center?.x ?? 0, center?.y ?? 0], "rotated")
        var degrees = degrees.truncatingRemainder(dividingBy: 360)
        if degrees < 0 { degrees += 360 }
        if center == nil {
            if degrees == 0 || degrees == 180 { return rotated(quarters: Int(degrees) / 90) }
            if degrees == 90 || degrees == 270, expands || width == height {
                return rotated(quarters: Int(degrees) / 90)
            }
        }
        var (newWidth, newHeight) = (width, height)
        let (cx, cy) = center ?? (Double(width) / 2, Double(height) / 2)
        let angle = -degrees * .pi / 180
        // Digits beyond the fifteenth are errors: the cosine of a right angle is 0.
        func rounded(_ x: Double) -> Double { (x * 1e15).rounded(.toNearestOrEven) / 1e15 }
        let (cosine, sine) = (rounded(cos(angle)), rounded(sin(angle)))
        var m = [cosine, sine, 0, -sine, cosine, 0]
        func moved(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
            (m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5])
        }
        (m[2], m[5]) = moved(-cx, -cy)
        m[2] += cx
        m[5] += cy
        if expands {
            let (w, h) = (Double(width), Double(height))
            let corners = [moved(0, 0), moved(w, 0), moved(w, h), moved(0, h)]
            func extent(_ values: [Double]) -> Int {
                Int(values.max()!.rounded(.up)) - Int(values.min()!.rounded(.down))
            }
            (newWidth, newHeight) = (extent(corners.map(\.x)), extent(corners.map(\.y)))
            (m[2], m[5]) = moved(-Double(newWidth - width) / 2, -Double(newHeight - height) / 2)
        }
        return warped(width: newWidth, height: newHeight, .affine(m), resampling, fill: fill)
    }

    /// This picture scaled, sheared, turned clockwise about a point and moved, as by torchvision's `affine`.
    ///
    /// - Parameters:
    ///   - degrees: the angle, clockwise.
    ///   - translation: in whole pixels to the right and down, after all else.
    ///   - scale: above 0.
    ///   - shear: angles in degrees along x and along y.
    ///   - resampling: nearest or bilinear.
    ///   - center: of the rotation, in pixels from the upper left corner; the middle if nil.
    ///   - fill: where the picture is not.
    public func affine(
        degrees: Double = 0, translation: (x: Int, y: Int) = (0, 0), scale: Double = 1,
        shear: (x: Double, y: Double) = (0, 0), _ resampling: Resampling = .nearest,
        center: (x: Double, y: Double)? = nil, fill: Color = 0
    ) -> Image {
        checkFinite([degrees, scale, shear.x, shear.y, center?.x ?? 0, center?.y ?? 0], "affine")
        if scale <= 0 { fail("affine", "scale \(scale) is not above 0") }
        let (cx, cy) = center ?? (Double(width) * 0.5, Double(height) * 0.5)
        let (tx, ty) = (Double(translation.x), Double(translation.y))
        let (angle, sx, sy) = (degrees * .pi / 180, shear.x * .pi / 180, shear.y * .pi / 180)
        // Rotation, scale and shear together without the scale: [[a, b], [c, d]] of determinant 1.
        let a = cos(angle - sy) / cos(sy)
        let b = -cos(angle - sy) * tan(sx) / cos(sy) - sin(angle)
        let c = sin(angle - sy) / cos(sy)
        let d = -sin(angle - sy) * tan(sx) / cos(sy) + cos(angle)
        var m = [d, -b, 0, -c, a, 0].map { $0 / scale }
        m[2] += m[0] * (-cx - tx) + m[1] * (-cy - ty)
        m[5] += m[3] * (-cx - tx) + m[4] * (-cy - ty)
        m[2] += cx
        m[5] += cy
        return warped(width: width, height: height, .affine(m), resampling, fill: fill)
    }

    /// This picture as seen from elsewhere: four of its points are moved, as by torchvision's `perspective`.
    ///
    /// - Parameters:
    ///   - from: four points of this picture, in pixels from the upper left one.
    ///   - to: where they come to lie.
    ///   - resampling: nearest or bilinear.
    ///   - fill: where the picture is not.
    public func perspective(
        from: [(x: Int, y: Int)], to: [(x: Int, y: Int)], _ resampling: Resampling = .bilinear,
        fill: Color = 0
    ) -> Image {
        if from.count != 4 || to.count != 4 {
            fail("perspective", "four points are moved, not \(from.count) to \(to.count)")
        }
        // Eight equations for the map back: the new points to the old ones.
        var rows: [[Double]] = []
        for (new, old) in zip(to, from) {
            let (x, y, u, v) = (Double(new.x), Double(new.y), Double(old.x), Double(old.y))
            rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
            rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
        }
        guard let coefficients = solution(&rows) else {
            fail("perspective", "three of the points \(to) are on a line")
        }
        // In float32, as torchvision has them.
        let m = coefficients.map { Double(Float($0)) }
        return warped(width: width, height: height, .perspective(m), resampling, fill: fill)
    }
}

func checkFinite(_ numbers: [Double], _ operation: String) {
    if let number = numbers.first(where: { !$0.isFinite }) {
        fail(operation, "\(number) is no finite number")
    }
}

/// Gaussian elimination with pivots; the last column is the right-hand side. Nil where there is no single solution.
private func solution(_ rows: inout [[Double]]) -> [Double]? {
    let count = rows.count
    for i in 0..<count {
        let pivot = (i..<count).max { abs(rows[$0][i]) < abs(rows[$1][i]) }!
        rows.swapAt(i, pivot)
        if abs(rows[i][i]) < 1e-9 { return nil }
        for k in 0..<count where k != i {
            let factor = rows[k][i] / rows[i][i]
            for j in i...count { rows[k][j] -= factor * rows[i][j] }
        }
    }
    return (0..<count).map { rows[$0][count] / rows[$0][$0] }
}
