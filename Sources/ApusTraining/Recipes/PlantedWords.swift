import ApusData

/// A text that the program makes of groups of words: those of a group stand among the same other words, and never next to each
/// other.
struct PlantedWords {
    /// Words that can stand for each other, and the words that stand around them.
    struct Group {
        let members: [String]
        let around: [String]

        init(_ members: String, around: String) {
            self.members = members.split(separator: " ").map(String.init)
            self.around = around.split(separator: " ").map(String.init)
        }
    }

    /// Groups of eight.
    static let groups = [
        Group("cat dog horse cow sheep goat wolf fox", around: "eats sleeps runs wild tame"),
        Group("red blue green yellow black white brown purple", around: "painted bright dark shade pale"),
        Group(
            "monday tuesday wednesday thursday friday saturday sunday today",
            around: "since until next last by"),
        Group(
            "paris london berlin rome madrid vienna oslo lisbon",
            around: "visited streets near mayor downtown"),
        Group("bread cheese rice soup pasta salad cake meat", around: "cooked tasty fresh plate served"),
        Group("one two three four five six seven eight", around: "counted plus minus exactly times"),
        Group(
            "hammer saw drill wrench pliers chisel axe spade", around: "workshop sharp broken handle bought"),
        Group(
            "violin piano flute drum guitar cello trumpet harp", around: "played loud concert tuned melody"),
        Group(
            "doctor teacher lawyer baker farmer pilot nurse judge",
            around: "hired works retired salary skilled"),
        Group(
            "football tennis hockey golf boxing rugby cricket chess", around: "match won team lost champion"),
        Group("car bus train truck bicycle ship tram plane", around: "drove fast ticket parked wheels"),
        Group("rain snow wind fog storm hail frost thunder", around: "forecast heavy cold cleared yesterday"),
    ]
    private static let fillers = ["the", "a", "and", "of", "to", "in", "with", "for", "then", "very"]

    /// So many sentences, always the same.
    static func sentences(_ count: Int) -> [[String]] {
        var random = SampleGenerator(.init(seed: 0))
        return (0..<count).map { _ in
            let group = groups.randomElement(using: &random)!
            var words: [String] = []
            for _ in 0..<2 {
                words.append(fillers.randomElement(using: &random)!)
                words.append(group.around.randomElement(using: &random)!)
                words.append(group.members.randomElement(using: &random)!)
                words.append(group.around.randomElement(using: &random)!)
            }
            return words
        }
    }
}
