extension Shape {
    /// Stops the program where a tensor of this shape would have more axes than tensors have.
    @inline(__always)
    func checkRank(_ operation: String, _ site: CallSite?) {
        if count > Layout.maximumRank { refuseRank(operation, site) }
    }

    private func refuseRank(_ operation: String, _ site: CallSite?) -> Never {
        fail(
            operation,
            "a shape of \(count) axes, \(prefix(4).map(String.init).joined(separator: " × ")) × …: tensors have "
                + "at most \(Layout.maximumRank)", at: site)
    }
}
