"""Databases of addresses that another program wrote, used by the command and by a server."""

import json
import os

from mmdb_writer import MMDBWriter
from netaddr import IPSet

from docket import eventually, run

PLACES = {
    "192.0.2.0/24": ("Las Vegas", "North America", "US", "United States", "NV", "Nevada", 36.17497, -115.13722, 64500),
    "198.51.100.0/24": ("Amsterdam", "Europe", "NL", "Netherlands", "NH", "North Holland", 52.37404, 4.88969, 64501),
    "203.0.113.0/24": ("Madrid", "Europe", "ES", "Spain", "M", "Madrid", 40.41639, -3.7025, 64502),
}
ACTIVITY = {
    "id": "activity_01Example", "created_at": "2026-05-26T09:00:00Z", "type": "compliance_api_accessed",
    "actor": {
        "type": "api_actor", "api_key_id": "key_1", "ip_address": "203.0.113.50",
        "user_agent": "python-requests/2.32.0",
    },
    "status_code": 200,
}


def cities(path, **other):
    """A database of places; `other` names cities anew."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="GeoLite2-City", languages=["en"])
    for network, (city, continent, code, country, region_code, region, latitude, longitude, _) in PLACES.items():
        writer.insert_network(IPSet([network]), {
            "city": {"names": {"en": other.get(city, city), "de": "anders"}},
            "continent": {"names": {"en": continent}},
            "country": {"iso_code": code, "names": {"en": country}},
            "location": {"latitude": latitude, "longitude": longitude, "time_zone": "Etc/UTC"},
            "subdivisions": [{"iso_code": region_code, "names": {"en": region}}],
        })
    writer.to_db_file(str(path))
    return path


def networks(path):
    writer = MMDBWriter(
        ip_version=6, ipv4_compatible=True, database_type="GeoLite2-ASN", int_type="uint32", float_type="f64")
    for network, place in PLACES.items():
        writer.insert_network(IPSet([network]), {
            "autonomous_system_number": place[-1], "autonomous_system_organization": "Documentation ASN",
        })
    writer.to_db_file(str(path))
    return path


def normalized(activity, *options):
    ended = run("normalize", "--stream", "anthropic.audit", *options, input=json.dumps(activity).encode())
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_an_activity_is_enriched_as_elastic_does_it(tmp_path):
    options = ["--geo-city", cities(tmp_path / "city.mmdb"), "--geo-asn", networks(tmp_path / "asn.mmdb")]
    document = normalized(ACTIVITY, "--conformance", *options)
    assert document["source"] == {
        "ip": "203.0.113.50",
        "as": {"number": 64502, "organization": {"name": "Documentation ASN"}},
        "geo": {
            "city_name": "Madrid", "continent_name": "Europe", "country_iso_code": "ES", "country_name": "Spain",
            "location": {"lat": 40.41639, "lon": -3.7025}, "region_iso_code": "ES-M", "region_name": "Madrid",
        },
    }
    assert document["user_agent"] == {
        "original": "python-requests/2.32.0", "name": "Python Requests", "version": "2.32", "device": {"name": "Other"},
    }


def test_without_databases_user_agents_are_known_and_places_are_not():
    document = normalized(ACTIVITY)
    assert document["source"] == {"ip": "203.0.113.50"}
    assert document["user_agent"]["name"] == "Python Requests"


def test_a_database_that_cannot_be_used_is_told(tmp_path):
    wrong = tmp_path / "wrong.mmdb"
    wrong.write_text("no database")
    for option, path in [("--geo-city", wrong), ("--geo-asn", cities(tmp_path / "city.mmdb"))]:
        ended = run("normalize", "--stream", "anthropic.audit", option, path, input=b"")
        assert ended.returncode == 2
        assert str(path).encode() in ended.stderr


def test_a_server_takes_a_new_database_over(make, tmp_path):
    city = tmp_path / "city.mmdb"
    docket = make(settings=f"enrich:\n  geo:\n    city: {city}\n    asn: {networks(tmp_path / 'asn.mmdb')}\n")
    docket.start()
    file = tmp_path / "activity.json"

    def take(number):
        docket.stop()
        file.write_text(json.dumps({**ACTIVITY, "id": f"activity_{number}"}))
        ended = run("import", "--as", "activities", file, "--data", docket.data)
        assert ended.returncode == 0, ended.stderr
        docket.start()
        assert docket.wait_for(1, f"event.id: activity_{number}")
        return docket.documents(f"event.id: activity_{number}")[0]["source"]

    assert "geo" not in take(1)
    assert "addresses are not looked up" in docket.log.read_text()
    cities(tmp_path / "next.mmdb")
    os.replace(tmp_path / "next.mmdb", city)
    eventually(lambda: "GeoLite2-City" in docket.log.read_text(), "the file that came is in use")
    source = take(2)
    assert source["geo"]["city_name"] == "Madrid"
    assert source["as"]["number"] == 64502
