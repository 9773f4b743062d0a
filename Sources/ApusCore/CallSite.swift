import Synchronization

/// The place in the user's code that called an operation, named when the call cannot be carried out.
@usableFromInline
package struct CallSite: Sendable {
    /// The caller's `#fileID`.
    @usableFromInline package let file: StaticString
    /// The caller's `#line`.
    @usableFromInline package let line: UInt

    /// Made of the `#fileID` and `#line` that default arguments of the operation bring.
    @inlinable
    package init(file: StaticString, line: UInt) {
        self.file = file
        self.line = line
    }
}

/// The call of a model within which something cannot be carried out.
package struct EnclosingCall: Sendable {
    /// What was called, such as `encoder.2.conv1 of ResNet`.
    package let name: String
    /// Where the model was called.
    package let site: CallSite
    /// The caller's own line that is nearest to the mistake, where it is another.
    package let nearest: CallSite?

    package init(name: String, site: CallSite, nearest: CallSite?) {
        self.name = name
        self.site = site
        self.nearest = nearest
    }

    /// Finds the call that the current thread is within, from where the operation was called; set where there are such calls.
    package static let find = Mutex<(@Sendable (CallSite?) -> EnclosingCall?)?>(nil)
}

/// Stops the program over a mistake in code: a shape, axis or type that the operation cannot take.
///
/// Unlike `precondition` it stays in builds without checks. The message reads
/// `matmul: the inner axes differ: [2, 3] × [4, 5]`, and within the call of a model
/// `linear in head.0 of Net: …`, at the line of that call.
@usableFromInline
package func fail(_ operation: String, _ reason: String, at site: CallSite? = nil) -> Never {
    let find = EnclosingCall.find.withLock { $0 }
    if let call = find?(site) {
        let nearest = call.nearest.map { " (\($0.file):\($0.line))" } ?? ""
        fatalError(
            "\(operation) in \(call.name)\(nearest): \(reason)", file: call.site.file, line: call.site.line)
    }
    if let site { fatalError("\(operation): \(reason)", file: site.file, line: site.line) }
    fatalError("\(operation): \(reason)")
}
