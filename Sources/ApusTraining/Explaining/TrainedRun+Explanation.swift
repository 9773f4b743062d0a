import ApusFormats

extension TrainedRun {
    /// What this model sees in pictures, prepared as `probabilities` does it.
    ///
    /// - Parameter pictures: what they are called, and what they show.
    /// - Throws: `TrainingError.notForImages` where the model was not trained on images; `FileError` where
    ///   nothing is drawn in one.
    public func explanation(of pictures: [(name: String, image: Image)]) throws -> Explanation {
        try checkTakesImages()
        let preprocessing = self.pictures?.preprocessing
        let subjects = try pictures.map { name, image in
            let part = try preprocessing?.picture(image) ?? digit(image, name)
            return Explanation.Subject(
                name: name, input: preprocessing?.tensor(ofPart: part) ?? TrainedRun.tensor(part),
                picture: part)
        }
        return Explanation(model: model, subjects, classNames: classNames)
    }
}
