import ApusKernelBase

extension LaneSteps {
    /// Vectors of scratch memory that `transform` needs beyond its two buffers.
    var chirpScratchCount: Int { chirp.map { 4 * $0.pointee.padded.length } ?? 0 }

    /// Transforms the middle axis of [length, inner] complex numbers at `x`, going to and fro between the
    /// two buffers; returns the one in which the result lies.
    @inline(__always)
    func transform(
        _ x: UnsafeMutablePointer<V>, _ y: UnsafeMutablePointer<V>, inner: Int,
        chirpScratch: UnsafeMutablePointer<V>?
    ) -> UnsafeMutablePointer<V> {
        if let chirp {
            convolve(chirp.pointee, x, y, inner, chirpScratch!)
            return y
        }
        var (from, to, stride) = (x, y, inner)
        for index in 0..<passCount {
            run(passes[index], from, to, stride)
            stride *= passes[index].radix
            swap(&from, &to)
        }
        return from
    }

    /// Whether `transform` leaves its result in the second buffer.
    var endsInSecond: Bool { chirp != nil || passCount % 2 == 1 }

    @inline(never)
    private func run(
        _ pass: Pass, _ x: UnsafeMutablePointer<V>, _ y: UnsafeMutablePointer<V>, _ stride: Int
    ) {
        switch pass.radix {
        case 2: run(Radix2.self, pass, x, y, stride)
        case 3: run(Radix3.self, pass, x, y, stride)
        case 4: run(Radix4.self, pass, x, y, stride)
        case 5: run(Radix5.self, pass, x, y, stride)
        case 7: run(Radix7.self, pass, x, y, stride)
        case 8: run(Radix8.self, pass, x, y, stride)
        default: runPrime(pass, x, y, stride)
        }
    }

    /// y[q, j, t] = Σ x[i, q, t]·exp(-2πi·ij/p) · exp(-2πi·qj/(p·count))
    @inline(__always)
    private func run<B: Butterfly>(
        _: B.Type, _ pass: Pass, _ x: UnsafeMutablePointer<V>, _ y: UnsafeMutablePointer<V>, _ stride: Int
    ) {
        let (xs, ys) = (2 * stride * pass.count, 2 * stride)
        for t in 0..<stride { B.plain(x + 2 * t, xs, y + 2 * t, ys) }
        var w = UnsafePointer(pass.twiddles)
        for q in 1..<max(pass.count, 1) {
            let (from, to) = (x + 2 * stride * q, y + 2 * stride * B.radix * q)
            for t in 0..<stride { B.twiddled(from + 2 * t, xs, to + 2 * t, ys, w) }
            w += 2 * (B.radix - 1)
        }
    }

    /// A pass of any odd number of points: sums and differences of mirrored points, then the definition.
    private func runPrime(
        _ pass: Pass, _ x: UnsafeMutablePointer<V>, _ y: UnsafeMutablePointer<V>, _ stride: Int
    ) {
        let (p, half, roots) = (pass.radix, pass.radix / 2, pass.roots!)
        let (xs, ys) = (2 * stride * pass.count, 2 * stride)
        withUnsafeTemporaryAllocation(of: V.self, capacity: 4 * half) { mirrored in
            let sums = mirrored.baseAddress!
            let gaps = sums + 2 * half
            for q in 0..<pass.count {
                let w = pass.twiddles + 2 * (p - 1) * (q - 1)
                for t in 0..<stride {
                    let from = x + 2 * (stride * q + t)
                    let to = y + 2 * (stride * p * q + t)
                    let first = LaneComplex(from)
                    var total = first
                    for j in 1...half {
                        let (a, b) = (LaneComplex(from + j * xs), LaneComplex(from + (p - j) * xs))
                        (a + b).store(sums + 2 * (j - 1))
                        (a - b).store(gaps + 2 * (j - 1))
                        total = total + (a + b)
                    }
                    total.store(to)
                    for k in 1...half {
                        var middle = first
                        var rotated = LaneComplex(V.zero, V.zero)
                        var index = 0
                        for j in 0..<half {
                            index += k
                            if index >= p { index -= p }
                            middle = middle.adding(
                                LaneComplex(sums + 2 * j), times: V.all(roots[2 * index]))
                            rotated = rotated.adding(
                                LaneComplex(gaps + 2 * j), times: V.all(roots[2 * index + 1]))
                        }
                        let (low, high) = (
                            LaneComplex.plusI(middle, rotated), LaneComplex.minusI(middle, rotated)
                        )
                        if q == 0 {
                            low.store(to + k * ys)
                            high.store(to + (p - k) * ys)
                        } else {
                            low.times(w + 2 * (k - 1)).store(to + k * ys)
                            high.times(w + 2 * (p - k - 1)).store(to + (p - k) * ys)
                        }
                    }
                }
            }
        }
    }

    /// Bluestein: jk = (j² + k² - (k - j)²) / 2 makes the transform a convolution with a chirp.
    private func convolve(
        _ parts: Chirp, _ x: UnsafeMutablePointer<V>, _ y: UnsafeMutablePointer<V>, _ inner: Int,
        _ scratch: UnsafeMutablePointer<V>
    ) {
        let m = parts.padded.length
        let (first, second) = (scratch, scratch + 2 * m)
        for t in 0..<inner {
            for k in 0..<length {
                LaneComplex(x + 2 * (k * inner + t)).times(parts.chirp + 2 * k).store(first + 2 * k)
            }
            (first + 2 * length).update(repeating: V.zero, count: 2 * (m - length))
            let spectrum = parts.padded.transform(first, second, inner: 1, chirpScratch: nil)
            // The inverse transform is the forward one with real and imaginary parts swapped before and after it.
            for k in 0..<m {
                let product = LaneComplex(spectrum + 2 * k).times(parts.spectrum + 2 * k)
                LaneComplex(product.im, product.re).store(spectrum + 2 * k)
            }
            let other = spectrum == first ? second : first
            let result = parts.padded.transform(spectrum, other, inner: 1, chirpScratch: nil)
            for k in 0..<length {
                let value = LaneComplex(result[2 * k + 1], result[2 * k])
                value.times(parts.chirp + 2 * k).store(y + 2 * (k * inner + t))
            }
        }
    }
}
