import Apus

/// The tensors of a file that PyTorch's `torch.save` wrote, `.pt` or `.pth`: a state dictionary or a checkpoint.
///
/// ```swift
/// let file = try PyTorchFile("checkpoint.pth")
/// try model.load(file.stateDictionary)
/// ```
///
/// These files are pickles, which are programs. No code of a file is ever run: what a state dictionary of tensors does not need is refused
/// by its name. Both formats are read, the ZIP archive and the one from before PyTorch 1.6.
///
/// Dictionaries and lists in each other become names joined by dots, as in `state_dict.layer1.weight` and
/// `optimizer.state.0.exp_avg`. Tensors that share memory in the file share it here, too, until they are written.
/// Source: https://docs.pytorch.org/docs/stable/notes/serialization.html
public struct PyTorchFile: Sendable {
    /// All tensors by name; `tensor` in a file of a tensor alone.
    public let tensors: [String: Tensor]
    /// The strings of the file, and its numbers and booleans as text, by name.
    public let metadata: [String: String]
    /// The type of each tensor that was left out: there is no such type here.
    public let skippedTypes: [String: String]
    /// The type that each converted tensor has in the file.
    let convertedTypes: [String: UnsupportedType]
    private let modelPrefix: String

    /// The tensors of the model, by the names that it gives them: those under `state_dict`, `model_state_dict` or `model` where the
    /// file is a checkpoint that has one of these, else all.
    public var stateDictionary: [String: Tensor] { model(tensors) }

    /// The types of the model's tensors that were left out, by name.
    public var skippedStateTypes: [String: String] { model(skippedTypes) }

    /// Reads the file at `path`.
    ///
    /// Each tensor's shape, strides and offset are checked against its storage, and a storage's size against the file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - converting: read int8, int16, uint16, uint32, uint64 and float8 too, as int32, int64 and float32.
    ///   - limit: the most bytes of compressed contents, and of a tensor that is larger than its storage.
    /// - Throws: `FileError`; also for everything that a state dictionary does not need, with the name of it.
    public init(
        _ path: String, converting: Bool = false, limit: Int = NPZ.defaultLimit
    ) throws(FileError) {
        let source: any PyTorchSource =
            try Self.isLegacy(path) ? LegacyPyTorchSource(path) : ZipPyTorchSource(path, limit: limit)
        let pickle = source.pickle
        let tree: StateTree
        do throws(Fault) {
            tree = try StateTree(pickle)
        } catch { throw FileError(path: path, error) }

        var reader = PyTorchTensorReader(path: path, source: source, limit: limit)
        var tensors: [String: Tensor] = [:]
        var (skipped, converted): ([String: String], [String: UnsupportedType]) = ([:], [:])
        for (name, number) in tree.tensors {
            if case .other(let type) = pickle.tensors[number].type {
                if converting { converted[name] = type } else { skipped[name] = type.name }
            }
            if skipped[name] == nil {
                tensors[name] = try reader.tensor(pickle.tensors[number], name: name)
            }
        }
        self.tensors = tensors
        metadata = tree.settings
        skippedTypes = skipped
        convertedTypes = converted
        modelPrefix = tree.modelPrefix
    }

    private func model<Value>(_ values: [String: Value]) -> [String: Value] {
        if modelPrefix.isEmpty { return values }
        return Dictionary(
            uniqueKeysWithValues: values.filter { $0.key.hasPrefix(modelPrefix) }
                .map { (String($0.key.dropFirst(modelPrefix.count)), $0.value) })
    }

    private static func isLegacy(_ path: String) throws(FileError) -> Bool {
        let file = try InputFile(path)
        var beginning = [UInt8](repeating: 0, count: 4)
        let count = try file.read(into: &beginning, count: 4)
        if LegacyPyTorchSource.magic == beginning { return true }
        if ZipInput.isArchive(beginning) { return false }
        throw FileError(
            path: path, .otherFormat,
            "expected a file of torch.save's, which begins with PK or [\(hexadecimal(LegacyPyTorchSource.magic))], "
                + "found [\(hexadecimal(Array(beginning.prefix(count))))]")
    }
}

