import ApusData

/// Where the real MNIST lies beside the package, or nil.
let realMNIST: String? = {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let candidates = ["/\(root)/../shared/data/mnist", "../shared/data/mnist"]
    return candidates.first { MNIST.isPresent(in: $0) }
}()
