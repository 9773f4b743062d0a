import Apus
import Foundation

/// A pole that stands on a cart: pushing the cart left and right is to keep it from falling over.
///
/// The physics are those of Barto, Sutton and Anderson (1983), "Neuronlike adaptive elements that can solve difficult learning
/// control problems", with the constants of Gym's CartPole-v1: Euler's method, frictionless, 50 steps a second.
///
/// ```swift
/// var random = SystemRandomNumberGenerator()
/// var pole = CartPole(using: &random)
/// while !pole.hasEnded { pole.push(right: pole.state[2] > 0) }
/// print(pole.steps)
/// ```
public struct CartPole: Sendable, Equatable {
    /// The cart's position (m) and velocity (m/s), the pole's angle from upright (rad) and its velocity (rad/s).
    public private(set) var state: [Double]
    /// Pushes so far: what the episode returns, 1 for each.
    public private(set) var steps = 0

    /// An episode that has so many steps ends.
    public static let mostSteps = 500

    private static let gravity = 9.8
    private static let cartMass = 1.0
    private static let poleMass = 0.1
    private static let halfLength = 0.5
    private static let force = 10.0
    private static let seconds = 0.02

    /// - Parameter state: position, velocity, angle, angular velocity.
    public init(state: [Double]) {
        if state.count != 4 { fail("CartPole", "a state of \(state.count) numbers: it has 4") }
        self.state = state
    }

    /// Nearly upright and at rest: each number of the state is uniform in ±0.05.
    public init(using random: inout some RandomNumberGenerator) {
        self.init(state: (0..<4).map { _ in Double.random(in: -0.05...0.05, using: &random) })
    }

    /// Whether the pole leans by more than 12°, or the cart is more than 2.4 m from the middle.
    public var hasFallen: Bool { abs(state[0]) > 2.4 || abs(state[2]) > 12 * Double.pi / 180 }

    /// Whether it has fallen, or the time is over.
    public var hasEnded: Bool { hasFallen || steps >= CartPole.mostSteps }

    /// Pushes the cart with 10 N for a fiftieth of a second.
    public mutating func push(right: Bool) {
        let (velocity, angle, turning) = (state[1], state[2], state[3])
        let mass = CartPole.cartMass + CartPole.poleMass
        let moment = CartPole.poleMass * CartPole.halfLength
        let force = right ? CartPole.force : -CartPole.force
        let push = (force + moment * turning * turning * sin(angle)) / mass
        let inertia =
            CartPole.halfLength * (4.0 / 3 - CartPole.poleMass * cos(angle) * cos(angle) / mass)
        let angular = (CartPole.gravity * sin(angle) - cos(angle) * push) / inertia
        let acceleration = push - moment * angular * cos(angle) / mass
        let changes = [velocity, acceleration, turning, angular]
        for index in 0..<4 { state[index] += CartPole.seconds * changes[index] }
        steps += 1
    }
}
