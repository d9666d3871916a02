from seeds.names import MARK, brand, former_name, near_duplicate, pool

REAL = ("立讯", "格科", "兰钧", "双飞", "长盛", "梦天", "晋亿", "田中", "昱辉", "台升", "华为", "海尔", "联想")


def test_brands_are_all_different_over_several_rounds_of_the_pools():
    pairs = len(pool("first")) * len(pool("last"))
    numbers = [*range(1, 30_000), *range(pairs * 51, pairs * 51 + 1_000)]

    brands = {brand(2016, number) for number in numbers}

    assert len(brands) == len(numbers)


def test_brand_that_a_known_company_bears_gets_a_middle_sign():
    assert [known for known in pool("blocked") if known in {brand(7, number) for number in range(1, 20_000)}] == []


def test_signs_of_well_known_companies_cannot_be_put_together():
    firsts, lasts = set(pool("first")), set(pool("last"))

    assert [name for name in REAL if name[0] in firsts and name[1] in lasts and name not in pool("blocked")] == []


def test_near_duplicate_differs_only_in_its_area():
    assert near_duplicate(f"嘉善鑫达电子有限公司{MARK}") == f"浙江鑫达电子有限公司{MARK}"
    assert near_duplicate(f"鑫达电子（嘉善）有限公司{MARK}") == f"鑫达电子（浙江）有限公司{MARK}"


def test_former_name_is_the_workshop_of_the_same_brand():
    assert former_name(f"浙江鑫达电子股份有限公司{MARK}") == f"嘉善县鑫达电子厂{MARK}"