/// One of the two formats: the pickle that describes the tensors, and the bytes of their storages.
protocol PyTorchSource {
    var pickle: Pickle { get }
    /// Whether numbers have the other order of bytes than the processor's.
    var isSwapped: Bool { get }
    /// The bytes of a storage, of which there are as many as the pickle says.
    func bytes(of storage: PickledStorage) throws(FileError) -> Storage
}

/// Makes tensors of storages, each of which is read once.
struct PyTorchTensorReader {
    let path: String
    let source: any PyTorchSource
    let limit: Int
    private var storages: [String: (elements: Storage, type: ElementType)] = [:]

    init(path: String, source: any PyTorchSource, limit: Int) {
        self.path = path
        self.source = source
        self.limit = limit
    }

    mutating func tensor(_ pickled: PickledTensor, name: String) throws(FileError) -> Tensor {
        let storage = source.pickle.storages[pickled.storage]
        let layout: Layout
        do throws(Fault) {
            layout = try self.layout(of: pickled, in: storage)
        } catch { throw FileError(path: path, .tensor(name, error.reason, error.kind)) }
        let elements = try elements(of: storage, as: pickled.type, tensor: name)
        let tensor = Tensor(storage: elements, layout: layout, dtype: pickled.type.dtype)
        let plain = pickled.isConjugate ? tensor.conjugate() : tensor
        return pickled.isNegative ? -plain : plain
    }

    private func layout(of tensor: PickledTensor, in storage: PickledStorage) throws(Fault) -> Layout {
        guard tensor.shape.count <= Layout.maximumRank, tensor.shape.count == tensor.strides.count else {
            throw .damaged(
                "expected as many strides as axes and at most \(Layout.maximumRank), "
                    + "found \(tensor.shape.count) axes and \(tensor.strides.count) strides")
        }
        guard (tensor.shape + tensor.strides + [tensor.offset]).allSatisfy({ $0 >= 0 }) else {
            throw .damaged(
                "expected no negative numbers, found offset \(tensor.offset), shape \(Fault.brief(tensor.shape)), "
                    + "strides \(Fault.brief(tensor.strides))")
        }
        let type = tensor.type
        guard (storage.type ?? type) == type else {
            throw .damaged("expected elements of \(type), found a storage of another type")
        }
        let size = try type.byteCount(of: tensor.shape)
        let perElement = storage.type == nil ? type.size : 1
        guard storage.elementCount % perElement == 0 else {
            throw .damaged("expected a storage of whole \(type)s, found \(storage.elementCount) bytes")
        }
        let count = storage.visible.count / perElement
        let local = Layout(shape: tensor.shape, strides: tensor.strides, offset: tensor.offset)
        guard var layout = local.within(count) else {
            throw .damaged(
                "expected elements within a storage of \(count), found offset \(tensor.offset), "
                    + "shape \(Fault.brief(tensor.shape)), strides \(Fault.brief(tensor.strides))")
        }
        guard size <= max(storage.byteCount, limit) else {
            throw Fault(
                .tooLarge,
                "expected at most \(limit) bytes of a tensor that shows elements many times, found \(size)")
        }
        layout.offset += storage.visible.lowerBound / perElement
        return layout
    }

    private mutating func elements(
        of storage: PickledStorage, as type: ElementType, tensor: String
    ) throws(FileError) -> Storage {
        if let known = storages[storage.key] {
            guard known.type == type else {
                throw FileError(
                    path: path,
                    .tensor(
                        tensor,
                        "expected elements of \(known.type), as other tensors of storage \(Fault.quoted(storage.key)) "
                            + "have, found \(type)"))
            }
            return known.elements
        }
        let bytes = try source.bytes(of: storage)
        do throws(Fault) {
            let elements = try type.elements(of: bytes, isSwapped: source.isSwapped, tensor: tensor)
            storages[storage.key] = (elements, type)
            return elements
        } catch { throw FileError(path: path, error) }
    }
}
