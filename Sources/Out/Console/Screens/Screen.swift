import Query

/// One kind of page: a pure function from a visit to what is shown.
///
///     struct CostScreen: Screen {
///         func page(_ visit: Visit) throws(SearchError) -> Page? { … }
///     }
///
/// Runs on a worker's thread and may ask the engine there, or leave that to parts of the page.
protocol Screen: Sendable {
    /// - Returns: `nil` when the address names nothing that there is.
    func page(_ visit: Visit) throws(SearchError) -> Page?

    /// What is shown when the engine did not answer.
    ///
    /// - Parameter failure: the same for people.
    func page(_ visit: Visit, failed error: SearchError, _ failure: APIError) -> Page
}

extension Screen {
    func page(_ visit: Visit, failed error: SearchError, _ failure: APIError) -> Page {
        Page(failure.kind.title) { MessagePage.markup(failure.kind.title, failure.message) }
    }
}

/// What a screen shows, without the frame around it.
struct Page: Sendable {
    /// Made while what stands before it is on its way. What it throws is shown in its place.
    typealias Part = @Sendable () throws(SearchError) -> Markup

    var status = 200
    let title: String
    var place: Place?
    /// Whether the frame lets the time be chosen, and what is wrong with the one that was.
    var time: Time?
    /// Styles beside that of the frame.
    var styles: [Asset] = []
    /// Modules beside those of the frame.
    var scripts: [Asset] = []
    /// With a `.later` for each of the parts, in their order.
    var content: Markup
    var parts: [Part] = []
    /// With a problem that goes away by itself.
    var retryAfterSeconds: Int?

    struct Time: Sendable {
        var terms: TimeTerms
        var problem: TimeTerms.Problem?
        /// The form on the page that the choice belongs to.
        var form: StaticString?
    }

    init(
        _ title: String, place: Place? = nil, time: Time? = nil, styles: [Asset] = [], scripts: [Asset] = [],
        @MarkupBuilder content: () -> Markup
    ) {
        self.title = title
        self.place = place
        self.time = time
        self.styles = styles
        self.scripts = scripts
        self.content = content()
    }
}
