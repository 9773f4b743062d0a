import Apus
import Glibc

/// A call of a layer that has not returned yet: a mistake within it names the layer and the line of the call.
///
/// A thread's calls are a linked list on its stack, the innermost first. A call only writes two pointers; the list is
/// read where the program stops.
private struct LayerCall {
    let module: Unmanaged<Module>
    let site: CallSite
    /// The call within which this one is.
    let outer: UnsafeMutableRawPointer?

    /// The key under which each thread keeps its innermost call.
    static let key: pthread_key_t = {
        var key = pthread_key_t()
        if pthread_key_create(&key, nil) != 0 { fail("Layer", "the system has no storage left for threads") }
        EnclosingCall.find.withLock { $0 = { enclosing($0) } }
        return key
    }()

    /// What the message about an operation's mistake names.
    ///
    /// - Parameter site: where the operation was called.
    private static func enclosing(_ site: CallSite?) -> EnclosingCall? {
        var calls: [LayerCall] = []
        var next = pthread_getspecific(key)
        while let pointer = next {
            calls.append(pointer.load(as: LayerCall.self))
            next = calls.last!.outer
        }
        // Finding names may stop the program too, and would come here again.
        pthread_setspecific(key, nil)
        guard let outermost = calls.last else { return nil }
        let model = outermost.module.takeUnretainedValue()
        let names = model.namedModules()
        // A layer that the model does not hold as a member goes by the name of its caller.
        let path = calls.lazy.compactMap { call in
            names.first { $0.module === call.module.takeUnretainedValue() }?.name
        }.first
        let sites = (site.map { [$0] } ?? []) + calls.map(\.site)
        let own = sites.filter { !isOfThisPackage($0) }
        let (nearest, call) = (own.first ?? outermost.site, own.last ?? outermost.site)
        let isOther = nearest.line != call.line || "\(nearest.file)" != "\(call.file)"
        let type = model.typeName
        return EnclosingCall(
            name: path.map { $0.isEmpty ? type : "\($0) of \(type)" } ?? type, site: call,
            nearest: isOther ? nearest : nil)
    }

    /// Whether a line belongs to Apus itself, where its user has nothing to fix.
    private static func isOfThisPackage(_ site: CallSite) -> Bool {
        let module = "\(site.file)".prefix { $0 != "/" }
        return ["Apus", "ApusNN", "ApusModels", "ApusTraining", "ApusCommand"].contains(module)
    }
}

extension Module {
    /// Runs `body`, what a module computes when it is called, so that a mistake within it names the module and the line of
    /// the call. Layers are called so by themselves; modules with other inputs do it in their `callAsFunction`:
    ///
    /// ```swift
    /// func callAsFunction(
    ///     _ a: Tensor, _ b: Tensor, file: StaticString = #fileID, line: UInt = #line
    /// ) -> Tensor {
    ///     called(file: file, line: line) { first(a) + second(b) }
    /// }
    /// ```
    public final func called<R>(file: StaticString, line: UInt, _ body: () throws -> R) rethrows -> R {
        let key = LayerCall.key
        let outer = pthread_getspecific(key)
        var call = LayerCall(
            module: .passUnretained(self), site: CallSite(file: file, line: line), outer: outer)
        return try withUnsafeMutablePointer(to: &call) { pointer in
            pthread_setspecific(key, pointer)
            defer { pthread_setspecific(key, outer) }
            return try body()
        }
    }
}

extension Layer {
    /// The layer's result for `x`: what `forward` makes of it.
    ///
    /// A mistake within stops the program with the line of the call and the path of the layer that it was made in, such as
    /// `main.swift:12: conv2d in encoder.2.conv1 of Net: …`.
    public func callAsFunction(_ x: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let result = called(file: file, line: line) { forward(x) }
        LayerWatch.returned(self, result)
        return result
    }
}
