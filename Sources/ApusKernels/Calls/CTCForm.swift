/// What a connectionist temporal classification is called with, besides its memory.
package struct CTCForm: Sendable {
    /// Steps of the longest input.
    package let steps: Int
    package let batch: Int
    package let classes: Int
    /// Labels of the longest target; targets are padded to it.
    package let labels: Int
    /// The class that stands for no label.
    package let blank: Int

    package init(steps: Int, batch: Int, classes: Int, labels: Int, blank: Int) {
        self.steps = steps
        self.batch = batch
        self.classes = classes
        self.labels = labels
        self.blank = blank
    }

    /// The states of a path through the longest target: a blank before, between and after its labels.
    package var states: Int { 2 * labels + 1 }
}
