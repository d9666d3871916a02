"""What the data dictionary says is what the models say."""

from docs.data_dictionary import FILE, dictionary


def test_data_dictionary_is_current():
    assert FILE.read_text(encoding="utf-8") == dictionary(), "run: python -m docs.data_dictionary"
