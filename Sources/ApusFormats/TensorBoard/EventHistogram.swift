/// Numbers counted in buckets as TensorFlow's `histogram.cc` does.
struct EventHistogram {
    private var counts = [Double](repeating: 0, count: limits.count)
    private var (minimum, maximum) = (Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude)
    private var (count, sum, squares) = (0.0, 0.0, 0.0)

    /// Each bucket ends below its limit and begins at the one before.
    private static let limits: [Double] = {
        var positive: [Double] = []
        var limit = 1e-12
        while limit < 1e20 {
            positive.append(limit)
            limit *= 1.1
        }
        positive.append(.greatestFiniteMagnitude)
        return positive.reversed().map { -$0 } + [0] + positive
    }()

    /// Infinite numbers and NaN are left out.
    init(_ values: [Double]) {
        for value in values where value.isFinite {
            counts[Self.bucket(of: value)] += 1
            (minimum, maximum) = (min(minimum, value), max(maximum, value))
            count += 1
            sum += value
            squares += value * value
        }
    }

    /// The first whose limit is above the value; the last for the largest number of all.
    private static func bucket(of value: Double) -> Int {
        var (low, high) = (0, limits.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if limits[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Runs of empty buckets are one bucket.
    var message: BoardHistogram {
        var message = BoardHistogram()
        (message.min, message.max) = (minimum, maximum)
        (message.num, message.sum, message.sumSquares) = (count, sum, squares)
        for (limit, count) in zip(Self.limits, counts) {
            if count == 0 && message.bucket.last == 0 {
                message.bucketLimit[message.bucketLimit.count - 1] = limit
            } else {
                message.bucketLimit.append(limit)
                message.bucket.append(count)
            }
        }
        return message
    }
}
