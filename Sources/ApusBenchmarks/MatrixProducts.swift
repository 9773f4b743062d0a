import Apus

/// float32 matrix products, M×K by K×N, each factor stored as it is (N) or transposed (T).
let matrixProducts: [Benchmark] = {
    let squares = [64, 128, 256, 512, 1024, 2048].map { (m: $0, k: $0, n: $0) }
    return (squares + [(m: 128, k: 784, n: 400)]).flatMap { m, k, n in
        [(false, false), (false, true), (true, false), (true, true)].map { a, b in
            Benchmark(
                "matmul \(a ? "T" : "N")\(b ? "T" : "N") \(m)x\(k)x\(n)", work: .operations(2 * m * k * n)
            ) {
                let (left, right) = (factor(m, k, transposed: a), factor(k, n, transposed: b))
                return { consume(left.matmul(right)) }
            }
        }
    }
}()

private func factor(_ rows: Int, _ columns: Int, transposed: Bool) -> Tensor {
    transposed ? numbers([columns, rows]).transpose() : numbers([rows, columns])
}
