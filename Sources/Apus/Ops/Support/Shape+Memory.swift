extension Shape {
    /// Stops the program where no memory could hold a result of this shape.
    func checkMemory(_ dtype: DType, _ operation: String, _ site: CallSite?) {
        guard let count = checkedElementCount, count < 1 << 47 / dtype.computeType.size else {
            fail(operation, "a tensor of shape \(self) has more elements than memory can hold", at: site)
        }
    }
}
