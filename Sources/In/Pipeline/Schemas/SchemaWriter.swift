public import Codecs
public import Events

/// Writes finished documents in the words of a schema, one JSON object each.
///
/// - Loss: none. What has no place in a schema is written all the same: below `unmapped` in OCSF, under its own
///   name in CIM.
/// - Threads: one at a time for each value; its memory is kept between documents.
public struct SchemaWriter: ~Copyable {
    private var writer: DocumentWriter
    private var translator: Translator?
    private var translated = Document()

    public init(_ schema: Schema) {
        let translation = Translation.standard(schema)
        if let translation {
            writer = DocumentWriter(catalog: translation.catalog, shape: translation.shape)
            translator = Translator(translation)
        } else {
            writer = DocumentWriter()
            translator = nil
        }
    }

    /// Appends one object, without a line end.
    public mutating func write(_ document: borrowing Document, to out: inout ByteBuffer) {
        guard translator != nil else { return writer.write(document, to: &out) }
        translated.removeAll()
        translator?.translate(document, into: &translated)
        writer.write(translated, to: &out)
    }
}
