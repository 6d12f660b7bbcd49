import Codecs

/// What a match must fulfil besides its shape: check digits, dates, ranges.
///
/// A detector names one. The names are in `docs/formats/detectors.md`.
struct Check: Sendable {
    enum Rule: Sendable {
        case symbols(@Sendable (Symbols) -> Bool)
        case bytes(@Sendable (RawSpan) -> Bool)
    }

    let name: String
    private let rule: Rule

    init(_ name: String, symbols: @escaping @Sendable (Symbols) -> Bool) {
        self.name = name
        rule = .symbols(symbols)
    }

    init(_ name: String, bytes: @escaping @Sendable (RawSpan) -> Bool) {
        self.name = name
        rule = .bytes(bytes)
    }

    func holds(_ text: RawSpan) -> Bool {
        switch rule {
        case .symbols(let rule):
            let symbols = Symbols(text)
            return !symbols.isCut && symbols.count > 0 && rule(symbols)
        case .bytes(let rule): return rule(text)
        }
    }

    static let all: [String: Check] = {
        let lists = [finance, wallets, northAmerica, britain, europe, asia, americas, contacts, secrets]
        return Dictionary(lists.flatMap { $0 }.map { ($0.name, $0) }) { first, _ in first }
    }()
}
