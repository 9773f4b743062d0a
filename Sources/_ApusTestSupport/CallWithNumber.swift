/// A call with one number that a caller chooses, for `extremeNumbersThatGoWrong`.
package struct CallWithNumber: Sendable {
    let name: String
    let call: @Sendable (Int) -> Void

    /// - Parameter name: of the operation, with which its refusals begin.
    package init(_ name: String, _ call: @escaping @Sendable (Int) -> Void) {
        self.name = name
        self.call = call
    }
}
