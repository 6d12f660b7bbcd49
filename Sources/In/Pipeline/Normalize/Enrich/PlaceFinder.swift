import Codecs
import Events
import Lookup
import Platform

/// Where addresses are, as Elastic's geoip processor says it.
///
/// - Source: GeoIP2 City and ASN database layout; Elasticsearch, *GeoIP processor*.
struct PlaceFinder: Sendable {
    private let city, network: AddressDatabase?
    private let fields: PlaceFields
    private let metrics: EnrichmentMetrics

    init(city: AddressDatabase?, network: AddressDatabase?, _ catalog: FieldCatalog, _ metrics: EnrichmentMetrics) {
        self.city = city
        self.network = network
        fields = PlaceFields(catalog)
        self.metrics = metrics
    }

    init(_ other: PlaceFinder, city: AddressDatabase?, network: AddressDatabase?) {
        self.city = city
        self.network = network
        fields = other.fields
        metrics = other.metrics
    }

    func add(_ address: RawSpan, to document: inout Document) {
        if let city {
            switch city.find(address, { addCity($0, to: &document) }) {
            case .found: metrics.cityFound.add()
            case .absent: metrics.cityAbsent.add()
            case .broken: metrics.cityBroken.add()
            }
        }
        if let network {
            switch network.find(address, { addNetwork($0, to: &document) }) {
            case .found: metrics.networkFound.add()
            case .absent: metrics.networkAbsent.add()
            case .broken: metrics.networkBroken.add()
            }
        }
    }

    // MARK: Records

    private func addCity(_ record: borrowing AddressRecord, to document: inout Document) {
        if let text = record.text(.cityName) { document.set(fields.cityName, text: text) }
        if let text = record.text(.continentName) { document.set(fields.continentName, text: text) }
        if let text = record.text(.countryName) { document.set(fields.countryName, text: text) }
        if let country = record.text(.countryCode) {
            document.set(fields.countryCode, text: country)
            if let region = record.text(.regionCode) {
                document.set(fields.regionCode) {
                    $0.append(country)
                    $0.append(UInt8(ascii: "-"))
                    $0.append(region)
                }
            }
        }
        if let text = record.text(.regionName) { document.set(fields.regionName, text: text) }
        // What is no place on earth is a flaw of the database, and no number that JSON could say.
        if let latitude = record.double(.latitude), let longitude = record.double(.longitude),
            (-90...90).contains(latitude), (-180...180).contains(longitude)
        {
            document.set(fields.location, kind: .json) {
                $0.append("{\"lat\":" as StaticString)
                $0.append(text: latitude.description)
                $0.append(",\"lon\":" as StaticString)
                $0.append(text: longitude.description)
                $0.append(UInt8(ascii: "}"))
            }
        }
    }

    private func addNetwork(_ record: borrowing AddressRecord, to document: inout Document) {
        if let number = record.number(.networkNumber) {
            document.set(fields.networkNumber, long: Int64(number))
        }
        if let text = record.text(.networkOwner) { document.set(fields.networkOwner, text: text) }
    }
}

/// The fields of places, looked up once.
private struct PlaceFields: Sendable {
    let cityName, continentName, countryCode, countryName, location, regionCode, regionName: FieldID
    let networkNumber, networkOwner: FieldID

    init(_ catalog: FieldCatalog) {
        cityName = catalog.known("source.geo.city_name")
        continentName = catalog.known("source.geo.continent_name")
        countryCode = catalog.known("source.geo.country_iso_code")
        countryName = catalog.known("source.geo.country_name")
        location = catalog.known("source.geo.location")
        regionCode = catalog.known("source.geo.region_iso_code")
        regionName = catalog.known("source.geo.region_name")
        networkNumber = catalog.known("source.as.number")
        networkOwner = catalog.known("source.as.organization.name")
    }
}
