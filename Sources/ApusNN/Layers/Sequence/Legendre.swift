import Glibc

/// Legendre's polynomials on -1...1.
enum Legendre {
    /// P₀(x), …, of so many.
    static func values(_ count: Int, at x: Double) -> [Double] {
        var values = [Double](repeating: 1, count: count)
        if count > 1 { values[1] = x }
        for n in stride(from: 2, to: count, by: 1) {
            let order = Double(n)
            values[n] = ((2 * order - 1) * x * values[n - 1] - (order - 1) * values[n - 2]) / order
        }
        return values
    }

    /// Points and weights with which a sum is the integral over 0...1 of each polynomial of a degree below twice their number.
    static func quadrature(_ count: Int) -> [(point: Double, weight: Double)] {
        (0..<count).map { index in
            var x = cos(.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
            var slope = 1.0
            // Newton's method from a start that is close; the last steps change nothing but rounding.
            for _ in 0..<8 {
                let values = values(count + 1, at: x)
                slope = Double(count) * (x * values[count] - values[count - 1]) / (x * x - 1)
                x -= values[count] / slope
            }
            return ((x + 1) / 2, 1 / ((1 - x * x) * slope * slope))
        }
    }
}
