/// One attribute of an element.
///
/// Names are fixed here. Values that are text can be any text; what names a resource or a target takes a
/// ``LocalAddress`` and nothing else. There is no `style`, no `on…`, and no way to write another name.
struct Attribute: Sendable, Equatable {
    let name: String
    /// Not escaped yet. `nil` for an attribute that is just there.
    let value: String?

    private init(_ name: String, _ value: String?) {
        self.name = name
        self.value = value
    }

    // MARK: Addresses

    static func href(_ address: LocalAddress) -> Attribute { Attribute("href", address.text) }
    static func action(_ address: LocalAddress) -> Attribute { Attribute("action", address.text) }
    /// A place on the same page.
    static func href(fragment: StaticString) -> Attribute { Attribute("href", "#\(fragment)") }

    // MARK: Our own words

    static func `class`(_ names: StaticString) -> Attribute { Attribute("class", "\(names)") }
    static func id(_ id: StaticString) -> Attribute { Attribute("id", "\(id)") }
    static func `for`(_ id: StaticString) -> Attribute { Attribute("for", "\(id)") }
    static func name(_ name: StaticString) -> Attribute { Attribute("name", "\(name)") }
    static func type(_ type: StaticString) -> Attribute { Attribute("type", "\(type)") }
    static func role(_ role: StaticString) -> Attribute { Attribute("role", "\(role)") }
    static func rel(_ rel: StaticString) -> Attribute { Attribute("rel", "\(rel)") }
    static func scope(_ scope: StaticString) -> Attribute { Attribute("scope", "\(scope)") }
    static func lang(_ language: StaticString) -> Attribute { Attribute("lang", "\(language)") }
    static func charset(_ name: StaticString) -> Attribute { Attribute("charset", "\(name)") }
    static func content(_ content: StaticString) -> Attribute { Attribute("content", "\(content)") }
    static func autocomplete(_ kind: StaticString) -> Attribute { Attribute("autocomplete", "\(kind)") }
    static func testID(_ id: StaticString) -> Attribute { Attribute("data-testid", "\(id)") }
    static func state(_ state: StaticString) -> Attribute { Attribute("data-state", "\(state)") }
    static func describedBy(_ id: StaticString) -> Attribute { Attribute("aria-describedby", "\(id)") }
    static func labelledBy(_ id: StaticString) -> Attribute { Attribute("aria-labelledby", "\(id)") }
    static func current(_ kind: StaticString) -> Attribute { Attribute("aria-current", "\(kind)") }
    static func controls(_ id: StaticString) -> Attribute { Attribute("aria-controls", "\(id)") }
    static func expanded(_ isExpanded: Bool) -> Attribute { Attribute("aria-expanded", isExpanded ? "true" : "false") }
    static func sort(isDescending: Bool) -> Attribute {
        Attribute("aria-sort", isDescending ? "descending" : "ascending")
    }
    /// The form that a control outside of it belongs to.
    static func form(_ id: StaticString) -> Attribute { Attribute("form", "\(id)") }
    /// The letter with which `frame.js` clicks or focuses it.
    static func keyCommand(_ key: StaticString) -> Attribute { Attribute("data-key-command", "\(key)") }
    /// What a script does with it; without scripts it is a plain element.
    static func act(_ name: StaticString) -> Attribute { Attribute("data-act", "\(name)") }
    /// The lines of a path.
    static func d(_ lines: StaticString) -> Attribute { Attribute("d", "\(lines)") }
    /// The lines of a path that was computed: letters of commands and numbers.
    static func d(_ path: PathLines) -> Attribute { Attribute("d", path.text) }

    static let get = Attribute("method", "get")
    static let post = Attribute("method", "post")
    static let required = Attribute("required", nil)
    static let autofocus = Attribute("autofocus", nil)
    static let open = Attribute("open", nil)
    static let invalid = Attribute("aria-invalid", "true")
    static let selected = Attribute("selected", nil)
    static let hidden = Attribute("hidden", nil)
    static let module = Attribute("type", "module")
    static let hiddenFromReaders = Attribute("aria-hidden", "true")
    static let noSpelling = Attribute("spellcheck", "false")
    static let noCapitals = Attribute("autocapitalize", "off")
    /// Not reached by the tab key, because something else says the same.
    static let notInTabOrder = Attribute("tabindex", "-1")
    /// Reached by the tab key, so that it can be scrolled by keys.
    static let inTabOrder = Attribute("tabindex", "0")

