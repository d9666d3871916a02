import pytest

from pipelines.names import pinyin


@pytest.mark.parametrize(
    ("text", "full", "initials"),
    [
        ("嘉善兰钧", "jiashanlanjun", "jslj"),
        ("重庆银行", "chongqingyinhang", "cqyh"),
        ("重工智行", "zhonggongzhixing", "zgzx"),
        ("长盛模具", "changshengmuju", "csmj"),
        ("ＡＢＣ-12（浙江）", "abc12zhejiang", "abc12zj"),
        ("绿能", "lvneng", "ln"),
        ("（）", "", ""),
        ("", "", ""),
    ],
)
def test_pinyin_reads_words_as_firms_do(text, full, initials):
    assert pinyin(text) == (full, initials)
