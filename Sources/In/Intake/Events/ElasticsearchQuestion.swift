import Codecs
import Network

/// What shippers ask an Elasticsearch before they send to it. They are answered as far as they need to go on, and no
/// further: nothing can be searched, set up or changed here.
///
/// - Source: Elasticsearch, *Root API*, *License API*, *Cluster health API*; the connection checks of Beats, Logstash,
///   Vector and the language clients.
enum ElasticsearchQuestion: String {
    case version = "/"
    case license = "/_license"
    case health = "/_cluster/health"

    /// The version whose bulk format is spoken. Beats refuse to send to one that is older than they are.
    static let spoken = "9.3.0"

    init?(path: String) { self.init(rawValue: path) }

    var answer: HTTPResponse {
        let body: JSONValue =
            switch self {
            case .version:
                [
                    "name": "docket", "cluster_name": "docket", "cluster_uuid": "docket",
                    "version": [
                        "number": .string(Self.spoken), "build_flavor": "default", "build_type": "docket",
                        "build_snapshot": false, "minimum_wire_compatibility_version": "8.19.0",
                        "minimum_index_compatibility_version": "8.0.0",
                    ],
                    "tagline": "You Know, for Search",
                ]
            case .license:
                ["license": ["uid": "docket", "status": "active", "type": "basic", "mode": "basic"]]
            case .health:
                [
                    "cluster_name": "docket", "status": "green", "timed_out": false, "number_of_nodes": 1,
                    "number_of_data_nodes": 1,
                ]
            }
        return EventsAnswer.json(200, body)
    }
}
