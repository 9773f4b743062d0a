/// What is applied to an operation's results before they are written.
package enum Activation: Sendable {
    case none, relu, relu6, silu, hardswish
}
