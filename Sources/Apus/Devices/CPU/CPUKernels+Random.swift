import ApusKernels

extension CPUKernels {
    package func drawUniform(
        into result: UnsafeMutableRawPointer, _ dtype: DType, count: Int, _ stretch: RandomStretch,
        low: Double, high: Double, within range: ClosedRange<Double>
    ) {
        if dtype == .float64 {
            draw(into: result, count, stretch) { (out: UnsafeMutablePointer<Double>, count, first) in
                RandomKernels.uniform(
                    out, count, seed: stretch.state.seed, offset: stretch.state.offset, first: first,
                    low: low, high: high,
                    within: range)
            }
        } else {
            let (low, high) = (Float(low), Float(high))
            let range = Float(range.lowerBound)...Float(range.upperBound)
            draw(into: result, count, stretch) { (out: UnsafeMutablePointer<Float>, count, first) in
                RandomKernels.uniform(
                    out, count, seed: stretch.state.seed, offset: stretch.state.offset, first: first,
                    low: low, high: high,
                    within: range)
            }
        }
    }

    package func drawNormal(
        into result: UnsafeMutableRawPointer, _ dtype: DType, count: Int, _ stretch: RandomStretch,
        mean: Double, standardDeviation: Double
    ) {
        if dtype == .float64 {
            draw(into: result, count, stretch) { (out: UnsafeMutablePointer<Double>, count, first) in
                RandomKernels.normal(
                    out, count, seed: stretch.state.seed, offset: stretch.state.offset, first: first,
                    mean: mean,
                    standardDeviation: standardDeviation)
            }
        } else {
            let (mean, standardDeviation) = (Float(mean), Float(standardDeviation))
            draw(into: result, count, stretch) { (out: UnsafeMutablePointer<Float>, count, first) in
                RandomKernels.normal(
                    out, count, seed: stretch.state.seed, offset: stretch.state.offset, first: first,
                    mean: mean,
                    standardDeviation: standardDeviation)
            }
        }
    }

    package func drawBernoulli(
        into result: UnsafeMutableRawPointer, count: Int, _ stretch: RandomStretch, probability: Double
    ) {
        draw(into: result, count, stretch) { (out: UnsafeMutablePointer<UInt8>, count, first) in
            RandomKernels.bernoulli(
                out, count, seed: stretch.state.seed, offset: stretch.state.offset, first: first,
                probability: probability)
        }
    }

    package func drawIntegers(
        into result: UnsafeMutableRawPointer, count: Int, _ stretch: RandomStretch, low: Int, high: Int
    ) {
        draw(into: result, count, stretch) { (out: UnsafeMutablePointer<Int64>, count, first) in
            RandomKernels.integers(
                out, count, seed: stretch.state.seed, offset: stretch.state.offset, first: first,
                low: Int64(low),
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
        _ stretch: RandomStretch, probability: Double
    ) {
        let state = stretch.state
        access {
            Parallel.ranges(count, grain: drawGrain) { range in
                stretch.forEachRun(in: range) { index, count, number in
                    let start = index * dtype.size
                    RandomKernels.dropout(
                        result + start, x + start, dtype, count, seed: state.seed, offset: state.offset,
                        first: number, probability: probability)
                }
            }
        }
    }

    /// Calls `body` over all of `count` elements, on as many threads as are worth it, with the address of an element,
    /// how many elements follow whose numbers do, and its number. That depends on its index alone, so the split changes nothing.
    private func draw<T>(
        into start: UnsafeMutableRawPointer, _ count: Int, _ stretch: RandomStretch,
        _ body: (_ out: UnsafeMutablePointer<T>, _ count: Int, _ first: Int) -> Void
    ) {
        let out = start.assumingMemoryBound(to: T.self)
        access {
            Parallel.ranges(count, grain: drawGrain) { range in
                stretch.forEachRun(in: range) { index, count, number in body(out + index, count, number) }
            }
        }
    }
}

/// Elements below which another thread does not pay.
private let drawGrain = 16_384
