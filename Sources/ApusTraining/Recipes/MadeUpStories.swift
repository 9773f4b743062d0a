import ApusData

/// A text that the program makes up: short stories of somebody with a made-up name, a thing, a place and a friend.
///
/// Names are put together from syllables, a new one for each story, so that whoever reads on has to remember them; the rest is
/// chosen from a few words. A reader who knows all of that is left with about one bit for each character.
struct MadeUpStories {
    private static let syllables = words(
        "ba be bi bo da de di do fa fi ga go ha hi jo ka ke ki la le li lo ma me mi mo na ne ni no pa pe ra re ri ro sa se si so ta te ti "
            + "to va ve vi wa we za zo")
    private static let things = words(
        "kite lamp drum boat book ball bell coat ring clock basket whistle mirror ladder pencil umbrella")
    private static let colors = words("red blue green yellow white black brown golden")
    private static let places = words(
        "park river market forest harbor station garden school bridge castle island meadow")
    private static let animals = words("cat dog goat horse fox owl hen frog crow mouse duck bee")
    private static let weathers = words("sunny windy rainy cold warm foggy quiet snowy")
    private static let manners = words("slowly quickly gladly sadly loudly softly bravely carefully")
    private static let times = words("morning evening night noon")
    private static let numbers = words("two three four five six seven eight nine")

    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    private var random: SampleGenerator

    private init(seed: UInt64) { random = SampleGenerator(.init(seed: seed)) }

    /// Stories of so many characters together, or a few more; always the same. A line is a story.
    static func text(_ count: Int) -> String {
        var stories = MadeUpStories(seed: 0)
        var text = ""
        while text.utf8.count < count { text += stories.story() + "\n" }
        return text
    }

    private mutating func one(_ words: [String]) -> String { words.randomElement(using: &random)! }

    private mutating func name() -> String {
        let name = (0..<Int.random(in: 2...3, using: &random)).map { _ in one(Self.syllables) }.joined()
        return name.prefix(1).uppercased() + name.dropFirst()
    }

    private mutating func story() -> String {
        let (hero, friend) = (name(), name())
        let (she, her) = Bool.random(using: &random) ? ("she", "her") : ("he", "his")
        let thing = "\(one(Self.colors)) \(one(Self.things))"
        let (place, other, animal) = (one(Self.places), one(Self.places), one(Self.animals))
        var sentences = [
            one([
                "One \(one(Self.weathers)) \(one(Self.times)) \(hero) went to the \(place) with a \(thing).",
                "There once was a \(animal) at the \(place), and \(hero) brought it a \(thing).",
                "\(hero) had \(one(Self.numbers)) friends and a \(thing), which lay at the \(place).",
            ])
        ]
        let events = [
            "\(she.capitalized) \(one(Self.manners)) looked for \(friend), \(her) friend from the \(other).",
            "\"Where is my \(thing)?\" asked \(hero) \(one(Self.manners)).",
            "A \(one(Self.colors)) \(animal) took the \(thing) and ran to the \(other).",
            "\"I have seen \(one(Self.numbers)) of them,\" said \(friend), \"but not in the \(one(Self.times)).\"",
            "It became \(one(Self.weathers)), so \(hero) and \(friend) stayed at the \(place).",
            "\(friend) gave the \(animal) \(one(Self.numbers)) \(one(Self.colors)) berries.",
            "\(she.capitalized) waited \(one(Self.numbers)) days, and \(friend) sang \(one(Self.manners)).",
        ]
        sentences += events.shuffled(using: &random).prefix(Int.random(in: 2...4, using: &random))
        sentences.append(
            one([
                "In the end \(hero) gave the \(thing) to \(friend).",
                "Since then \(friend) and \(hero) meet at the \(place) every \(one(Self.times)).",
                "And that is how \(hero) lost \(her) \(thing) at the \(place).",
            ]))
        return sentences.joined(separator: " ")
    }
}
