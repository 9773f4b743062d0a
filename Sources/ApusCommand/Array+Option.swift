extension [String] {
    /// Takes an option with its value out of a command's arguments: `--name value` or `--name=value`.
    mutating func remove(option: String) {
        while let index = firstIndex(where: { $0 == option || $0.hasPrefix("\(option)=") }) {
            removeSubrange(index..<Swift.min(count, index + (self[index] == option ? 2 : 1)))
        }
    }
}
