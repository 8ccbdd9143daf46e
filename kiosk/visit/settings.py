"""How long a visit waits for what: section `[visit]` of the settings file; all times in the unit of their name."""

from __future__ import annotations

from kiosk.values import NOTHING_UNKNOWN, dataclass, setting


@dataclass(frozen=True, slots=True)
class VisitSettings:
    """Time-outs and limits of one visit."""

    __pydantic_config__ = NOTHING_UNKNOWN

    public_idle_seconds: int = setting(
        default=60, ge=10, le=600, description="Untouched for so long on a page that holds nothing of a person: the warning"
    )
    public_warning_seconds: int = setting(
        default=15, ge=5, le=120, description="Count-down of that warning; then back to the first screen"
    )
    signed_in_idle_seconds: int = setting(
        default=180, ge=30, le=900, description="Untouched for so long on a signed-in page: 您还在吗?"
    )
    large_text_idle_seconds: int = setting(
        default=300, ge=30, le=1800, description="The same in 大字 mode; not shorter than `signed_in_idle_seconds`"
    )
    warning_seconds: int = setting(
        default=45, ge=10, le=180, description="Count-down of 您还在吗? on signed-in pages; then everything is wiped"
    )
    visit_minutes: int = setting(default=30, ge=5, le=120, description="The longest visit")
    ending_notice_minutes: int = setting(default=2, ge=1, le=10, description="So long before its end the resident is told")
    card_seconds: int = setting(
        default=30, ge=10, le=120, description="No card for so long while identifying: how to lay it down is shown again"
    )
    patience_seconds: int = setting(
        default=15, ge=3, le=60, description="No answer of the centre for so long: the 暂存 receipt is offered"
    )
    enquiry_seconds: int = setting(
        default=15, ge=3, le=60, description="No answer to an enquiry for so long: the visit says so and offers to ask again"
    )
    rating_seconds: int = setting(default=30, ge=10, le=120, description="好差评 unanswered for so long counts as skipped")
    farewell_seconds: int = setting(default=10, ge=3, le=60, description="The farewell stays so long before the first screen")
