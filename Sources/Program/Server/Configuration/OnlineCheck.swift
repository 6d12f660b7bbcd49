public import Intake
import Network
public import Platform

extension Configuration {
    /// What the API says of the key of each feed, by the feed's name. For threads of one's own.
    public func checkFeeds(clock: any Clock) -> [(name: String, findings: [FeedCheck.Finding])] {
        let client = HTTPClient()
        defer { client.stop() }
        return feeds.map { feed in
            ("\(feed.tenant) \(feed.name)", FeedCheck.run(feed, client: client, at: clock.now()))
        }
    }
}
