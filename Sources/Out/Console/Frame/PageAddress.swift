import Network

/// The address of the page that is shown, taken apart.
struct PageAddress: Sendable {
    let path: LocalAddress
    let pairs: [(name: String, value: String)]

    init(_ request: HTTPRequest) {
        let path = request.path
        self.path = LocalAddress(checking: path, pathAndQuery: (path, [])) ?? LocalAddress("/")
        pairs = request.query
    }

    private init(path: LocalAddress, pairs: [(name: String, value: String)]) {
        self.path = path
        self.pairs = pairs
    }

    /// With a time where the address names none.
    func reaching(_ time: TimeTerms) -> PageAddress {
        guard !pairs.contains(where: { $0.name == "from" || $0.name == "to" }) else { return self }
        return PageAddress(path: path, pairs: pairs + time.parameters.map { ($0.0, $0.1) })
    }

    /// What the address says besides.
    func others(than names: Set<String>) -> [(String, String)] {
        pairs.compactMap { names.contains($0.name) ? nil : ($0.name, $0.value) }
    }

    /// The same page, some parameters exchanged.
    func with(_ changed: [(String, String)], without names: Set<String> = []) -> LocalAddress {
        let gone = names.union(changed.map(\.0))
        return path.with(others(than: gone) + changed)
    }

    var whole: LocalAddress { with([]) }
}