    // MARK: Forms with files, and progress

    static let multipart = Attribute("enctype", "multipart/form-data")
    /// More than one may be chosen.
    static let multiple = Attribute("multiple", nil)
    static func max(_ count: Int) -> Attribute { Attribute("max", String(count)) }

    // MARK: Any text

    /// The name of a field of a form that an address already had.
    static func named(_ text: String) -> Attribute { Attribute("name", text) }
    static func value(_ text: String) -> Attribute { Attribute("value", text) }
    static func placeholder(_ text: String) -> Attribute { Attribute("placeholder", text) }
    static func label(_ text: String) -> Attribute { Attribute("aria-label", text) }
    static func dateTime(_ text: String) -> Attribute { Attribute("datetime", text) }
    /// An id that comes from a file of ours: letters, digits and hyphens.
    static func id(checked id: String) -> Attribute { Attribute("id", id) }
    /// What a datum is, for tests and scripts.
    static func key(_ text: String) -> Attribute { Attribute("data-key", text) }
    /// Tells a script what it is about: a field's name, an id, an address of our own.
    static func about(_ text: String) -> Attribute { Attribute("data-about", text) }
    static func title(_ text: String) -> Attribute { Attribute("title", text) }
    static func theme(_ theme: Look.Theme) -> Attribute { Attribute("data-theme", theme.rawValue) }
    static func rail(isNarrow: Bool) -> Attribute { Attribute("data-rail", isNarrow ? "narrow" : "wide") }
    static func letterKeys(_ areOn: Bool) -> Attribute { Attribute("data-letters", areOn ? "on" : "off") }
    /// A whole number without a point, as it stands in data.
    static func datum(_ number: Double) -> Attribute {
        Attribute("data-value", Int(exactly: number).map(String.init) ?? String(number))
    }
    static func datum(_ number: Int) -> Attribute { Attribute("data-value", String(number)) }
    /// The heading of a cell, shown beside it when the table is shown as cards.
    static func heading(_ text: String) -> Attribute { Attribute("data-heading", text) }

    // MARK: Numbers

    static func maxLength(_ count: Int) -> Attribute { Attribute("maxlength", String(count)) }
    static func size(_ count: Int) -> Attribute { Attribute("size", String(count)) }
    static func columns(_ count: Int) -> Attribute { Attribute("colspan", String(count)) }
    static func x(_ number: Double) -> Attribute { Attribute("x", short(number)) }
    static func y(_ number: Double) -> Attribute { Attribute("y", short(number)) }
    static func width(_ number: Double) -> Attribute { Attribute("width", short(number)) }
    static func height(_ number: Double) -> Attribute { Attribute("height", short(number)) }
    static func x1(_ number: Double) -> Attribute { Attribute("x1", short(number)) }
    static func x2(_ number: Double) -> Attribute { Attribute("x2", short(number)) }
    static func y1(_ number: Double) -> Attribute { Attribute("y1", short(number)) }
    static func y2(_ number: Double) -> Attribute { Attribute("y2", short(number)) }
    static func cx(_ number: Double) -> Attribute { Attribute("cx", short(number)) }
    static func cy(_ number: Double) -> Attribute { Attribute("cy", short(number)) }
    static func r(_ number: Double) -> Attribute { Attribute("r", short(number)) }
    static func rows(_ count: Int) -> Attribute { Attribute("rows", String(count)) }
    static func viewBox(width: Int, height: Int) -> Attribute { Attribute("viewBox", "0 0 \(width) \(height)") }
    /// Fills its box; the shapes in it are stretched.
    static let stretched = Attribute("preserveAspectRatio", "none")

    /// Two digits behind the point are finer than any screen.
    static func short(_ number: Double) -> String {
        let rounded = (number * 100).rounded() / 100
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }
}
