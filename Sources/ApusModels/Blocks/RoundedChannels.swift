/// The multiple of `divisor` nearest to a number of channels: never none, and never under 90 % of that
/// number.
///
/// As in the authors' code of MobileNet, where halves are rounded up.
func roundedChannels(_ channels: Double, divisor: Int = 8) -> Int {
    let rounded = max(divisor, Int(channels + Double(divisor) / 2) / divisor * divisor)
    return Double(rounded) < 0.9 * channels ? rounded + divisor : rounded
}
