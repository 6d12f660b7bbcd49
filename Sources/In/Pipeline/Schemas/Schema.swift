/// The words in which a document leaves Docket.
public enum Schema: String, Sendable, CaseIterable {
    /// Elastic Common Schema: the document as it is.
    case ecs
    /// Open Cybersecurity Schema Framework: one nested object with a class and an activity.
    case ocsf
    /// Splunk's Common Information Model: flat fields, with the tags of a data model.
    case cim
}
