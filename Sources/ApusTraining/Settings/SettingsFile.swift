import ApusFormats
import Foundation
import Yams

/// Settings in a file: YAML, of which JSON is a part.
///
/// ```yaml
/// epochs: 30
/// batch_size: 64
/// optimizer: {name: adamw, weight_decay: 0.05}
/// schedule: {name: cosine, warm_up: 2}
/// ```
public enum SettingsFile {
    private static let mostBytes = 1 << 20
    private static let mostValues = 10_000
    private static let mostLevels = 32

    /// - Throws: `FileError` where the file cannot be read or has no group of settings in it.
    public static func read(_ path: String) throws(FileError) -> [String: Setting] {
        let file = try MappedFile(path)
        let bytes = Array(file.bytes.prefix(mostBytes + 1))
        if bytes.count > mostBytes {
            throw FileError(path: path, .tooLarge, "has more than the \(mostBytes) bytes of a settings file")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileError(path: path, .damaged, "is no UTF-8 text")
        }
        return try parse(text, path)
    }

    /// One value as a settings file would have it, such as `0.5`, `true` or `{name: lion}`.
    ///
    /// - Parameter name: whose value it is, for the error.
    public static func value(_ text: String, of name: String) throws(FileError) -> Setting {
        guard let setting = try parse("value: \(text)", name)["value"] else {
            throw FileError(path: name, .unexpected, "has no value")
        }
        return setting
    }

    private static func parse(_ text: String, _ path: String) throws(FileError) -> [String: Setting] {
        // Values that stand for others (anchors and aliases) could unfold to more than memory holds.
        var node: Node?
        do { node = try Yams.compose(yaml: text) } catch {
            throw FileError(path: path, .damaged, reason(error))
        }
        guard let node else { return [:] }
        var left = mostValues
        guard case .group(let values) = try setting(node, path, 0, &left) else {
            throw FileError(path: path, .unexpected, "expected names with values, such as 'epochs: 10'")
        }
        return values
    }

    private static func reason(_ error: any Error) -> String {
        let text = "\(error)".split(whereSeparator: \.isNewline).first.map(String.init) ?? "is no YAML"
        return "is no YAML: \(text)"
    }

    private static func setting(
        _ node: Node, _ path: String, _ level: Int, _ left: inout Int
    ) throws(FileError) -> Setting {
        left -= 1
        if left < 0 || level > mostLevels {
            throw FileError(
                path: path, .tooLarge, "has more than \(mostValues) values, or \(mostLevels) levels")
        }
        switch node {
        case .scalar(let scalar):
            if let bool = Bool.construct(from: scalar) { return .bool(bool) }
            if let int = Int.construct(from: scalar) { return .int(int) }
            if scalar.style == .plain, let number = Double.construct(from: scalar) { return .number(number) }
            return .text(scalar.string)
        case .sequence(let items):
            var values: [Setting] = []
            for item in items { values.append(try setting(item, path, level + 1, &left)) }
            return .list(values)
        case .mapping(let pairs):
            var values: [String: Setting] = [:]
            for (key, value) in pairs {
                guard case .scalar(let name) = key else {
                    throw FileError(path: path, .unexpected, "a name must be a word")
                }
                values[name.string] = try setting(value, path, level + 1, &left)
            }
            return .group(values)
        case .alias:
            throw FileError(path: path, .unexpected, "refers to another value with *; write it out")
        }
    }
}
