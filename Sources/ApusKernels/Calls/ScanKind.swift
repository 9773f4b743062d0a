/// What a scan accumulates along an axis.
public enum ScanKind: Sendable {
    case sum
    case product
}
