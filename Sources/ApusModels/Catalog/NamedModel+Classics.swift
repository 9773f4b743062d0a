extension NamedModel {
    static let classics = [
        NamedModel(
            "alexnet", "five convolutions and three linear layers", smallest: 63, parameters: 61_100_840,
            multiplyAdds: 0.714e9,
            source: "Krizhevsky 2014, arXiv 1404.5997", heads: ["classifier.6"]
        ) { AlexNet(.alexNet.with(classes: $0)) },
        NamedModel(
            "vgg11", "3×3 convolutions, 11 layers with weights", smallest: 32, parameters: 132_863_336,
            multiplyAdds: 7.609e9,
            source: "Simonyan & Zisserman 2014, arXiv 1409.1556", heads: ["classifier.6"]
        ) { VGG(.vgg11.with(classes: $0)) },
        NamedModel(
            "vgg11_bn", "the same with batch normalisation", smallest: 32, parameters: 132_868_840,
            multiplyAdds: 7.609e9,
            source: "Simonyan & Zisserman 2014, arXiv 1409.1556", heads: ["classifier.6"]
        ) { VGG(.vgg11BN.with(classes: $0)) },
        NamedModel(
            "vgg13", "3×3 convolutions, 13 layers with weights", smallest: 32, parameters: 133_047_848,
            multiplyAdds: 11.308e9,
            source: "Simonyan & Zisserman 2014, arXiv 1409.1556", heads: ["classifier.6"]
        ) { VGG(.vgg13.with(classes: $0)) },
        NamedModel(
            "vgg13_bn", "the same with batch normalisation", smallest: 32, parameters: 133_053_736,
            multiplyAdds: 11.308e9,
            source: "Simonyan & Zisserman 2014, arXiv 1409.1556", heads: ["classifier.6"]
        ) { VGG(.vgg13BN.with(classes: $0)) },
        NamedModel(
            "vgg16", "3×3 convolutions, 16 layers with weights", smallest: 32, parameters: 138_357_544,
            multiplyAdds: 15.47e9,
            source: "Simonyan & Zisserman 2014, arXiv 1409.1556", heads: ["classifier.6"]
        ) { VGG(.vgg16.with(classes: $0)) },
        NamedModel(
            "vgg16_bn", "the same with batch normalisation", smallest: 32, parameters: 138_365_992,
            multiplyAdds: 15.47e9,
            source: "Simonyan & Zisserman 2014, arXiv 1409.1556", heads: ["classifier.6"]
        ) { VGG(.vgg16BN.with(classes: $0)) },
        NamedModel(
            "vgg19", "3×3 convolutions, 19 layers with weights", smallest: 32, parameters: 143_667_240,
            multiplyAdds: 19.632e9,
            source: "Simonyan & Zisserman 2014, arXiv 1409.1556", heads: ["classifier.6"]
        ) { VGG(.vgg19.with(classes: $0)) },
        NamedModel(
            "vgg19_bn", "the same with batch normalisation", smallest: 32, parameters: 143_678_248,
            multiplyAdds: 19.632e9,
            source: "Simonyan & Zisserman 2014, arXiv 1409.1556", heads: ["classifier.6"]
        ) { VGG(.vgg19BN.with(classes: $0)) },
        NamedModel(
            "squeezenet1_0", "few channels between 3×3 convolutions", smallest: 21, parameters: 1_248_424,
            multiplyAdds: 0.819e9,
            source: "Iandola et al. 2016, arXiv 1602.07360", heads: ["classifier.1"]
        ) { SqueezeNet(.squeezeNet1_0.with(classes: $0)) },
        NamedModel(
            "squeezenet1_1", "the same, with earlier poolings", smallest: 17, parameters: 1_235_496,
            multiplyAdds: 0.349e9,
            source: "Iandola et al. 2016, arXiv 1602.07360", heads: ["classifier.1"]
        ) { SqueezeNet(.squeezeNet1_1.with(classes: $0)) },
        NamedModel(
            "googlenet", "the first Inception network, with two auxiliary heads", smallest: 15,
            parameters: 13_004_888,
            multiplyAdds: 1.498e9,
            source: "Szegedy et al. 2014, arXiv 1409.4842", heads: ["fc", "aux1.fc2", "aux2.fc2"],
            preprocessing: .symmetric(resize: 256, crop: 224)
        ) { GoogLeNet(.googLeNet.with(classes: $0)) },
        NamedModel(
            "inception_v3", "Inception with chains of small convolutions, with an auxiliary head", size: 299,
            smallest: 75, parameters: 27_161_264, multiplyAdds: 5.713e9,
            source: "Szegedy et al. 2015, arXiv 1512.00567", heads: ["fc", "AuxLogits.fc"],
            preprocessing: .symmetric(resize: 342, crop: 299)
        ) { InceptionV3(.inceptionV3.with(classes: $0)) },
        NamedModel(
            "densenet121", "densely connected network of 121 layers", smallest: 29, parameters: 7_978_856,
            multiplyAdds: 2.834e9,
            source: "Huang et al. 2016, arXiv 1608.06993", heads: ["classifier"]
        ) { DenseNet(.denseNet121.with(classes: $0)) },
        NamedModel(
            "densenet161", "densely connected network of 161 layers", smallest: 29, parameters: 28_681_000,
            multiplyAdds: 7.728e9,
            source: "Huang et al. 2016, arXiv 1608.06993", heads: ["classifier"]
        ) { DenseNet(.denseNet161.with(classes: $0)) },
        NamedModel(
            "densenet169", "densely connected network of 169 layers", smallest: 29, parameters: 14_149_480,
            multiplyAdds: 3.36e9,
            source: "Huang et al. 2016, arXiv 1608.06993", heads: ["classifier"]
        ) { DenseNet(.denseNet169.with(classes: $0)) },
        NamedModel(
            "densenet201", "densely connected network of 201 layers", smallest: 29, parameters: 20_013_928,
            multiplyAdds: 4.291e9,
            source: "Huang et al. 2016, arXiv 1608.06993", heads: ["classifier"]
        ) { DenseNet(.denseNet201.with(classes: $0)) },
        NamedModel(
            "resnet18", "residual network of 18 layers", parameters: 11_689_512, multiplyAdds: 1.814e9,
            source: "He et al. 2015, arXiv 1512.03385"
        ) { ResNet(.resNet18.with(classes: $0)) },
        NamedModel(
            "resnet34", "residual network of 34 layers", parameters: 21_797_672, multiplyAdds: 3.664e9,
            source: "He et al. 2015, arXiv 1512.03385"
        ) { ResNet(.resNet34.with(classes: $0)) },
        NamedModel(
            "resnet50", "residual network of 50 layers, with bottlenecks", parameters: 25_557_032,
            multiplyAdds: 4.089e9,
            source: "He et al. 2015, arXiv 1512.03385"
        ) { ResNet(.resNet50.with(classes: $0)) },
        NamedModel(
            "resnet101", "residual network of 101 layers, with bottlenecks", parameters: 44_549_160,
            multiplyAdds: 7.801e9,
            source: "He et al. 2015, arXiv 1512.03385"
        ) { ResNet(.resNet101.with(classes: $0)) },
        NamedModel(
            "resnet152", "residual network of 152 layers, with bottlenecks", parameters: 60_192_808,
            multiplyAdds: 11.514e9,
            source: "He et al. 2015, arXiv 1512.03385"
        ) { ResNet(.resNet152.with(classes: $0)) },
        NamedModel(
            "resnext50_32x4d", "residual network of 50 layers, 32 groups of 4 channels",
            parameters: 25_028_904, multiplyAdds: 4.23e9,
            source: "Xie et al. 2016, arXiv 1611.05431"
        ) { ResNet(.resNeXt50_32x4d.with(classes: $0)) },
        NamedModel(
            "resnext101_32x8d", "residual network of 101 layers, 32 groups of 8 channels",
            parameters: 88_791_336, multiplyAdds: 16.414e9,
            source: "Xie et al. 2016, arXiv 1611.05431"
        ) { ResNet(.resNeXt101_32x8d.with(classes: $0)) },
        NamedModel(
            "resnext101_64x4d", "residual network of 101 layers, 64 groups of 4 channels",
            parameters: 83_455_272, multiplyAdds: 15.46e9,
            source: "Xie et al. 2016, arXiv 1611.05431", preprocessing: .init(resize: 232, crop: 224)
        ) { ResNet(.resNeXt101_64x4d.with(classes: $0)) },
        NamedModel(
            "wide_resnet50_2", "residual network of 50 layers, twice as wide inside", parameters: 68_883_240,
            multiplyAdds: 11.398e9,
            source: "Zagoruyko & Komodakis 2016, arXiv 1605.07146"
        ) { ResNet(.wideResNet50_2.with(classes: $0)) },
        NamedModel(
            "wide_resnet101_2", "residual network of 101 layers, twice as wide inside",
            parameters: 126_886_696, multiplyAdds: 22.753e9,
            source: "Zagoruyko & Komodakis 2016, arXiv 1605.07146"
        ) { ResNet(.wideResNet101_2.with(classes: $0)) },
        NamedModel(
            "legacy_xception", "Inception taken to depthwise separable convolutions", size: 299,
            smallest: 7, parameters: 22_855_952, multiplyAdds: 8.4e9,
            source: "Chollet 2017, arXiv 1610.02357",
            preprocessing: .symmetric(resize: 333, crop: 299, .bicubic)
        ) { Xception(.xception.with(classes: $0)) },
        NamedModel(
            "dilated_vgg16", "21 classes for every eighth pixel", input: [1, 3, 224, 224], freeAxes: [2, 3],
            smallest: 187, source: "Yu & Koltun 2016, arXiv 1511.07122"
        ) { DilatedVGG(.basic) },
    ]
}
