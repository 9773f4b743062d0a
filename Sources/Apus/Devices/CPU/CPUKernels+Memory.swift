import Glibc

extension CPUKernels {
    package func copyToHost(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int)
    {
        access { _ = memcpy(target, source, byteCount) }
    }

    package func copyFromHost(
        _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int
    ) {
        access { _ = memcpy(target, source, byteCount) }
    }

    package func clear(_ target: UnsafeMutableRawPointer, byteCount: Int) {
        access { _ = memset(target, 0, byteCount) }
    }

    package func makeTruths(_ target: UnsafeMutableRawPointer, _ count: Int) {
        access {
            let bytes = UnsafeMutableRawBufferPointer(start: target, count: count)
            for index in bytes.indices where bytes[index] > 1 { bytes[index] = 1 }
        }
    }
}
