public import Platform

/// Who knows which fields there are.
///
/// - Threads: any, several at a time.
public protocol FieldEngine: Sendable {
    /// The fields that queries may name.
    var schema: FieldSchema { get }

    /// Names of the fields that events of a time have values of.
    ///
    /// It costs next to nothing, for no event is looked at; so it may name a field whose values lie before or behind that
    /// time, as those of events that are still in memory do. One that is not named has no value in it.
    func fieldsInUse(tenant: String, from: Timestamp?, to: Timestamp?) throws(SearchError) -> Set<String>
}

/// Who answers everything that may be asked about events.
public typealias QueryEngine = EventReader & ExplainingEngine & FieldEngine & SearchEngine & TableEngine
