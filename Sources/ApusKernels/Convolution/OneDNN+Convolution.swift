import ApusKernelBase
import ApusMatrixKernels
import ApusCore
import COneDNN
import COpenMP
import Synchronization

/// A convolution or one of its gradients, compiled by oneDNN for a number of threads.
final class ConvolutionPrimitive: Sendable {
    enum Kind: Int32 {
        case forward, inputGradient, weightGradient
    }

    private let primitive: OneDNN.Handle<apus_dnn_convolution_primitive>
    private let engine: OneDNN.Handle<dnnl_engine_t>
    private let kind: Kind
    /// The number of threads that it was compiled for; it must run on as many.
    private let threads: Int
    private let hasBias: Bool
    /// What calls take turns with.
    private let idle = Mutex<[OneDNN.Handle<apus_dnn_convolution_call>]>([])

    /// Whether oneDNN has fast code for it.
    var exists: Bool { primitive.value.primitive != nil }

    fileprivate init(_ key: OneDNN.ConvolutionKey, _ engine: OneDNN.Handle<dnnl_engine_t>) {
        self.engine = engine
        kind = key.kind
        threads = key.threads
        hasBias = key.hasBias
        let shape = key.shape.atLeastPlanar
        var description = apus_dnn_convolution()
        description.kind = key.kind.rawValue
        description.spatial = Int32(shape.input.count)
        description.batch = shape.batch
        description.inputs = shape.inputs
        description.outputs = shape.outputs
        description.groups = shape.groups
        description.hasBias = key.hasBias
        description.bfloat16 = key.dtype == .bfloat16
        func set(_ field: WritableKeyPath<apus_dnn_convolution, (Int, Int, Int)>, _ values: [Int]) {
            description[keyPath: field] = (values[0], values[1], values.count > 2 ? values[2] : 0)
        }
        set(\.input, shape.input)
        set(\.output, shape.output)
        set(\.kernel, shape.kernel)
        set(\.stride, shape.stride)
        set(\.dilation, shape.dilation)
        set(\.before, shape.before)
        set(\.after, shape.after)
        primitive = OneDNN.Handle(value: Self.compiled(&description, key.kind, engine.value))
    }

    /// Nothing where the library has no code for it but its slow reference, or products whose rounding depends on the number of
    /// threads.
    private static func compiled(
        _ description: inout apus_dnn_convolution, _ kind: Kind, _ engine: dnnl_engine_t
    ) -> apus_dnn_convolution_primitive {
        guard var way = apus_dnn_describe_convolution(engine, &description) else {
            return apus_dnn_convolution_primitive()
        }
        // On channels-last float32 images, convolutions made of small matrix products are as fast as the direct ones at
        // best, and take twice as long where channels are few.
        if kind == .forward, !description.bfloat16, OneDNN.implementation(way).hasPrefix("brgconv:avx512") {
            description.skipped = 1
            if let next = apus_dnn_describe_convolution(engine, &description) {
                let isDirect = OneDNN.implementation(next).hasPrefix("jit:avx512")
                dnnl_primitive_desc_destroy(isDirect ? way : next)
                if isDirect { way = next }
            }
        }
        let name = OneDNN.implementation(way)
        // Seen with AVX2 alone. Gradients of weights always run on one thread.
        let isUneven =
            name.contains("gemm") && !hasWideVectors && kind != .weightGradient && !description.bfloat16
        if name.hasPrefix("ref") || isUneven {
            dnnl_primitive_desc_destroy(way)
            return apus_dnn_convolution_primitive()
        }
        return apus_dnn_compile_convolution(engine, &description, way)
    }

    /// Whether its weights are brought into an order of the library's own.
    var packs: Bool { primitive.value.reorder != nil }

    /// Row-major weights in the library's order.
    func packed(_ w: UnsafeRawPointer) -> Storage {
        let result = Storage(byteCount: primitive.value.weightsSize)
        let succeeded = withStream { stream in
            withUnsafePointer(to: primitive.value) {
                apus_dnn_run_reorder(engine.value, stream, $0, w, result.pointer)
            }
        }
        if !succeeded { Memory.exhausted("convolution", "oneDNN could not run it") }
        return result
    }

