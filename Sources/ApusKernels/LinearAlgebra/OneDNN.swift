import ApusKernelBase
import ApusCore
import COneDNN
import Synchronization

/// oneDNN's engine, and the products made so far, by what they compute.
package final class OneDNN: Sendable {
    package static let shared = OneDNN()

    /// oneDNN's handles may be used from any thread; what must not be shared is checked out of a pool.
    package struct Handle<T>: @unchecked Sendable {
        package let value: T

        package init(value: T) { self.value = value }
    }

    package let engine: Handle<dnnl_engine_t>
    /// One primitive is compiled at a time: where two threads compile bfloat16 convolutions at once, oneDNN 2.6 makes code that computes
    /// other sums.
    package static let compiling = Mutex<Void>(())
    private let products = Mutex<[ProductKey: ProductPrimitive]>([:])

    private init() {
        guard let engine = apus_dnn_create_engine() else {
            fail("oneDNN", "there is no engine for this processor")
        }
        self.engine = Handle(value: engine)
    }

    struct ProductKey: Hashable {
        let m, n, k: Int
        let aRow, aColumn, bRow, bColumn, cRow: Int
        let hasBias, accumulate: Bool
    }

    /// The name of the library's way to compute something.
    package static func implementation(_ description: dnnl_primitive_desc_t) -> String {
        String(cString: apus_dnn_implementation(description))
    }

    /// The primitive for a bfloat16 product on one thread.
    func product(_ key: ProductKey) -> ProductPrimitive {
        if let known = products.locked({ $0[key] }) { return known }
        var description = apus_dnn_product(
            m: key.m, n: key.n, k: key.k, aRow: key.aRow, aColumn: key.aColumn, bRow: key.bRow,
            bColumn: key.bColumn, cRow: key.cRow, hasBias: key.hasBias, accumulate: key.accumulate)
        var primitive = Self.compiling.locked { _ in apus_dnn_create_product(engine.value, &description) }
        // The reference code is slower than a conversion to float32.
        if let code = primitive.description, Self.implementation(code).hasPrefix("ref") {
            apus_dnn_destroy_product(primitive)
            primitive = apus_dnn_primitive()
        }
        let fresh = ProductPrimitive(Handle(value: primitive), engine, hasBias: key.hasBias)
        return products.locked { products in
            if let known = products[key] { return known }  // another thread was faster
            if products.count >= 1024 { products.removeAll() }  // shapes that change with every call
            products[key] = fresh
            return fresh
        }
    }
}

/// A product that oneDNN has compiled, and the arguments that threads take turns with.
final class ProductPrimitive: Sendable {
    private struct Arguments {
        let stream: dnnl_stream_t
        let memory: apus_dnn_arguments
        let scratchpad: Storage
    }

    private let primitive: OneDNN.Handle<apus_dnn_primitive>
    private let engine: OneDNN.Handle<dnnl_engine_t>
    private let hasBias: Bool
    private let idle = Mutex<[OneDNN.Handle<Arguments>]>([])

    fileprivate init(
        _ primitive: OneDNN.Handle<apus_dnn_primitive>, _ engine: OneDNN.Handle<dnnl_engine_t>, hasBias: Bool
    ) {
        self.primitive = primitive
        self.engine = engine
        self.hasBias = hasBias
    }

    /// Whether oneDNN has fast code for it.
    var exists: Bool { primitive.value.primitive != nil }

    func run(
        _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutableRawPointer, bias: UnsafeRawPointer?
    ) {
        let arguments = idle.locked { $0.popLast() } ?? makeArguments()
        let value = arguments.value
        let succeeded = apus_dnn_run_product(
            value.stream, primitive.value, value.memory, a, b, c, bias, value.scratchpad.pointer)
        if !succeeded { Memory.exhausted("matrix product", "oneDNN could not run a bfloat16 product") }
        idle.locked { $0.append(arguments) }
    }

    private func makeArguments() -> OneDNN.Handle<Arguments> {
        let memory = apus_dnn_create_arguments(engine.value, primitive.value, hasBias)
        guard let stream = apus_dnn_create_stream(engine.value), memory.a != nil, memory.b != nil,
            memory.c != nil
        else { Memory.exhausted("oneDNN", "the system has no memory left") }
        return OneDNN.Handle(
            value: Arguments(
                stream: stream, memory: memory, scratchpad: Storage(byteCount: Int(memory.scratchpadSize))))
    }

    // Primitives live as long as the process, or until the table of them is emptied.
    deinit {
        idle.locked { idle in
            for arguments in idle {
                apus_dnn_destroy_arguments(arguments.value.memory)
                dnnl_stream_destroy(arguments.value.stream)
            }
        }
        apus_dnn_destroy_product(primitive.value)
    }
}
