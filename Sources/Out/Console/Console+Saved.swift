import Codecs
import Events
import Network
import Platform
import Query

/// Keeps searches, and finds what the command palette asks for.
extension Console {
    func save(_ request: HTTPRequest) -> HTTPResponse {
        let fields = FormFields(request)
        func value(_ name: String) -> String { fields[name] ?? "" }
        let viewer: Viewer
        do throws(Access.Refusal) {
            viewer = try access.change(request, fields).reader.viewer
            if value("shared") == "yes", !viewer.may(.savedSearches) { throw .role(.savedSearches) }
        } catch {
            return failure(APIError(error), isAPI: false)
        }
        let name = String(String.UnicodeScalarView(value("name").unicodeScalars.prefix(SavedSearch.nameLength)))
        let address = value("query")
        guard !name.allSatisfy(\.isWhitespace), address.utf8.count <= SavedSearch.queryLength,
            address.hasPrefix("/search")
        else {
            return failure(
                APIError(.badRequest, "A saved search has a name and the address of a search."), isAPI: false)
        }
        let search = SavedSearch(
            id: String(UInt64.random(in: .min ... .max), radix: 36), name: name, owner: viewer.name,
            isShared: value("shared") == "yes",
            query: HTTPRequest(.get, address).query)
        do throws(SavedSearchBook.Refusal) {
            try saved.add(search, tenant: viewer.tenant)
            return HTTPResponse(goTo: search.terms.address)
        } catch {
            return failure(APIError(.conflict, error.sentence), isAPI: false)
        }
    }

    /// Takes a query that is too long for an address, and leads to where it is asked.
    func keepQuery(_ request: HTTPRequest) -> HTTPResponse {
        let fields = FormFields(request)
        do throws(APIError) {
            return HTTPResponse(goTo: try kept(fields, of: try changing(request, fields).viewer).address)
        } catch {
            return failure(error, isAPI: false)
        }
    }

    /// - Returns: where the query of a form is asked.
    private func kept(_ fields: FormFields, of viewer: Viewer) throws(APIError) -> SearchTerms {
        let text = fields["q"] ?? ""
        guard text.utf8.count <= KeptQuery.length else {
            throw APIError(.tooLong, "A query has at most \(KeptQuery.length >> 10) KiB.")
        }
        let pairs = HTTPRequest(.get, fields["address"] ?? "/search").query
        var terms = SearchTerms(pairs).whole.start
        terms.page.query = text
        if let key = pairs.first(where: { $0.name == "last" })?.value,
            let preset = TimeTerms.presets.first(where: { $0.key == key })
        {
            terms.page.time = preset.time
        }
        guard KeptQuery.isLong(text) else { return terms }
        do throws(SavedSearchBook.Refusal) {
            try saved.keep(KeptQuery(terms.language, text), tenant: viewer.tenant)
            return terms.stored
        } catch {
            throw APIError(.conflict, error.sentence)
        }
    }

    func removeSaved(_ request: HTTPRequest) -> HTTPResponse {
        let fields = FormFields(request)
        let viewer: Viewer
        do throws(APIError) {
            viewer = try changing(request, fields).viewer
        } catch {
            return failure(error, isAPI: false)
        }
        do throws(SavedSearchBook.Refusal) {
            try saved.remove(fields["id"] ?? "", tenant: viewer.tenant, by: viewer.name, isAdmin: viewer.role == .admin)
            return HTTPResponse(goTo: Place.search.address)
        } catch {
            return failure(APIError(.notFound, error.sentence), isAPI: false)
        }
    }

    // MARK: Palette

    /// What the command palette offers for what was typed: saved searches, people, and whatever has that id.
    func palette(_ request: HTTPRequest, _ reader: Reader, _ responder: Responder) {
        let wish = String((request.query("q") ?? "").prefix(200))
        ask(workers, Asked(), watch(responder), responder) { () throws(SearchError) in
            let finder = PaletteFinder(engine: self.covered(for: reader), tenant: reader.tenant, now: self.clock.now())
            var found = ((try? self.saved.searches(of: reader.tenant, seenBy: reader.viewer.name)) ?? []).filter {
                $0.name.lowercased().contains(wish.lowercased())
            }.prefix(10).map { PaletteItem(title: $0.name, kind: "saved search", address: $0.terms.address) }
            if !wish.isEmpty { found += try finder.items(wish) }
            let items = found.map { item -> JSONValue in
                [
                    "title": .string(VisibleText.of(item.title, most: 200)), "kind": .string(item.kind),
                    "address": .string(item.address.text),
                ]
            }
            return APIAnswer.json(["items": .array(items)])
        }
    }
}
