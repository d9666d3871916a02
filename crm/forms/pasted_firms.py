"""The form of a pasted list of firms, and what it says of what was not clear."""

from crm.actions.pasted_firms import Noted
from crm.forms.fields import ChineseForm, ParagraphField
from crm.forms.validators import AtMost, Filled

_MOST_LINES = 500


class PastedFirmsForm(ChineseForm):
    """A subclass names the field for its page."""

    firms = ParagraphField("企业", [Filled(), AtMost(40_000)])

    @property
    def lines(self) -> list[str]:
        return (self.firms.data or "").splitlines()[:_MOST_LINES]

    def keep_unclear(self, noted: Noted, verb: str) -> None:
        """They stay in the field, so that they can be corrected and sent again."""
        self.firms.data = "\n".join(line for line, _ in noted.unclear)
        self.firms.errors = [f"“{line}”：{why}" for line, why in noted.unclear]
        told = f"已{verb} {noted.added} 家；下面 {len(noted.unclear)} 行没有{verb}，请改正后再提交。"
        self.form_errors.append(told)


def told(noted: Noted, verb: str) -> str:
    """When all was clear."""
    return f"已{verb} {noted.added} 家" + (f"，{noted.known} 家原来就在名单里。" if noted.known else "。")
