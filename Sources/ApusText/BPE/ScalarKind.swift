/// What the patterns that cut text into words tell apart.
enum ScalarKind: UInt8 {
    case other, letter, number, space

    /// Of the first 65,536 characters, which are most of all text.
    private static let table: [ScalarKind] = (0..<0x10000).map {
        Unicode.Scalar(UInt32($0)).map(ScalarKind.init(computing:)) ?? .other
    }

    @inline(__always)
    init(_ scalar: Unicode.Scalar) {
        self = scalar.value < 0x10000 ? Self.table[Int(scalar.value)] : ScalarKind(computing: scalar)
    }

    private init(computing scalar: Unicode.Scalar) {
        let properties = scalar.properties
        // Hugging Face's regular expressions know no later characters.
        guard let age = properties.age, age.major <= 16 else {
            self = .other
            return
        }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            self = .letter
        case .decimalNumber, .letterNumber, .otherNumber: self = .number
        default: self = properties.isWhitespace ? .space : .other
        }
    }
}
