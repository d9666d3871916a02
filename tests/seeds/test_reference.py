from seeds import reference
from seeds.sectors import sectors
from seeds.towns import AFFINITY, NAMES, PARKS


def test_townships_are_the_nine_of_the_county_in_any_of_their_spellings():
    places = reference.townships()

    spellings = [spelling for place in places for spelling in (place.name, *place.aliases)]
    assert len(places) == 9
    assert len(set(spellings)) == len(spellings)


def test_demo_areas_are_marked_and_lie_in_a_township():
    townships = {place.name for place in reference.townships()}

    assert {area.within for area in reference.demo_areas()} <= townships
    assert [area.name for area in reference.demo_areas() if not area.name.endswith("（模拟）")] == []


def test_parents_of_industries_come_before_their_parts():
    seen: set[str] = set()
    for entry in reference.industries():
        assert entry.parent_code is None or entry.parent_code in seen
        seen.add(entry.code)


def test_industries_hold_every_division_and_no_name_twice():
    entries = reference.industries()

    divisions = [entry.code for entry in entries if entry.parent_code is None]
    assert divisions == [f"{number:02d}" for number in range(1, 98)]
    assert len({entry.name for entry in entries}) == len(entries)


def test_tech_fields_are_eight_with_their_second_level():
    entries = reference.tech_fields()

    assert [entry.name for entry in entries if entry.parent_code is None] == [
        "电子信息", "生物与新医药", "航空航天", "新材料", "高技术服务", "新能源与节能", "资源与环境",
        "先进制造与自动化",
    ]  # fmt: skip
    assert [entry.name for entry in entries if entry.code == "4.3"] == ["高分子材料"]
    assert len(entries) == 8 + 52


def test_sectors_speak_only_of_places_and_classes_that_exist():
    industries = {entry.code for entry in reference.industries()}
    fields = {entry.code for entry in reference.tech_fields()}

    assert {code for sector in sectors() for code in sector.industries} <= industries
    assert {code for sector in sectors() for code in sector.fields} <= fields
    assert set(AFFINITY) <= {sector.name for sector in sectors()}
    assert set(NAMES) == {place.name for place in reference.townships()} >= set(PARKS)
    assert round(sum(sector.share for sector in sectors()), 6) == 1
