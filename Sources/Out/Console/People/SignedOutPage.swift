import Network

/// Said to somebody who is signed out here and is about to be at the identity provider.
///
/// The browser goes there by a refresh and not by a redirect: what follows a form may lead to this server only.
enum SignedOutPage {
    static func response(goingTo address: String) -> HTTPResponse {
        let frame = Frame("Signed out", look: Look()) {
            MessagePage.markup("Signed out", "Going on to your identity provider.")
        }
        return HTTPResponse(200, page: frame.markup)
            .with("refresh", "0; url=\(address)")
    }
}
