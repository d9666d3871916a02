import re

from stdnum.cn import uscc

from seeds.codes import certificate_no, county_code, mobile, newcomer_code
from tests.builders import a_uscc

PLACES = [*range(1, 300), *range(79_900, 80_200), *range(999_000, 1_000_001)]


def test_county_codes_are_valid_and_all_different():
    codes = [county_code(number) for number in PLACES]

    assert [code for code in codes if not uscc.is_valid(code)] == []
    assert len(set(codes)) == len(PLACES)


def test_county_codes_belong_to_the_invented_series():
    assert {county_code(number)[:12] for number in PLACES} == {"91330421MAXN"}


def test_codes_of_the_county_of_newcomers_and_of_tests_are_strangers():
    county = {county_code(number) for number in PLACES}
    newcomers = {newcomer_code(number) for number in range(1, 1_000)}
    builders = {a_uscc(number) for number in range(1, 10_000)}

    assert all(uscc.is_valid(code) for code in newcomers)
    assert county & newcomers == set()
    assert (county | newcomers) & builders == set()


def test_certificate_numbers_keep_the_pattern_and_run_from_the_far_end():
    numbers = [certificate_no(2025, block, place) for block in (0, 399) for place in range(1, 400)]

    assert all(re.fullmatch(r"GR202533\d{6}", number) for number in numbers)
    assert len(set(numbers)) == len(numbers)
    assert min(numbers) > "GR202533500000"


def test_mobile_numbers_are_eleven_digits_of_one_block():
    assert mobile(1_234_567) == "13800234567"
