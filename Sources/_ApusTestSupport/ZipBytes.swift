/// A ZIP archive made by hand, in kinds that the writer does not write.
///
/// - Parameters:
///   - members: names and contents.
///   - method: 0 stores, 8 deflates.
///   - sizes: what the directory says of each member's size, where it lies.
package func zip(
    _ members: [(name: String, contents: [UInt8])], method: Int = 0, flags: Int = 0,
    sizes: [String: Int] = [:]
) -> [UInt8] {
    func number(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var (result, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, contents) in members {
        let stored = method == 8 ? deflated(contents, windowBits: -15) : contents
        let size = sizes[name] ?? contents.count
        let record =
            number(20, 2) + number(flags, 2) + number(method, 2) + number(0, 4)
            + number(Int(checksum(contents)), 4) + number(stored.count, 4) + number(size, 4)
            + number(name.utf8.count, 2)
        directory += number(0x0201_4B50, 4) + number(20, 2) + record + [UInt8](repeating: 0, count: 12)
        directory += number(result.count, 4) + Array(name.utf8)
        result += number(0x0403_4B50, 4) + record + number(0, 2) + Array(name.utf8) + stored
    }
    return result + directory + number(0x0605_4B50, 4) + number(0, 4) + number(members.count, 2)
        + number(members.count, 2) + number(directory.count, 4) + number(result.count, 4) + number(0, 2)
}
