import Events
import Network
import Platform
import Query

/// Files that need a session.
extension Console {
    /// Made whole before it goes out, by a thread that pages do not need.
    func download(_ route: DownloadRoute, _ request: HTTPRequest, _ reader: Reader, _ responder: Responder) {
        let visit = visit(request, reader)
        responder.whenGone { visit.cancellation.cancel() }
        work(exporters, isAPI: false, responder) {
            self.counters.searches.add()
            let download = route.download
            let scope = download.scope(visit)
            let slip = ExportSlip(
                download.query, .esql, download.format, reader, self.checkpoint(of: reader), self.journal,
                filter: scope.filter, bounds: scope.bounds)
            guard slip.begin() else { return self.failure(.unrecorded, isAPI: false) }
            do throws(SearchError) {
                guard let file = try download.file(visit) else {
                    slip.breakOff()
                    return self.failure(APIError(.notFound, "There is no such file."), isAPI: false)
                }
                let response = slip.mark(file.response, name: slip.name(file.name))
                return try slip.sealed(response, rows: file.rows, isCut: false)
            } catch {
                slip.breakOff()
                return self.failure(self.apiError(error), isAPI: false)
            }
        }
    }
}
