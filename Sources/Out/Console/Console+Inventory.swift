import Events
import Network

/// Takes decisions about the inventory.
extension Console {
    func decide(_ request: HTTPRequest, _ responder: Responder) {
        let fields = FormFields(request)
        let reader: Reader
        do throws(APIError) {
            reader = try changing(request, fields, needs: .inventory)
        } catch {
            return send(failure(error, isAPI: false), responder)
        }
        guard let inventory, let place = DecisionPlace(request.query),
            let state = fields["state"].flatMap({ InventoryDecision.State(rawValue: $0) })
        else {
            let error = APIError(.badRequest, "A decision is about an item of the inventory, and says its state.")
            return send(failure(error, isAPI: false), responder)
        }
        let order = InventoryOrder(
            place.kind, place.item, state, owner: fields.line("owner"), note: fields.line("note"),
            reason: fields.line("reason"))
        work(workers, isAPI: false, responder) {
            do throws(InventoryProblem) {
                if let flaw = order.flaw {
                    throw InventoryProblem("Not kept: the \(flaw.part.rawValue) \(flaw.problem).")
                }
                let actor = reader.actor.name ?? reader.actor.id ?? "somebody"
                try inventory.decide(order, of: reader.tenant, by: actor)
                return HTTPResponse(goTo: self.next(fields.all))
            } catch {
                let screen = DecisionScreen(draft: DecisionDraft(order: order, problem: error.message))
                let visit = self.visit(request, reader)
                var page = self.page(of: screen, visit)
                page.status = 400
                return self.send(page, visit, responder)
            }
        }
    }
}