    /// - Parameters:
    ///   - x, y: images, channels last: the input and the output, or their gradients.
    ///   - w: weights or their gradient, row-major; the latter is float32.
    func run(
        x: UnsafeRawPointer, w: UnsafeRawPointer, y: UnsafeRawPointer, bias: UnsafeRawPointer? = nil
    ) {
        if !packs { return run(x: x, packed: w, y: y, bias: bias) }
        if kind != .weightGradient {
            let ordered = packed(w)
            run(x: x, packed: ordered.pointer, y: y, bias: bias)
            return withExtendedLifetime(ordered) {}
        }
        let ordered = Storage(byteCount: primitive.value.weightsSize)
        run(x: x, packed: ordered.pointer, y: y, bias: bias)
        let succeeded = withStream { stream in
            withUnsafePointer(to: primitive.value) {
                apus_dnn_run_reorder(
                    engine.value, stream, $0, ordered.pointer, UnsafeMutableRawPointer(mutating: w))
            }
        }
        if !succeeded { Memory.exhausted("convolution", "oneDNN could not run it") }
        withExtendedLifetime(ordered) {}
    }

    /// - Parameter weights: in the library's order.
    func run(
        x: UnsafeRawPointer, packed weights: UnsafeRawPointer, y: UnsafeRawPointer, bias: UnsafeRawPointer?
    ) {
        let scratchpad = Storage(byteCount: primitive.value.scratchpadSize)
        var call = idle.locked { $0.popLast() }?.value ?? makeCall()
        let succeeded = Parallel.withLibraryThreads(threads) {
            withUnsafePointer(to: primitive.value) {
                apus_dnn_run_convolution(&call, kind.rawValue, $0, x, weights, y, bias, scratchpad.pointer)
            }
        }
        if !succeeded { Memory.exhausted("convolution", "oneDNN could not run it") }
        idle.locked { $0.append(OneDNN.Handle(value: call)) }
        withExtendedLifetime(scratchpad) {}
    }

    private func makeCall() -> apus_dnn_convolution_call {
        let call = withUnsafePointer(to: primitive.value) {
            apus_dnn_create_convolution_call(engine.value, kind.rawValue, $0, hasBias)
        }
        if call.stream == nil { Memory.exhausted("oneDNN", "the system has no memory left") }
        return call
    }

    /// Calls `body` with a stream, on as many threads as it was compiled for.
    private func withStream(_ body: (dnnl_stream_t) -> Bool) -> Bool {
        guard let stream = apus_dnn_create_stream(engine.value) else {
            Memory.exhausted("oneDNN", "the system has no memory left")
        }
        defer { dnnl_stream_destroy(stream) }
        return Parallel.withLibraryThreads(threads) { body(stream) }
    }

    deinit {
        idle.locked { for call in $0 { apus_dnn_destroy_convolution_call(call.value) } }
        apus_dnn_destroy_convolution(primitive.value)
    }
}

extension OneDNN {
    private static let convolutions = Mutex<[ConvolutionKey: ConvolutionPrimitive]>([:])

    struct ConvolutionKey: Hashable {
        let kind: ConvolutionPrimitive.Kind
        let shape: ConvolutionShape
        let dtype: DType
        let hasBias: Bool
        let threads: Int
    }

    /// How many threads a convolution would have now.
    static var convolutionThreads: Int { omp_in_parallel() != 0 ? 1 : Parallel.usefulThreadCount }

    /// Compiled for so many threads; nil where oneDNN has no fast code for it, or none that can be trusted.
    func convolution(
        _ kind: ConvolutionPrimitive.Kind, _ shape: ConvolutionShape, _ dtype: DType = .float32,
        hasBias: Bool = false, threads: Int = convolutionThreads
    ) -> ConvolutionPrimitive? {
        if shape.isStridedPointwiseOfFewChannels { return nil }
        let key = ConvolutionKey(
            kind: kind, shape: shape, dtype: dtype, hasBias: hasBias, threads: threads)
        if let known = Self.convolutions.locked({ $0[key] }) { return known.exists ? known : nil }
        // oneDNN plans for as many threads as OpenMP would use.
        let fresh = Parallel.withLibraryThreads(threads) {
            Self.compiling.locked { _ in ConvolutionPrimitive(key, engine) }
        }
        return Self.convolutions.locked { convolutions in
            if let known = convolutions[key] { return known.exists ? known : nil }
            if convolutions.count >= 1024 { convolutions.removeAll() }  // shapes that change with every call
            convolutions[key] = fresh
            return fresh.exists ? fresh : nil
        }
    }
}
