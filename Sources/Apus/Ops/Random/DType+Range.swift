extension DType {
    /// The least and the greatest number from `low` up to below `high` that this floating-point type (or a complex
    /// one's parts) has; what is nearest to `low` where it has none. Infinite where the type does not reach.
    func numbers(from low: Double, below high: Double) -> ClosedRange<Double> {
        let (nearest, top) = (rounded(low), rounded(high))
        let least = nearest < low ? next(nearest, up: true) : nearest
        // Below `high` both in this type and in double precision.
        let greatest = top.isFinite ? next(top, up: false) : top
        return least <= greatest ? least...greatest : nearest...nearest
    }

    /// The least and the greatest number of this type from `low` to `high`; what is nearest to `low` where it has none.
    func numbers(from low: Double, through high: Double) -> ClosedRange<Double> {
        let (nearest, top) = (rounded(low), rounded(high))
        let least = nearest < low ? next(nearest, up: true) : nearest
        let greatest = top > high ? next(top, up: false) : top
        return least <= greatest ? least...greatest : nearest...nearest
    }

    /// The least and the greatest number of this type among the integers from `low` to `high`, which are returned
    /// themselves where it has none.
    func numbers(from low: Int, through high: Int) -> ClosedRange<Int> {
        var (least, greatest) = (rounded(Double(low)), rounded(Double(high)))
        // Double precision has not all integers either.
        if !least.isFinite || Int128(least) < Int128(low) { least = next(least, up: true) }
        if !greatest.isFinite || Int128(greatest) > Int128(high) { greatest = next(greatest, up: false) }
        return least <= greatest && least.isFinite && greatest.isFinite
            ? Int(least)...Int(greatest) : low...high
    }

    /// The nearest number of this type.
    private func rounded(_ x: Double) -> Double {
        switch realType {
        case .float16: Double(Float16(x))
        case .bfloat16: Double(Float(BFloat16(Float(x))))
        case .float32: Double(Float(x))
        default: x
        }
    }

    /// The next number of this type above or below one of its numbers.
    private func next(_ x: Double, up: Bool) -> Double {
        switch realType {
        case .float16: return Double(up ? Float16(x).nextUp : Float16(x).nextDown)
        case .bfloat16:
            // A float32 whose lower half is zero; the next one is that half further.
            let value = Float(x)
            if value == 0 { return up ? 0x1p-133 : -0x1p-133 }
            let isFurther = up == (value > 0)
            return Double(
                Float(bitPattern: isFurther ? value.bitPattern + 0x1_0000 : value.bitPattern - 0x1_0000))
        case .float32: return Double(up ? Float(x).nextUp : Float(x).nextDown)
        default: return up ? x.nextUp : x.nextDown
        }
    }
}
