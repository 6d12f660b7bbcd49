import Events
import Network

extension Console {
    /// Whose session sent a form of one of our own pages.
    ///
    /// - Parameter permission: what somebody must be allowed besides.
    func changing(
        _ request: HTTPRequest, _ fields: FormFields, needs permission: Permission? = nil
    ) throws(APIError) -> Reader {
        do throws(Access.Refusal) {
            let reader = try access.change(request, fields).reader
            if let permission, !reader.viewer.may(permission) { throw .role(permission) }
            return reader
        } catch {
            throw APIError(error)
        }
    }
}
