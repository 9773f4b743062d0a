/// Half a million dependent additions: the same work on both sides of the comparison would take the
/// same time, so this row only shows that the harness works.
let harness = [
    Benchmark("harness") {
        {
            var sum = 0.0
            for i in 0..<500_000 { sum += Double(i) }
            consume(sum)
        }
    }
]
