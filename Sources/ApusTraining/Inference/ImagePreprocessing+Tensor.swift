import Apus
import ApusData
import ApusFormats
import ApusModels

extension ImagePreprocessing {
    /// The same for another size, cut out of as large a part of the picture.
    func scaled(to size: Int) -> ImagePreprocessing {
        var other = self
        other.crop = size
        other.resize = Int((Double(size) * Double(resize) / Double(crop)).rounded())
        return other
    }

    /// How pictures are scaled.
    var imageResampling: Image.Resampling { resampling == .bicubic ? .bicubic : .bilinear }

    /// What a model is to see of a picture: scaled, and the middle cut out.
    func picture(_ image: Image) -> Image { CenterCrop(crop)(Resize(resize, imageResampling)(image.rgb)) }

    /// The middle of a picture as a model takes it, [3, crop, crop].
    func tensor(_ image: Image) -> Tensor { tensor(ofPart: picture(image)) }

    /// A picture of three channels that has the right size as a model takes it.
    func tensor(ofPart part: Image) -> Tensor {
        let x = ToTensor(mean: mean, std: std)(part)
        return order == .rgb ? x : x.flip(axes: [0])
    }
}
