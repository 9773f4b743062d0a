/// What a scan accumulates along an axis.
package enum ScanKind: Sendable {
    case sum
    case product
}
