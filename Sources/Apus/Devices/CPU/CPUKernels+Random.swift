import ApusKernels

extension CPUKernels {
    package func drawUniform(
        into result: UnsafeMutableRawPointer, _ dtype: DType, count: Int, _ state: RandomGenerator.State,
        low: Double, high: Double, within range: ClosedRange<Double>
    ) {
        if dtype == .float64 {
            draw(into: result, count) { (out: UnsafeMutablePointer<Double>, count, first) in
                RandomKernels.uniform(
                    out, count, seed: state.seed, offset: state.offset, first: first, low: low, high: high,
                    within: range)
            }
        } else {
            let (low, high) = (Float(low), Float(high))
            let range = Float(range.lowerBound)...Float(range.upperBound)
            draw(into: result, count) { (out: UnsafeMutablePointer<Float>, count, first) in
                RandomKernels.uniform(
                    out, count, seed: state.seed, offset: state.offset, first: first, low: low, high: high,
                    within: range)
            }
        }
    }

    package func drawNormal(
        into result: UnsafeMutableRawPointer, _ dtype: DType, count: Int, _ state: RandomGenerator.State,
        mean: Double, standardDeviation: Double
    ) {
        if dtype == .float64 {
            draw(into: result, count) { (out: UnsafeMutablePointer<Double>, count, first) in
                RandomKernels.normal(
                    out, count, seed: state.seed, offset: state.offset, first: first, mean: mean,
                    standardDeviation: standardDeviation)
            }
        } else {
            let (mean, standardDeviation) = (Float(mean), Float(standardDeviation))
            draw(into: result, count) { (out: UnsafeMutablePointer<Float>, count, first) in
                RandomKernels.normal(
                    out, count, seed: state.seed, offset: state.offset, first: first, mean: mean,
                    standardDeviation: standardDeviation)
            }
        }
    }

    package func drawBernoulli(
        into result: UnsafeMutableRawPointer, count: Int, _ state: RandomGenerator.State, probability: Double
    ) {
        draw(into: result, count) { (out: UnsafeMutablePointer<UInt8>, count, first) in
            RandomKernels.bernoulli(
                out, count, seed: state.seed, offset: state.offset, first: first, probability: probability)
        }
    }

    package func drawIntegers(
        into result: UnsafeMutableRawPointer, count: Int, _ state: RandomGenerator.State, low: Int, high: Int
    ) {
        draw(into: result, count) { (out: UnsafeMutablePointer<Int64>, count, first) in
            RandomKernels.integers(
                out, count, seed: state.seed, offset: state.offset, first: first, low: Int64(low),
                high: Int64(high))
        }
    }

    package func drawPermutation(
        into result: UnsafeMutableRawPointer, count: Int, _ state: RandomGenerator.State
    ) {
        access {
            RandomKernels.permutation(
                result.assumingMemoryBound(to: Int64.self), count, seed: state.seed, offset: state.offset)
        }
    }

    package func dropout(
        _ x: UnsafeRawPointer, into result: UnsafeMutableRawPointer, _ dtype: DType, count: Int,
        _ state: RandomGenerator.State, probability: Double
    ) {
        access {
            Parallel.ranges(count, grain: drawGrain) { range in
                let start = range.lowerBound * dtype.size
                RandomKernels.dropout(
                    result + start, x + start, dtype, range.count, seed: state.seed, offset: state.offset,
                    first: range.lowerBound, probability: probability)
            }
        }
    }

    /// Calls `body` over all of `count` elements, on as many threads as are worth it, with the address of element `first`,
    /// a number of elements and `first`. An element's number depends on its index alone, so the split changes nothing.
    private func draw<T>(
        into start: UnsafeMutableRawPointer, _ count: Int,
        _ body: (_ out: UnsafeMutablePointer<T>, _ count: Int, _ first: Int) -> Void
    ) {
        let out = start.assumingMemoryBound(to: T.self)
        access {
            Parallel.ranges(count, grain: drawGrain) {
                body(out + $0.lowerBound, $0.count, $0.lowerBound)
            }
        }
    }
}

/// Elements below which another thread does not pay.
private let drawGrain = 16_384
