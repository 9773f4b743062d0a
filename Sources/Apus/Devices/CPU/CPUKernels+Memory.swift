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

    package func fill(
        _ target: UnsafeMutableRawPointer, with element: UnsafeRawPointer, size: Int, _ count: Int
    ) {
        func fill<T: BitwiseCopyable>(_ type: T.Type) {
            target.initializeMemory(as: type, repeating: element.loadUnaligned(as: type), count: count)
        }
        access {
            switch size {
            case 1: fill(UInt8.self)
            case 2: fill(UInt16.self)
            case 4: fill(UInt32.self)
            case 8: fill(UInt64.self)
            default: fill((UInt64, UInt64).self)
            }
        }
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
