/// The pages that the rail leads to, in its order.
enum Place: String, Sendable, CaseIterable {
    case overview, search, sessions, people, inventory, cost, fleet, integrity

    var label: String {
        switch self {
        case .overview: "Overview"
        case .search: "Search"
        case .sessions: "Sessions"
        case .people: "People"
        case .inventory: "Inventory"
        case .cost: "Cost"
        case .fleet: "Fleet"
        case .integrity: "Integrity"
        }
    }

    var address: LocalAddress {
        switch self {
        case .overview: LocalAddress("/dashboards")
        case .search: LocalAddress("/search")
        case .sessions: LocalAddress("/sessions")
        case .people: LocalAddress("/people")
        case .inventory: LocalAddress("/inventory")
        case .cost: LocalAddress("/cost")
        case .fleet: LocalAddress("/fleet")
        case .integrity: LocalAddress("/integrity")
        }
    }

    /// Where the rail leads to. A search begins without what the console itself told of: every look at it is a record,
    /// and the newest events would be the searches for them. The filter is shown and can be taken off.
    var entry: LocalAddress {
        self == .search ? address.with([("f", "-event.dataset:docket.access")]) : address
    }

    /// Goes to the page when it is typed behind a `g`.
    var key: String {
        switch self {
        case .overview: "o"
        case .search: "s"
        case .sessions: "e"
        case .people: "p"
        case .inventory: "i"
        case .cost: "c"
        case .fleet: "f"
        case .integrity: "v"
        }
    }

    /// The lines of its picture, in a square of 24.
    var icon: StaticString {
        switch self {
        case .overview: "M4 4h7v7H4zM13 4h7v4h-7zM13 10h7v10h-7zM4 13h7v7H4z"
        case .search: "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13zM15.5 15.5L20 20"
        case .sessions: "M4 6h10M8 12h12M6 18h9"
        case .people: "M12 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8zM4 20c1-5 4-6 8-6s7 1 8 6"
        case .inventory: "M4 8l8-4l8 4v8l-8 4l-8-4zM4 8l8 4l8-4M12 12v8"
        case .cost: "M12 3v18M16 7c-1-2-8-2-8 1.500s8 2.500 8 6s-7 3.500-8.500 1"
        case .fleet: "M4 5h16v10H4zM9 20h6M12 15v5"
        case .integrity: "M12 3l8 3v6c0 5-4 8-8 9c-4-1-8-4-8-9V6zM8.500 12l2.500 2.500l5-5"
        }
    }
}
