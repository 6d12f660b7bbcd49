/// The elements that pages are made of, and no others.
///
/// What could run, load or embed something is not here (`script`, `style`, `iframe`, `object`, `base`, …),
/// and what is not here cannot be written.
enum ElementName: String, Sendable, CaseIterable {
    case html, head, title, meta, link, body
    case header, nav, main, footer, section, article, aside
    case h1, h2, h3, p, pre, code, span, strong, em, small, br, hr, time
    case ul, ol, li, dl, dt, dd, div
    case table, caption, thead, tbody, tr, th, td
    case a, form, label, input, textarea, select, option, button, fieldset, legend
    case details, summary, figure, figcaption
    case svg, g, rect, line, path, circle, text, desc
    case progress

    /// Has no content and no end tag.
    var isVoid: Bool {
        switch self {
        case .meta, .link, .br, .hr, .input: true
        default: false
        }
    }

    /// A line feed right behind the start tag is not part of the text, so one more is written.
    var swallowsLineFeed: Bool { self == .pre || self == .textarea }
}
