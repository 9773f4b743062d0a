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

/// Stops the program over a mistake in code: a shape, axis or type that the operation cannot take.
///
/// Unlike `precondition` it stays in builds without checks. The message reads
/// `matmul: the inner axes differ: [2, 3] × [4, 5]`.
@usableFromInline
package func fail(_ operation: String, _ reason: String, at site: CallSite? = nil) -> Never {
    if let site { fatalError("\(operation): \(reason)", file: site.file, line: site.line) }
    fatalError("\(operation): \(reason)")
}
